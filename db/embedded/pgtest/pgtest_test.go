package pgtest

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/db/embedded/internal/filelock"
)

func TestNew(t *testing.T) {
	t.Parallel()
	var migrated atomic.Int32
	migrate := func(ctx context.Context, url string) error {
		migrated.Add(1)
		return admin(ctx, url, `CREATE TABLE mark AS SELECT 1 AS n`)
	}
	hash := t.Name() + time.Now().String() // not one an earlier run has made
	t.Run("databases", func(t *testing.T) {
		for range 4 {
			t.Run("are migrated and nobody else's", func(t *testing.T) {
				t.Parallel()
				url := New(t, migrate, hash)
				if err := admin(t.Context(), url, `INSERT INTO mark VALUES (2)`); err != nil {
					t.Fatal(err)
				}
				if got := count(t, url, `SELECT count(*) FROM mark`); got != 2 {
					t.Errorf("got %d rows, want 2", got)
				}
			})
		}
	})
	if got := migrated.Load(); got != 1 {
		t.Errorf("migrated %d times, want once", got)
	}
	t.Run("are dropped with their test, open connections or not", func(t *testing.T) {
		var name string
		t.Run("a test that forgets to close", func(t *testing.T) {
			conn, err := pgx.Connect(t.Context(), New(t, migrate, hash))
			if err != nil {
				t.Fatal(err)
			}
			name = conn.Config().Database
		})
		base, err := server()
		if err != nil {
			t.Fatal(err)
		}
		if got := count(t, base, `SELECT count(*) FROM pg_database WHERE datname = '`+name+`'`); got != 0 {
			t.Errorf("%s is still there", name)
		}
	})
}

func TestKeeper(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp(memory(), "arise-nest-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	n := nest(dir)
	lock, err := filelock.Shared(n.file("clients"))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- n.keep(t.Context(), 10*time.Millisecond) }()
	answers := func() bool { _, ok := n.answers(t.Context()); return ok }
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !answers() {
		select {
		case err := <-ended:
			t.Fatalf("ended early: %v", err)
		case <-tick.C:
		}
	}
	for range 5 { // many times idle
		<-tick.C
	}
	if !answers() {
		t.Error("the server went down under a running test")
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("keeper: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "cluster", "data")); err == nil {
		t.Error("the data is still there")
	}
	if answers() {
		t.Error("the server is still there")
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	hash := func(fsys fstest.MapFS, more ...string) string {
		h, err := Hash(fsys, more...)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	base := hash(fstest.MapFS{"a.sql": {Data: []byte("ab")}})
	for what, other := range map[string]string{
		"another text":  hash(fstest.MapFS{"a.sql": {Data: []byte("ac")}}),
		"another name":  hash(fstest.MapFS{"b.sql": {Data: []byte("ab")}}),
		"another file":  hash(fstest.MapFS{"a.sql": {Data: []byte("ab")}, "b.sql": {}}),
		"another River": hash(fstest.MapFS{"a.sql": {Data: []byte("ab")}}, "0.51.1"),
	} {
		if other == base {
			t.Errorf("%s has the same hash", what)
		}
	}
	if again := hash(fstest.MapFS{"a.sql": {Data: []byte("ab")}}); again != base {
		t.Errorf("got %s, want %s", again, base)
	}
}

func count(t *testing.T, url, sql string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
