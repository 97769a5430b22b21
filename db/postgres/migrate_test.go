package postgres_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/embedded/pgtest"
	"github.com/arise-attendance/arise/db/postgres"
)

func empty(t *testing.T) string {
	t.Helper()
	return pgtest.New(t, func(context.Context, string) error { return nil }, "empty")
}

func TestProgramsThatStartTogetherMigrateInTurn(t *testing.T) {
	t.Parallel()
	url := empty(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := migrate(t.Context(), url); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	s := openAt(t, url, postgres.Options{})
	if _, err := s.CloudNode(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTwoInstitutionsShareADatabase(t *testing.T) {
	t.Parallel()
	url := empty(t)
	var stores []store
	for _, schema := range []string{"north", "south"} {
		pool, err := postgres.Connect(t.Context(), url, schema)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(pool.Close)
		if err := postgres.Migrate(t.Context(), pool); err != nil {
			t.Fatal(err)
		}
		stores = append(stores, store{Store: postgres.New(pool, postgres.Options{}), pool: pool})
	}
	stores[0].change(t, func(ctx context.Context, r attendance.Registrar) error {
		return r.PutCourse(ctx, course(newID(t), "CS301"))
	})
	for i, want := range []int{1, 0} {
		got := view(t, stores[i], func(ctx context.Context, tx attendance.Tx) ([]attendance.Course, error) { return tx.Courses(ctx) })
		if len(got) != want {
			t.Errorf("institution %d: got %d courses, want %d", i, len(got), want)
		}
	}
	if _, err := stores[0].pool.Exec(t.Context(), "SELECT FROM public.fact"); err == nil {
		t.Error("something was made in public")
	}
	if _, err := postgres.Connect(t.Context(), url, `x"; DROP`); err == nil {
		t.Error("a schema name that needs quoting was taken")
	}
}

func TestACopyOfTheDatabaseGetsANewGeneration(t *testing.T) {
	t.Parallel()
	s := open(t, postgres.Options{}) // a clone of the template that was migrated elsewhere
	before, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for run, same := range []bool{false, true} {
		if err := postgres.Migrate(t.Context(), s.pool); err != nil {
			t.Fatal(err)
		}
		after, err := s.Head(t.Context())
		if err != nil || (after.Generation == before.Generation) != same {
			t.Errorf("start %d: got %s after %s, %v; want the same: %t", run, after.Generation, before.Generation, err, same)
		}
		before = after
	}
}

func TestFactsOfARestoredDatabaseAreToldAgain(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, postgres.Options{})
	d := newDrive(t, s.pair(t, "one").ID)
	d.sees(t, d.opens(t, s).Session, s.students[0])
	s.mustReceive(t, d.from(0))
	f := s.follow(s.pair(t, "two").ID)
	f.pull(t)
	// The old server was far ahead with its transaction numbers.
	if _, err := s.pool.Exec(t.Context(), "UPDATE fact SET stored_xid = '99999999999'"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.pool.Exec(t.Context(), "UPDATE roster_head SET home = 'elsewhere'"); err != nil {
		t.Fatal(err)
	}
	if err := postgres.Migrate(t.Context(), s.pool); err != nil {
		t.Fatal(err)
	}
	f.facts = nil
	f.pull(t)
	if len(f.facts) != 2 {
		t.Errorf("got %d facts, want both again", len(f.facts))
	}
}

func TestWhatFollowsAMigrationMayFailIt(t *testing.T) {
	t.Parallel()
	s := open(t, postgres.Options{})
	err := postgres.Migrate(t.Context(), s.pool, func(context.Context, *pgxpool.Pool) error { return errOnPurpose })
	if !errors.Is(err, errOnPurpose) {
		t.Errorf("got %v, want its error", err)
	}
}

func TestMigrationsGoDownAndUpAgain(t *testing.T) {
	t.Parallel()
	s := open(t, postgres.Options{})
	db := stdlib.OpenDBFromPool(s.pool)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, postgres.Migrations())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.DownTo(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := s.pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = 'public' AND c.relkind IN ('r', 'S') AND c.relname NOT LIKE 'goose%'`).Scan(&left); err != nil || left != 0 {
		t.Errorf("got %d tables left, %v, want none", left, err)
	}
	if _, err := provider.Up(t.Context()); err != nil {
		t.Error(err)
	}
}
