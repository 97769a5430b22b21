package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"syscall"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"github.com/arise-attendance/arise/api/attendance"
)

// What the medium can do to a store. Those that a request can meet say what to do;
// each means that nothing of the request was stored.
var (
	// ErrMedium ends all writing: the drive failed to write or to sync, so what it
	// says it holds cannot be believed. Reads go on; Tend looks whether it is back.
	ErrMedium error = attendance.Unstored{
		Kind: "drive-failed",
		Why:  "the drive failed while writing, so this was not stored. Marks are kept in the scanner; plug the drive in again, or write the others down",
	}
	// ErrReadOnly is a medium that takes no writes: a switch on its side, or a file
	// system that was mounted so.
	ErrReadOnly error = attendance.Unstored{
		Kind: "drive-read-only",
		Why:  "the drive cannot be written to, so this was not stored: look for a lock switch on it, or give the program leave to write to its folder, and start it again",
	}
	// ErrFull passes when space is made.
	ErrFull error = attendance.Unstored{
		Kind: "drive-full",
		Why:  "the drive is full, so this was not stored. Marks are kept in the scanner; delete other files from the drive, and try again",
	}
	// ErrLow refuses new classes while there is only room for the marks of those that run.
	ErrLow error = attendance.Unstored{
		Kind: "drive-low",
		Why:  "the drive is nearly full, and what is left is kept for the marks of classes that run: delete other files from it, and start this class again",
	}
	// ErrDamaged is a file that SQLite or the log's own hashes do not accept, or that
	// is gone.
	ErrDamaged error = attendance.Unstored{
		Kind: "drive-damaged",
		Why:  "the register file is damaged, so this was not stored. Marks are kept in the scanner; the register is being made again from its backups",
	}
	// ErrEjected is any use after Eject.
	ErrEjected error = attendance.Unstored{
		Kind: "drive-ejected",
		Why:  "the drive is ready to be removed, so this was not stored: start the program again to go on",
	}
	// ErrClosed is any use after Close.
	ErrClosed error = attendance.Unstored{
		Kind: "stopping",
		Why:  "the program is being stopped, so this was not stored: start it again",
	}

	// ErrInUse is a second program on the same folder.
	ErrInUse = errors.New("another program has this register open")
	// ErrDigest is a feed whose rows do not add up to what the cloud holds. It is
	// an attendance.ErrRefetch: a snapshot puts it right.
	ErrDigest error = digestError{}
	// ErrView is a write inside View.
	ErrView = errors.New("a view does not write")
)

type digestError struct{}

func (digestError) Error() string { return "the roster does not match the cloud's" }

func (digestError) Is(target error) bool { return target == attendance.ErrRefetch }

// explain names what SQLite or the system said in our words; other errors pass.
func explain(err error) error {
	var e *driver.Error
	if errors.As(err, &e) {
		switch e.Code() & 0xff {
		case codes.SQLITE_FULL:
			return because(ErrFull, err)
		case codes.SQLITE_READONLY:
			return because(ErrReadOnly, err)
		case codes.SQLITE_IOERR, codes.SQLITE_CANTOPEN:
			return because(ErrMedium, err)
		case codes.SQLITE_CORRUPT, codes.SQLITE_NOTADB:
			return because(ErrDamaged, err)
		case codes.SQLITE_BUSY, codes.SQLITE_LOCKED:
			return because(ErrInUse, err)
		}
		return err
	}
	var no syscall.Errno
	switch {
	case !errors.As(err, &no):
		return err
	case isFull(no):
		return because(ErrFull, err)
	case no == syscall.EROFS, errors.Is(err, fs.ErrPermission):
		return because(ErrReadOnly, err)
	}
	return because(ErrMedium, err)
}

// because puts our name before what was said, once.
func because(name, err error) error {
	if errors.Is(err, name) {
		return err
	}
	return fmt.Errorf("%w (%w)", name, err)
}

// cause is an error without what it means to a request.
func cause(err error) string {
	text := err.Error()
	for _, name := range []error{ErrDamaged, ErrMedium, ErrReadOnly, ErrFull} {
		if rest, ok := strings.CutPrefix(text, name.Error()); ok {
			text = strings.TrimSuffix(strings.TrimLeft(rest, " :("), ")")
		}
	}
	return text
}

// What Windows calls a full disk.
const (
	errorHandleDiskFull = syscall.Errno(39)
	errorDiskFull       = syscall.Errno(112)
)

func isFull(no syscall.Errno) bool {
	if runtime.GOOS == "windows" {
		return no == errorHandleDiskFull || no == errorDiskFull
	}
	return no == syscall.ENOSPC || no == syscall.EDQUOT
}

// final reports whether nothing may be acknowledged after this error.
func final(err error) bool {
	return errors.Is(err, ErrMedium) || errors.Is(err, ErrDamaged) || errors.Is(err, ErrReadOnly)
}
