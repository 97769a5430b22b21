package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/arise-attendance/arise/db/embedded"
	"github.com/arise-attendance/arise/db/postgres"
	"github.com/arise-attendance/arise/jobs"
)

// database is the Postgres we use, and the one we started for it, if any.
type database struct {
	pool *pgxpool.Pool
	own  *embedded.Server
}

// ownURL is where a running server notes how to reach its own Postgres, for the
// admin verbs.
const ownURL = "database.url"

// reachDatabase connects to the database of a running server if there is one,
// and opens it otherwise.
func reachDatabase(ctx context.Context, c Config) (database, error) {
	if db, ok := runningDatabase(ctx, c); ok {
		return db, nil
	}
	return openDatabase(ctx, c)
}

// runningDatabase is our own Postgres if a server runs it already.
func runningDatabase(ctx context.Context, c Config) (database, bool) {
	if c.DatabaseURL != "" {
		return database{}, false
	}
	url, err := os.ReadFile(filepath.Join(c.Data, ownURL)) //nolint:gosec // below our own folder
	if err != nil {
		return database{}, false
	}
	pool, err := postgres.Connect(ctx, string(url), c.Schema)
	if err != nil {
		return database{}, false
	}
	return database{pool: pool}, true
}

// openDatabase connects and brings the schema up to date.
func openDatabase(ctx context.Context, c Config, change ...func(*pgxpool.Config)) (database, error) {
	db, err := connectDatabase(ctx, c, postgres.ServerName(c.Schema), change...)
	if err != nil {
		return db, err
	}
	if err := postgres.Migrate(ctx, db.pool, jobs.Migrate); err != nil {
		return database{}, errors.Join(fmt.Errorf("bring the schema up to date: %w", err), db.close())
	}
	return db, nil
}

// connectDatabase connects under a name, starting our own Postgres if there is no
// other, and leaves the schema as it is.
func connectDatabase(ctx context.Context, c Config, name string, change ...func(*pgxpool.Config)) (db database, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, db.close())
			db = database{}
		}
	}()
	url := c.DatabaseURL
	if url == "" {
		c.Log.InfoContext(ctx, "starting our own Postgres", "folder", filepath.Join(c.Data, "postgres"))
		db.own, err = embedded.Start(ctx, embedded.Options{Dir: filepath.Join(c.Data, "postgres"), Durable: true, Log: c.Log})
		if err != nil {
			return db, fmt.Errorf("start Postgres: %w", err)
		}
		url = db.own.URL("arise")
		if err = os.WriteFile(filepath.Join(c.Data, ownURL), []byte(url), 0o600); err != nil {
			return db, fmt.Errorf("note the database's address: %w", err)
		}
	}
	if db.pool, err = postgres.ConnectAs(ctx, url, c.Schema, name, change...); err != nil {
		return db, fmt.Errorf("connect to Postgres: %w", err)
	}
	return db, nil
}

func (db database) close() error {
	if db.pool != nil {
		db.pool.Close()
	}
	if db.own != nil {
		return db.own.Close()
	}
	return nil
}

// Migrate only brings the schema up to date.
func Migrate(ctx context.Context, c Config) error {
	db, err := openDatabase(ctx, c)
	if err != nil {
		return err
	}
	return db.close()
}

// secret is the configured signing key, or one made at the first start.
func secret(c Config) ([]byte, error) {
	if len(c.Secret) > 0 {
		return c.Secret, nil
	}
	file := filepath.Join(c.Data, "secret.key")
	raw, err := os.ReadFile(file) //nolint:gosec // below our own folder
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return raw, err
	}
	if err := os.MkdirAll(c.Data, 0o755); err != nil { //nolint:gosec // our own Postgres' user must pass through
		return nil, fmt.Errorf("make %s: %w", c.Data, err)
	}
	raw = []byte(rand.Text() + rand.Text())
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		return nil, fmt.Errorf("keep the signing key: %w", err)
	}
	return raw, nil
}
