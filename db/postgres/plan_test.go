package postgres_test

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/arise-attendance/arise/db/postgres"
)

// grows are the tables that grow for as long as the school lives: nothing may
// read one from end to end.
var grows = []string{"fact", "standing", "session"}

// whole are statements that are about all of a table, and say why.
var whole = map[string]string{
	"RestampFacts": "a restored database: every fact is new to whoever follows the feed",
}

// queries are all statements that sqlc made a function of, by name.
func queries(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("internal/dbsqlc/*.sql.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("find the generated queries: %d, %v", len(files), err)
	}
	out := map[string]string{}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			sql, err := strconv.Unquote(lit.Value)
			if rest, named := strings.CutPrefix(sql, "-- name: "); err == nil && named {
				name, _, _ := strings.Cut(rest, " ")
				out[name] = sql
			}
			return true
		})
	}
	return out
}

// plan is a node of what Postgres means to do.
type plan struct {
	Type  string `json:"Node Type"`
	Table string `json:"Relation Name"`
	Plans []plan `json:"Plans"`
}

// scans are the tables of grows that a plan reads from end to end.
func (p plan) scans() []string {
	var out []string
	if p.Type == "Seq Scan" && slices.Contains(grows, p.Table) {
		out = append(out, p.Table)
	}
	for _, below := range p.Plans {
		out = append(out, below.scans()...)
	}
	return out
}

// planOf asks for the plan that holds for any parameters.
func planOf(ctx context.Context, tx pgx.Tx, sql string) (plan, error) {
	if _, err := tx.Exec(ctx, "PREPARE planned AS "+sql, pgx.QueryExecModeSimpleProtocol); err != nil {
		return plan{}, fmt.Errorf("prepare: %w", err)
	}
	var n int
	err := tx.QueryRow(ctx, "SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'planned'").Scan(&n)
	if err != nil {
		return plan{}, err
	}
	execute := "planned"
	if n > 0 {
		execute += "(" + strings.TrimSuffix(strings.Repeat("NULL,", n), ",") + ")"
	}
	var raw []byte
	if err := tx.QueryRow(ctx, "EXPLAIN (FORMAT JSON) EXECUTE "+execute, pgx.QueryExecModeSimpleProtocol).Scan(&raw); err != nil {
		return plan{}, fmt.Errorf("explain: %w", err)
	}
	var got []struct{ Plan plan }
	err = json.Unmarshal(raw, &got)
	return got[0].Plan, err
}

func TestNoQueryReadsATableThatGrowsFromEndToEnd(t *testing.T) {
	t.Parallel()
	b := bigSchool(t, open(t, postgres.Options{}), 10)
	b.facts(t, "true")
	conn, err := b.pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(t.Context(), "SET plan_cache_mode = force_generic_plan"); err != nil {
		t.Fatal(err)
	}
	looked := 0
	for name, sql := range queries(t) {
		err := pgx.BeginFunc(t.Context(), conn, func(tx pgx.Tx) error {
			p, err := planOf(t.Context(), tx, sql)
			if err != nil {
				return err
			}
			looked++
			if found := p.scans(); len(found) > 0 && whole[name] == "" {
				t.Errorf("%s reads all of %v: give it an index, or say in this test why it must", name, found)
			} else if len(found) == 0 && whole[name] != "" {
				t.Errorf("%s is said to read a whole table and does not", name)
			}
			_, err = tx.Exec(t.Context(), "DEALLOCATE planned")
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if looked < 100 {
		t.Errorf("got %d statements, want all of them", looked)
	}
	// The test would see one.
	if p, err := planFor(t, conn, "SELECT count(*) FROM standing WHERE reason = $1"); err != nil || len(p.scans()) != 1 {
		t.Errorf("a statement without an index: got %+v, %v", p, err)
	}
}

func planFor(t *testing.T, conn *pgxpool.Conn, sql string) (p plan, err error) {
	t.Helper()
	err = pgx.BeginFunc(t.Context(), conn, func(tx pgx.Tx) error {
		p, err = planOf(t.Context(), tx, sql)
		return err
	})
	return p, err
}
