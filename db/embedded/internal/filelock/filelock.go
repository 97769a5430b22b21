// Package filelock holds locks the operating system gives back by itself when
// their process ends, however it ends. A lock file is never removed: a
// process waiting on a removed file would hold a lock nobody else can see.
package filelock

import (
	"fmt"
	"os"
)

// A Lock is an open lock file. Closing it, or the end of the process, gives it back.
type Lock struct{ file *os.File }

// Exclusive waits until no other process holds path and takes it alone.
func Exclusive(path string) (*Lock, error) {
	l, _, err := take(path, true, true)
	return l, err
}

// Shared waits until no process holds path alone and joins the others.
func Shared(path string) (*Lock, error) {
	l, _, err := take(path, false, true)
	return l, err
}

// TryExclusive takes path alone, or reports false when another process has it.
func TryExclusive(path string) (*Lock, bool, error) {
	return take(path, true, false)
}

// Close gives the lock back.
func (l *Lock) Close() error { return l.file.Close() }

func take(path string, alone, wait bool) (*Lock, bool, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, false, fmt.Errorf("open lock file: %w", err)
	}
	got, err := lock(f, alone, wait)
	if err != nil || !got {
		_ = f.Close()
		if err != nil {
			return nil, false, fmt.Errorf("lock %s: %w", path, err)
		}
		return nil, false, nil
	}
	return &Lock{file: f}, true, nil
}
