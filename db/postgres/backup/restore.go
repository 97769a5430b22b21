package backup

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/arise-attendance/arise/db/postgres"
)

// Restore makes the pool's schema, which must hold no school and serve nobody,
// what it was when the backup was made: the tables come to the backup's own
// version, then its rows go in. queue makes the job queue's tables. Bringing all
// of it up to date is the caller's next step.
func (f *File) Restore(ctx context.Context, pool *pgxpool.Pool, scope Scope,
	queue func(context.Context, *pgxpool.Pool) error, said func(table string, rows int64),
) error {
	return postgres.InTurn(ctx, pool, func(ctx context.Context) error {
		if err := vacant(ctx, pool); err != nil {
			return err
		}
		if err := postgres.MigrateTo(ctx, pool, f.Schema); err != nil {
			return err
		}
		if err := queue(ctx, pool); err != nil {
			return err
		}
		return f.rows(ctx, pool, scope, said)
	})
}

// rows is one transaction: what cannot be restored whole is not restored.
func (f *File) rows(ctx context.Context, pool *pgxpool.Pool, scope Scope, said func(table string, rows int64)) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, plain); err != nil {
			return fmt.Errorf("prepare to copy: %w", err)
		}
		here, err := tables(ctx, tx, scope)
		if err != nil {
			return err
		}
		if err := f.fits(here); err != nil {
			return err
		}
		resume, err := suspend(ctx, tx, f.Tables) // also what keeps the ledger from being emptied
		if err != nil {
			return err
		}
		// What migrations and a first start wrote.
		if _, err := tx.Exec(ctx, "TRUNCATE "+quoted(f.Tables)); err != nil {
			return fmt.Errorf("make room: %w", err)
		}
		for _, t := range f.Tables {
			if err := f.fill(ctx, tx, scope, t); err != nil {
				return fmt.Errorf("restore %s: %w", t.Name, err)
			}
			said(t.Name, t.Rows)
		}
		if err := resume(ctx); err != nil {
			return err
		}
		if err := f.count(ctx, tx); err != nil {
			return err
		}
		for _, s := range scope.After {
			if _, err := tx.Exec(ctx, s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return postgres.MoveIn(ctx, tx)
	})
}

// fits compares the tables of the file with those of the schema.
func (f *File) fits(here []table) error {
	columns := map[string][]string{}
	for _, t := range here {
		columns[t.Name] = t.Columns
	}
	for _, t := range f.Tables {
		known, ok := columns[t.Name]
		if !ok {
			return fmt.Errorf("the backup has a table %q that this program does not know: restore it with the program that made it", t.Name)
		}
		for _, c := range t.Columns {
			if !slices.Contains(known, c) {
				return fmt.Errorf("the backup has a column %s.%s that this program does not know: restore it with the program that made it", t.Name, c)
			}
		}
		delete(columns, t.Name)
	}
	for name := range columns {
		return fmt.Errorf("%w (table %s is missing)", ErrDamaged, name)
	}
	return nil
}

// fill copies a table in and reads it out again: what counts is what is there.
func (f *File) fill(ctx context.Context, tx pgx.Tx, scope Scope, t table) error {
	rows, err := f.zip.Open(t.entry())
	if err != nil {
		return err
	}
	defer rows.Close()
	if _, err := tx.Conn().PgConn().CopyFrom(ctx, rows, t.in()); err != nil {
		return err
	}
	return t.matches(t.copyOut(ctx, tx, scope, nowhere{}))
}

type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

// suspend takes the foreign keys away until the rows of all tables are there, so
// that their order does not matter, and keeps triggers from acting on rows that
// are not news. It returns what undoes it, which checks every key.
func suspend(ctx context.Context, tx pgx.Tx, all []table) (resume func(context.Context) error, err error) {
	rows, err := tx.Query(ctx, `
		SELECT c.conrelid::regclass::text, quote_ident(c.conname), pg_get_constraintdef(c.oid)
		FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
		WHERE c.contype = 'f' AND c.conparentid = 0 AND t.relnamespace = current_schema()::regnamespace
		ORDER BY t.relname, c.conname`)
	if err != nil {
		return nil, fmt.Errorf("list foreign keys: %w", err)
	}
	var drop, add []string
	var on, name, is string
	_, err = pgx.ForEachRow(rows, []any{&on, &name, &is}, func() error {
		drop = append(drop, "ALTER TABLE "+on+" DROP CONSTRAINT "+name)
		add = append(add, "ALTER TABLE "+on+" ADD CONSTRAINT "+name+" "+is)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list foreign keys: %w", err)
	}
	for _, t := range all {
		drop = append(drop, "ALTER TABLE "+t.quoted()+" DISABLE TRIGGER USER")
		add = append(add, "ALTER TABLE "+t.quoted()+" ENABLE TRIGGER USER")
	}
	do := func(ctx context.Context, statements []string) error {
		for _, s := range statements {
			if _, err := tx.Exec(ctx, s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	}
	return func(ctx context.Context) error { return do(ctx, add) }, do(ctx, drop)
}

// count lets the sequences go on where they were.
func (f *File) count(ctx context.Context, tx pgx.Tx) error {
	for name, last := range f.Sequences {
		if _, err := tx.Exec(ctx, "SELECT setval(quote_ident($1)::regclass, $2)", name, last); err != nil {
			return fmt.Errorf("set sequence %s: %w", name, err)
		}
	}
	return nil
}

// vacant reports why the schema may not be restored into: a server uses it, or it
// holds a school. Rows of migrations and of a first start do not make a school.
func vacant(ctx context.Context, pool *pgxpool.Pool) error {
	var busy bool
	schema := pool.Config().ConnConfig.RuntimeParams["search_path"]
	err := pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_stat_activity
		WHERE datname = current_database() AND application_name = $1)`, postgres.ServerName(schema)).Scan(&busy)
	if err != nil {
		return fmt.Errorf("look for servers: %w", err)
	}
	if busy {
		return ErrInUse
	}
	for _, name := range []string{"fact", "inbox", "session", "student", "teacher", "course", "account"} {
		var there, some bool
		if err := pool.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", schema+"."+name).Scan(&there); err != nil {
			return fmt.Errorf("look for a school: %w", err)
		}
		if !there {
			continue
		}
		if err := pool.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+pgx.Identifier{schema, name}.Sanitize()+")").Scan(&some); err != nil {
			return fmt.Errorf("look for a school: %w", err)
		}
		if some {
			return ErrNotEmpty
		}
	}
	return nil
}
