package server_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/arise-attendance/arise/db/postgres"
)

// store is the program's database: where a test makes an edit that another
// person would make, or looks at what no operation shows.
func (p *program) store(t *testing.T) (*pgxpool.Pool, func()) {
	t.Helper()
	pool, err := postgres.Connect(t.Context(), p.config.DatabaseURL, p.config.Schema)
	if err != nil {
		t.Fatal(err)
	}
	return pool, pool.Close
}

// names are the students who are not archived.
func (p *program) names(t *testing.T) string {
	t.Helper()
	pool, done := p.store(t)
	defer done()
	rows, err := pool.Query(t.Context(), "SELECT name FROM student WHERE archived_at IS NULL ORDER BY name")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		out = append(out, n)
	}
	return strings.Join(out, ", ")
}
