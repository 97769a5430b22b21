package backup

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// format is the file's own version.
const format = 1

// Manifest is what a backup says about itself.
type Manifest struct {
	Format     int              `json:"format"`
	MadeAt     time.Time        `json:"made_at"`
	Schema     int64            `json:"schema_version"` // the last migration of the school's tables
	Queue      int64            `json:"queue_version"`  // the last of the job queue's
	Generation string           `json:"generation"`
	Tables     []table          `json:"tables"`
	Sequences  map[string]int64 `json:"sequences"`
}

// Rows is how many rows there are in all.
func (m Manifest) Rows() (n int64) {
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

// Write streams a backup of the pool's schema to w. It reads one moment of the
// database, however long that takes, and keeps nobody from writing.
func Write(ctx context.Context, pool *pgxpool.Pool, scope Scope, at time.Time, w io.Writer, said func(table string, rows int64)) (m Manifest, err error) {
	m = Manifest{Format: format, MadeAt: at.UTC()}
	names, err := list(ctx, pool, scope)
	if err != nil {
		return m, err
	}
	err = pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		// Held against a migration that starts meanwhile. It must be the first
		// statement: what the transaction sees is fixed by the one after.
		if _, err := tx.Exec(ctx, "LOCK TABLE "+names+" IN ACCESS SHARE MODE"); err != nil {
			return fmt.Errorf("hold the tables: %w", err)
		}
		if err := m.describe(ctx, tx, scope); err != nil {
			return err
		}
		z := zip.NewWriter(w)
		for i := range m.Tables {
			if err := m.Tables[i].write(ctx, tx, scope, z); err != nil {
				return fmt.Errorf("back up %s: %w", m.Tables[i].Name, err)
			}
			said(m.Tables[i].Name, m.Tables[i].Rows)
		}
		// Last: it holds what the rows added up to.
		entry, err := z.Create(manifestName)
		if err != nil {
			return err
		}
		if err := json.NewEncoder(entry).Encode(m); err != nil {
			return fmt.Errorf("write the manifest: %w", err)
		}
		return z.Close()
	})
	return m, err
}

// list is the names of all tables of the backup, for SQL.
func list(ctx context.Context, pool *pgxpool.Pool, scope Scope) (string, error) {
	var all []table
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) (err error) {
		all, err = tables(ctx, tx, scope)
		return err
	})
	if err != nil {
		return "", err
	}
	if len(all) == 0 {
		return "", fmt.Errorf("there is nothing to back up: no school in schema %s", pool.Config().ConnConfig.RuntimeParams["search_path"])
	}
	return quoted(all), nil
}

func quoted(all []table) string {
	names := make([]string, len(all))
	for i, t := range all {
		names[i] = t.quoted()
	}
	return strings.Join(names, ", ")
}

// describe reads what the manifest says but for the rows.
func (m *Manifest) describe(ctx context.Context, tx pgx.Tx, scope Scope) (err error) {
	if _, err := tx.Exec(ctx, plain); err != nil {
		return fmt.Errorf("prepare to copy: %w", err)
	}
	err = tx.QueryRow(ctx, `SELECT (SELECT max(version_id) FROM goose_db_version WHERE is_applied),
		(SELECT coalesce(max(version), 0) FROM river_migration), (SELECT generation::text FROM roster_head)`).
		Scan(&m.Schema, &m.Queue, &m.Generation)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	if m.Tables, err = tables(ctx, tx, scope); err != nil {
		return err
	}
	m.Sequences, err = sequences(ctx, tx, scope)
	return err
}

func (t *table) write(ctx context.Context, tx pgx.Tx, scope Scope, z *zip.Writer) error {
	entry, err := z.Create(t.entry())
	if err != nil {
		return err
	}
	t.Rows, t.Digest, err = t.copyOut(ctx, tx, scope, entry)
	return err
}

// copyOut reads the table, adding it up.
func (t table) copyOut(ctx context.Context, tx pgx.Tx, scope Scope, w io.Writer) (int64, string, error) {
	s := newSum()
	if _, err := tx.Conn().PgConn().CopyTo(ctx, io.MultiWriter(w, s), t.out(scope)); err != nil {
		return 0, "", err
	}
	return s.result()
}

const manifestName = "manifest.json"

func (t table) entry() string { return "data/" + t.Name + ".tsv" }
