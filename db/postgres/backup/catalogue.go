package backup

import (
	"context"
	"fmt"
	"path"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Scope says what of the schema is not plainly the school's.
type Scope struct {
	Leave []string          // tables that stay behind, as path.Match patterns
	Only  map[string]string // of these tables only the rows for which this SQL holds
	After []string          // SQL that ends a restore
}

func (s Scope) holds(table string) bool {
	return !slices.ContainsFunc(s.Leave, func(pattern string) bool {
		ok, _ := path.Match(pattern, table)
		return ok
	})
}

// table is one of the catalogue, with the columns that travel.
type table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Rows    int64    `json:"rows"`
	Digest  string   `json:"digest"`
}

// tables asks the catalogue. Columns that Postgres computes are left out, and so are
// transaction numbers, which mean something to one server only: they get new ones.
func tables(ctx context.Context, tx pgx.Tx, scope Scope) ([]table, error) {
	rows, err := tx.Query(ctx, `
		SELECT c.relname::text, array_agg(a.attname::text ORDER BY a.attnum)
		FROM pg_class c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
			AND a.attgenerated = '' AND a.atttypid <> 'xid8'::regtype
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
		GROUP BY c.relname ORDER BY c.relname`)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t table, err error) {
		err = row.Scan(&t.Name, &t.Columns)
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	return slices.DeleteFunc(all, func(t table) bool { return !scope.holds(t.Name) }), nil
}

// sequences is how far each of the schema counted; one that never did is left out.
func sequences(ctx context.Context, tx pgx.Tx, scope Scope) (map[string]int64, error) {
	rows, err := tx.Query(ctx, `
		SELECT q.sequencename::text, coalesce(t.relname::text, ''), q.last_value
		FROM pg_sequences q
		JOIN pg_class s ON s.relname = q.sequencename AND s.relnamespace = current_schema()::regnamespace
		LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid
			AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
		LEFT JOIN pg_class t ON t.oid = d.refobjid
		WHERE q.schemaname = current_schema() AND q.last_value IS NOT NULL
		ORDER BY q.sequencename`)
	if err != nil {
		return nil, fmt.Errorf("list sequences: %w", err)
	}
	out := map[string]int64{}
	var name, owner string
	var last int64
	_, err = pgx.ForEachRow(rows, []any{&name, &owner, &last}, func() error {
		if scope.holds(owner) {
			out[name] = last
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list sequences: %w", err)
	}
	return out, nil
}

// plain makes COPY write the same text on every server.
const plain = "SET LOCAL datestyle = 'ISO'; SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'; SET LOCAL intervalstyle = 'iso_8601'; " +
	"SET LOCAL extra_float_digits = 1; SET LOCAL client_encoding = 'UTF8'; SET LOCAL statement_timeout = 0"

func (t table) quoted() string { return pgx.Identifier{t.Name}.Sanitize() }

func (t table) columns() string {
	out := ""
	for i, c := range t.Columns {
		if i > 0 {
			out += ", "
		}
		out += pgx.Identifier{c}.Sanitize()
	}
	return out
}

// out is the COPY that reads the table.
func (t table) out(scope Scope) string {
	where := scope.Only[t.Name]
	if where == "" {
		where = "true"
	}
	return "COPY (SELECT " + t.columns() + " FROM " + t.quoted() + " WHERE " + where + ") TO STDOUT"
}

// in is the COPY that fills it.
func (t table) in() string { return "COPY " + t.quoted() + " (" + t.columns() + ") FROM STDIN" }
