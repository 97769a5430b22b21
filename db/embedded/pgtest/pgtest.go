// Package pgtest gives each test a real Postgres database of its own.
//
// One server is shared by every test process of this user on this machine, so
// that a run of many packages starts it once. A small keeper process, the test
// program run again, owns it and takes it down when no test has been running
// for idleFor; the data goes with it. Databases are clones of a
// template that is migrated once per version of the migrations.
//
// ARISE_TEST_DATABASE_URL names another server to use; its login must be able
// to create databases.
package pgtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const adminFor = 2 * time.Minute // longest wait for the server, a template or a clone

var (
	server = sync.OnceValues(join)

	templates   = map[string]bool{}
	templatesMu sync.Mutex
)

// New returns the URL of a fresh database, dropped when t ends. migrate is run
// once per hash, over all tests of the machine; hash must change whenever what
// migrate does changes (see Hash).
func New(t testing.TB, migrate func(ctx context.Context, url string) error, hash string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), adminFor)
	defer cancel()
	base, err := server()
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	template, err := template(ctx, base, migrate, hash)
	if err != nil {
		t.Fatalf("pgtest: make template: %v", err)
	}
	name := "test_" + strings.ToLower(rand.Text())
	if err := admin(ctx, base, `CREATE DATABASE `+name+` TEMPLATE `+template+` STRATEGY file_copy`); err != nil {
		t.Fatalf("pgtest: clone template: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), adminFor)
		defer cancel()
		if err := admin(ctx, base, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`); err != nil {
			t.Errorf("pgtest: drop %s: %v", name, err)
		}
	})
	return at(base, name)
}

// Hash condenses the files of migrations, and whatever else decides what a
// migrated database looks like (River's version, for one), into a template's name.
func Hash(migrations fs.FS, more ...string) (string, error) {
	h := sha256.New()
	for _, m := range more {
		fmt.Fprintf(h, "%d %s", len(m), m)
	}
	err := fs.WalkDir(migrations, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations, path)
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%s %d ", path, len(text))
		h.Write(text)
		return nil
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

// template returns the migrated database of hash, making it if need be. The
// name only exists once migrate has succeeded.
func template(ctx context.Context, base string, migrate func(context.Context, string) error, hash string) (string, error) {
	templatesMu.Lock()
	defer templatesMu.Unlock()
	sum := sha256.Sum256([]byte(hash))
	name := "template_" + hex.EncodeToString(sum[:10])
	if templates[name] {
		return name, nil
	}
	conn, err := pgx.Connect(ctx, base)
	if err != nil {
		return "", err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	// Other test processes want the same template: the first one makes it.
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock(hashtext($1))`, name); err != nil {
		return "", err
	}
	var made bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&made); err != nil {
		return "", err
	}
	if !made {
		if err := build(ctx, conn, at(base, name+"_new"), name, migrate); err != nil {
			return "", err
		}
	}
	templates[name] = true
	return name, nil
}

func build(ctx context.Context, conn *pgx.Conn, url, name string, migrate func(context.Context, string) error) error {
	for _, sql := range []string{
		`DROP DATABASE IF EXISTS ` + name + `_new WITH (FORCE)`, // a test killed half way left it
		`CREATE DATABASE ` + name + `_new TEMPLATE template0`,
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	if err := migrate(ctx, url); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	_, err := conn.Exec(ctx, `ALTER DATABASE `+name+`_new RENAME TO `+name)
	return err
}

// admin runs one statement on a connection of its own: a pool kept here would
// be a leak to every package that looks for leaked goroutines.
func admin(ctx context.Context, base, sql string) error {
	conn, err := pgx.Connect(ctx, base)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}

// at returns base with another database.
func at(base, database string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base // join has parsed it before
	}
	u.Path = "/" + database
	return u.String()
}
