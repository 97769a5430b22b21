package sqlite

import (
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
)

// readable opens the register for reading alone, where the medium takes no writes.
// SQLite cannot follow a write-ahead log that it may not lock, so one that holds
// anything is read from a copy of both files, which goes with the program.
func (s *Store) readable(ctx context.Context) error {
	here, err := exists(s.path)
	if err != nil {
		return err
	}
	if !here {
		return errors.New("there is no register to read")
	}
	path := s.path
	filled, err := holdsAnything(path + "-wal")
	if err != nil {
		return err
	}
	if filled {
		if path, err = s.borrow(); err != nil {
			return err
		}
	}
	q := url.Values{"mode": {"ro"}, "immutable": {"1"}}
	if path != s.path {
		q = url.Values{"_pragma": {"locking_mode(exclusive)", "query_only(1)"}}
	}
	if err := s.connect(ctx, uri(path, q)); err != nil {
		return err
	}
	if err := s.prepare(ctx); err != nil {
		return err
	}
	if err := s.load(ctx); err != nil {
		return err
	}
	s.ring, _ = s.backups() // only to show them
	return nil
}

// holdsAnything reports whether a write-ahead log begins as one does. Zeros are
// what preallocate made.
func holdsAnything(path string) (bool, error) {
	f, err := os.Open(path) //nolint:gosec // in the data folder
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, explain(err)
	}
	defer f.Close()
	var head [32]byte
	_, err = io.ReadFull(f, head[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, explain(err)
	}
	return head != [32]byte{}, nil
}

// borrow copies the register into a folder of the computer until unload.
func (s *Store) borrow() (string, error) {
	dir, err := os.MkdirTemp("", "arise-read-only")
	if err != nil {
		return "", err
	}
	s.borrowed = dir
	path := filepath.Join(dir, FileName)
	for _, suffix := range []string{"-wal", ""} {
		if err := copyFile(s.path+suffix, path+suffix); err != nil {
			return "", err
		}
	}
	return path, nil
}
