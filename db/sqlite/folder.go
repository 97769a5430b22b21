package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Files in the data folder beside the register.
const (
	markerName = "ARISE.txt"
	lockName   = "arise.lock"
	probeName  = "probe"
)

const marker = `This folder is the register of an A.R.I.S.E. pendrive: attendance that is not in the cloud yet may be in it.
Do not delete, rename or edit anything here. The program makes backups by itself.
`

// folder is the data folder while one program owns it. The lock is SQLite's own,
// on an empty file, for that works on every system and ends with the process; the
// register's lock is not enough, for there are moments without a register.
type folder struct {
	dir  string
	lock *sql.DB
	conn *sql.Conn
}

// takeFolder locks a folder, and fails with ErrInUse when another program has it.
func takeFolder(ctx context.Context, dir string) (_ *folder, err error) {
	f := &folder{dir: dir}
	defer func() {
		if err != nil {
			err = errors.Join(explain(err), f.close())
		}
	}()
	if f.lock, err = sql.Open("sqlite", uri(filepath.Join(dir, lockName), url.Values{"_busy_timeout": {"2000"}, "_pragma": {"journal_mode(memory)"}})); err != nil {
		return nil, err
	}
	if f.conn, err = f.lock.Conn(ctx); err != nil {
		return nil, err
	}
	if _, err = f.conn.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return nil, fmt.Errorf("lock the folder: %w", err)
	}
	return f, nil
}

func (f *folder) close() error {
	var errs []error
	if f.conn != nil {
		errs = append(errs, f.conn.Close())
	}
	if f.lock != nil {
		errs = append(errs, f.lock.Close())
	}
	return errors.Join(errs...)
}

// uri names a file so that no character of a folder's name is taken for a parameter.
func uri(path string, q url.Values) string {
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // C:/… becomes file:///C:/…
	}
	return (&url.URL{Scheme: "file", Path: p, RawQuery: q.Encode()}).String()
}

// What the probe says: whether a program is at work, or ended in order. After a cut
// the register is looked over more closely.
const (
	atWork = "A.R.I.S.E. is at work here\n"
	atRest = "A.R.I.S.E. ended in order.\n"
)

// endedInOrder reports whether the last program here closed the register.
func endedInOrder(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, probeName)) //nolint:gosec // in the data folder
	return err == nil && bytes.HasPrefix(text, []byte(atRest))
}

// probe writes, syncs and reads back, so that a drive that takes no writes says so
// now and not in class. The file stays: a folder that changes is what FAT does worst.
func probe(dir, say string) error {
	text := bytes.Repeat([]byte(say), 160)[:4096]
	path := filepath.Join(dir, probeName)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // in the data folder
	if err != nil {
		return fmt.Errorf("write to the drive: %w", explain(err))
	}
	defer f.Close()
	_, err = f.WriteAt(text, 0)
	if err == nil {
		err = f.Sync()
	}
	back := make([]byte, len(text))
	if err == nil {
		_, err = f.ReadAt(back, 0)
	}
	if err == nil && !bytes.Equal(text, back) {
		err = ErrMedium
	}
	if err != nil {
		return fmt.Errorf("write to the drive: %w", explain(err))
	}
	return nil
}

// marked reports whether the folder has held a register: one that is missing there
// was lost, and must not be taken for a new one.
func marked(dir string) (bool, error) {
	_, err := os.Stat(filepath.Join(dir, markerName))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, explain(err)
}

// mark says that the folder holds a register from now on.
func mark(dir string) error {
	return writeFile(filepath.Join(dir, markerName), []byte(marker))
}

// writeFile makes a small file that is on the medium when it returns.
func writeFile(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // in the data folder
	if err != nil {
		return explain(err)
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return explain(err)
	}
	return syncDir(filepath.Dir(path))
}

// exists reports whether a file is there; a drive that cannot say is in trouble.
func exists(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, explain(err)
}

// syncDir makes names in a folder durable, where a system has that.
func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the data folder
	if err != nil {
		return explain(err)
	}
	defer d.Close()
	// Windows and some FAT drivers refuse it, and keep names as safe as they can.
	_ = d.Sync()
	return nil
}
