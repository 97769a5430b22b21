package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/arise-attendance/arise/db/postgres"
	"github.com/arise-attendance/arise/db/postgres/backup"
	"github.com/arise-attendance/arise/jobs"
)

// scope is all of the schema but what migrations make, what can be asked for again
// (reports), what only holds callers back, and of the queue the undone work.
var scope = backup.Scope{
	Leave: []string{"goose_db_version", "guess", "traffic", jobs.Leave},
	Only:  map[string]string{jobs.Table: jobs.Undone, "report": "false", "report_part": "false"},
	After: []string{jobs.Resume},
}

// Backup writes all of the school into a file, "-" being out, and tells said how
// far it is. A file is read back before it gets its name: there is no half backup.
func Backup(ctx context.Context, c Config, file string, out io.Writer, said io.Writer) (err error) {
	db, running := runningDatabase(ctx, c)
	if !running {
		if db, err = connectDatabase(ctx, c, "arise backup"); err != nil {
			return err
		}
	}
	defer func() { err = errors.Join(err, db.close()) }()
	// A database that takes no writes is backed up all the same.
	if err := postgres.New(db.pool, postgres.Options{Log: c.Log}).BackedUp(ctx, filepath.Base(file)); err != nil {
		if _, err := fmt.Fprintf(said, "not noted in the ledger: %v\n", err); err != nil {
			return err
		}
	}
	write := func(w io.Writer) error {
		m, err := backup.Write(ctx, db.pool, scope, time.Now(), w, progress(said))
		if err != nil {
			return err
		}
		return summary(said, "backed up", m)
	}
	if file == "-" {
		return write(out)
	}
	return whole(file, write)
}

// whole gives a file its name when it is complete and was read back.
func whole(file string, write func(io.Writer) error) (err error) {
	part, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*.part") // mode 0600
	if err != nil {
		return fmt.Errorf("make the backup's file: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(part.Name()))
		}
	}()
	if err = errors.Join(write(part), part.Sync()); err == nil {
		_, err = open(part)
	}
	if err = errors.Join(err, part.Close()); err != nil {
		return err
	}
	return os.Rename(part.Name(), file)
}

func open(f *os.File) (*backup.File, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return backup.Open(f, info.Size())
}

// VerifyBackup reads a file through. It needs no database.
func VerifyBackup(file string, in io.Reader, said io.Writer) error {
	return withBackup(file, in, func(b *backup.File) error { return summary(said, "whole", b.Manifest) })
}

// Restore fills an empty database from a file, "-" being in, and brings it up to
// date. The file is read through before anything is written.
func Restore(ctx context.Context, c Config, file string, in io.Reader, said io.Writer) error {
	return withBackup(file, in, func(b *backup.File) (err error) {
		db, err := connectDatabase(ctx, c, "arise restore")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.close()) }()
		if err := b.Restore(ctx, db.pool, scope, jobs.Migrate, progress(said)); err != nil {
			return err
		}
		if err := postgres.Migrate(ctx, db.pool, jobs.Migrate); err != nil {
			return fmt.Errorf("the backup is restored; bring the schema up to date: %w", err)
		}
		if _, err := db.pool.Exec(ctx, "ANALYZE"); err != nil { // plans for the rows that came
			return fmt.Errorf("the backup is restored; look at its tables: %w", err)
		}
		return summary(said, "restored", b.Manifest)
	})
}

// withBackup opens a file, or keeps what comes in meanwhile: its table of contents
// is at its end.
func withBackup(file string, in io.Reader, fn func(*backup.File) error) (err error) {
	var f *os.File
	if file == "-" {
		if f, err = os.CreateTemp("", "arise-restore-*"); err != nil {
			return fmt.Errorf("keep what comes in: %w", err)
		}
		defer os.Remove(f.Name())
		if _, err = io.Copy(f, in); err != nil {
			return errors.Join(fmt.Errorf("keep what comes in: %w", err), f.Close())
		}
	} else if f, err = os.Open(file); err != nil { //nolint:gosec // the operator names the file
		return err
	}
	defer f.Close()
	b, err := open(f)
	if err != nil {
		return err
	}
	return fn(b)
}

func progress(w io.Writer) func(string, int64) {
	return func(table string, rows int64) { fmt.Fprintf(w, "%10d  %s\n", rows, table) }
}

func summary(w io.Writer, did string, m backup.Manifest) error {
	_, err := fmt.Fprintf(w, "%s: %d rows of %d tables, as of %s\n", did, m.Rows(), len(m.Tables), m.MadeAt.Format(time.RFC3339))
	return err
}
