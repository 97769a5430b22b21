package sqlite

import (
	"errors"
	"fmt"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"github.com/arise-attendance/arise/api/attendance"
)

// What the medium can do to a store.
var (
	// ErrMedium is final: the drive failed to write or to sync, so what it says it
	// holds cannot be believed. Reads go on, nothing is acknowledged any more.
	ErrMedium = errors.New("the drive failed while writing; marks are not being saved here")
	// ErrFull passes when space is made.
	ErrFull = errors.New("the drive is full; free some space on it")
	// ErrInUse is a second program on the same folder.
	ErrInUse = errors.New("another program has this register open")
	// ErrDamaged is a file that SQLite or the log's own hashes do not accept.
	ErrDamaged = errors.New("the register file is damaged")
	// ErrClosed is any use after Close.
	ErrClosed = errors.New("the register is closed")
	// ErrDigest is a feed whose rows do not add up to what the cloud holds. It is
	// an attendance.ErrRefetch: a snapshot puts it right.
	ErrDigest error = digestError{}
	// ErrReadOnly is a write inside View.
	ErrReadOnly = errors.New("a view does not write")
)

type digestError struct{}

func (digestError) Error() string { return "the roster does not match the cloud's" }

func (digestError) Is(target error) bool { return target == attendance.ErrRefetch }

// explain names what SQLite said in our words; other errors pass.
func explain(err error) error {
	var e *driver.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case codes.SQLITE_FULL:
		return fmt.Errorf("%w: %w", ErrFull, err)
	case codes.SQLITE_IOERR, codes.SQLITE_READONLY:
		return fmt.Errorf("%w: %w", ErrMedium, err)
	case codes.SQLITE_CORRUPT, codes.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case codes.SQLITE_BUSY, codes.SQLITE_LOCKED:
		return fmt.Errorf("%w: %w", ErrInUse, err)
	}
	return err
}

// final reports whether nothing may be acknowledged after this error.
func final(err error) bool { return errors.Is(err, ErrMedium) || errors.Is(err, ErrDamaged) }
