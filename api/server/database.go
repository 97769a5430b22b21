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
	if c.DatabaseURL == "" {
		url, err := os.ReadFile(filepath.Join(c.Data, ownURL)) //nolint:gosec // below our own folder
		if err == nil {
			if pool, err := postgres.Connect(ctx, string(url), c.Schema); err == nil {
				if pool.Ping(ctx) == nil {
					return database{pool: pool}, nil
				}
				pool.Close()
			}
		}
	}
	return openDatabase(ctx, c)
}

// openDatabase connects and brings the schema up to date.
func openDatabase(ctx context.Context, c Config) (db database, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, db.close())
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
	if db.pool, err = postgres.Connect(ctx, url, c.Schema); err != nil {
		return db, fmt.Errorf("connect to Postgres: %w", err)
	}
	if err = postgres.Migrate(ctx, db.pool, jobs.Migrate); err != nil {
		return db, fmt.Errorf("bring the schema up to date: %w", err)
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
