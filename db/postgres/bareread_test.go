package postgres_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// said is what the connections of a pool are asked. It is a pgx.QueryTracer.
type said struct {
	mu  sync.Mutex
	all []statement
}

type statement struct {
	sql  string
	args []any
}

func (s *said) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, statement{d.SQL, d.Args})
	return ctx
}

func (*said) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// asked are the statements behind a screen, as they are asked when it is read.
func (r *reader) asked(tb testing.TB, sc screen) []statement {
	tb.Helper()
	r.said.all = nil
	if err := r.answer(tb.Context(), sc); err != nil {
		tb.Fatal(err)
	}
	return slices.Clone(r.said.all)
}

// bare asks statements once more: pgx, and sqlc's function that scans the rows, and
// nothing that looks at them. It is what a screen cannot do without.
func (r *reader) bare(ctx context.Context, all []statement) error {
	conn, err := r.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	for _, s := range all {
		if err := s.bare(ctx, conn.Conn()); err != nil {
			return fmt.Errorf("%.60s: %w", s.sql, err)
		}
	}
	return nil
}

func (s statement) bare(ctx context.Context, conn *pgx.Conn) error {
	rest, named := strings.CutPrefix(s.sql, "-- name: ")
	if !named { // begin, commit
		_, err := conn.Exec(ctx, s.sql)
		return err
	}
	name, _, _ := strings.Cut(rest, " ")
	query := reflect.ValueOf(dbsqlc.New(conn)).MethodByName(name)
	in := []reflect.Value{reflect.ValueOf(ctx)}
	if query.Type().NumIn() == 1+len(s.args) {
		for _, a := range s.args {
			in = append(in, reflect.ValueOf(a))
		}
	} else { // more than four are the fields of one
		params := reflect.New(query.Type().In(1)).Elem()
		for i, a := range s.args {
			params.Field(i).Set(reflect.ValueOf(a))
		}
		in = append(in, params)
	}
	out := query.Call(in)
	err, _ := out[len(out)-1].Interface().(error)
	return err
}
