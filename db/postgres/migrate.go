package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the files of the schema, for those who name a test template.
func Migrations() fs.FS {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Migrate brings a schema of a database up to date, making it if need be, and then
// lets others (the job queue) do the same. Programs that start together take
// turns.
func Migrate(ctx context.Context, pool *pgxpool.Pool, more ...func(context.Context, *pgxpool.Pool) error) error {
	return InTurn(ctx, pool, func(ctx context.Context) error {
		if err := up(ctx, pool); err != nil {
			return err
		}
		for _, m := range more {
			if err := m(ctx, pool); err != nil {
				return err
			}
		}
		return moveIn(ctx, pool)
	})
}

// InTurn calls fn while no other program changes the tables of the same schema,
// which it makes if need be.
func InTurn(ctx context.Context, pool *pgxpool.Pool, fn func(context.Context) error) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	defer conn.Release()
	schema := pool.Config().ConnConfig.RuntimeParams["search_path"]
	lock := "arise migrations of " + schema
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(hashtextextended($1, 0))", lock); err != nil {
		return fmt.Errorf("wait for our turn to migrate: %w", err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackFor)
		defer cancel()
		if _, err := conn.Exec(ctx, "SELECT pg_advisory_unlock(hashtextextended($1, 0))", lock); err != nil {
			_ = conn.Conn().Close(ctx) // ends the lock as well
		}
	}()
	if err := makeSchema(ctx, conn.Conn(), schema); err != nil {
		return err
	}
	return fn(ctx)
}

// makeSchema only creates what is missing: a hosted login may not be allowed to
// create schemas, and `public` is there already.
func makeSchema(ctx context.Context, conn *pgx.Conn, schema string) error {
	var there bool
	if err := conn.QueryRow(ctx, "SELECT to_regnamespace($1) IS NOT NULL", schema).Scan(&there); err != nil {
		return fmt.Errorf("look for schema %s: %w", schema, err)
	}
	if there {
		return nil
	}
	if _, err := conn.Exec(ctx, "CREATE SCHEMA "+pgx.Identifier{schema}.Sanitize()); err != nil {
		return fmt.Errorf("create schema %s: %w", schema, err)
	}
	return nil
}

func up(ctx context.Context, pool *pgxpool.Pool) error {
	return migrating(pool, func(p *goose.Provider) error {
		_, err := p.Up(ctx)
		return err
	})
}

// MigrateTo brings the tables to exactly one version, back or forth. Going back
// drops what later migrations made: it is for a database without a school. The
// caller has its turn.
func MigrateTo(ctx context.Context, pool *pgxpool.Pool, version int64) error {
	return migrating(pool, func(p *goose.Provider) error {
		known := p.ListSources()
		if newest := known[len(known)-1].Version; version > newest {
			return fmt.Errorf("version %d is newer than this program, which knows %d: use a newer program", version, newest)
		}
		now, err := p.GetDBVersion(ctx)
		if err != nil {
			return err
		}
		if now > version {
			_, err = p.DownTo(ctx, version)
		} else {
			_, err = p.UpTo(ctx, version)
		}
		return err
	})
}

func migrating(pool *pgxpool.Pool, fn func(*goose.Provider) error) (err error) {
	db := stdlib.OpenDBFromPool(pool)
	defer func() { err = errors.Join(err, db.Close()) }()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, Migrations())
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if err := fn(provider); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// MoveIn gives a database that was just restored a generation of its own, in the
// transaction that restored it: it may be on the very server that its rows come from.
func MoveIn(ctx context.Context, tx pgx.Tx) error {
	q := dbsqlc.New(tx)
	home, err := q.Home(ctx)
	if err != nil {
		return fmt.Errorf("ask where this database lives: %w", err)
	}
	return q.MoveIn(ctx, home.Here)
}

// moveIn notices that the database was restored or copied, and gives it a new
// generation: the pendrives then fetch a snapshot.
func moveIn(ctx context.Context, pool *pgxpool.Pool) error {
	return pgx.BeginFunc(ctx, pool, func(pg pgx.Tx) error {
		q := dbsqlc.New(pg)
		home, err := q.Home(ctx)
		if err != nil {
			return fmt.Errorf("ask where this database lives: %w", err)
		}
		switch home.Home {
		case home.Here:
			return nil
		case "":
			return q.KeepHome(ctx, home.Here)
		}
		return errors.Join(q.MoveIn(ctx, home.Here), q.RestampFacts(ctx))
	})
}
