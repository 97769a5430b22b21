package sqlite_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
)

// A file size limit is the one honest way to make the kernel refuse a write, and
// it holds for a whole process, so this runs in a child.
func init() {
	children["medium"] = func(dir string) error {
		ctx := context.Background()
		s, err := sqlite.Open(ctx, dir, sqlite.Options{Now: time.Now, Rand: rand.Reader, Sizes: sqlite.Sizes{WAL: 1, Room: 1}})
		if err != nil {
			return err
		}
		n := byte(0)
		write := func() error {
			n++
			d := attendance.Device{ID: attendance.Derive("scanner", []byte{n}), Name: "scanner"}
			return s.InTx(ctx, func(ctx context.Context, tx attendance.Tx) error { return tx.PutDevice(ctx, d) })
		}
		if err := write(); err != nil {
			return err
		}
		size, err := s.Size()
		if err != nil {
			return err
		}
		old := syscall.Rlimit{}
		if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
			return err
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: uint64(size), Max: old.Max}); err != nil {
			return err
		}
		var failed error
		for failed == nil && n < 200 {
			failed = write()
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
			return err
		}
		after := write() // the drive seems well again, but it lied once
		seen := 0
		err = s.View(ctx, func(ctx context.Context, tx attendance.Tx) error {
			all, err := tx.Devices(ctx)
			seen = len(all)
			return err
		})
		acked := int(n) - 2 // but for the one that failed and the one after
		stopped := s.Failed() != nil
		back := s.Tend(ctx) // until the whole start sequence says otherwise
		fmt.Println(errors.Is(failed, sqlite.ErrMedium), errors.Is(after, sqlite.ErrMedium), stopped, err, seen == acked, back, write())
		return s.Close()
	}
}

func TestADriveThatFailsOnceAcknowledgesNothingMore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if got, want := child(t, "medium", dir), "true true true <nil> true <nil> <nil>"; got != want {
		t.Errorf("failed, refused, stopped, read, kept what was acknowledged, came back, wrote: got %q, want %q", got, want)
	}
	s := open(t, dir, sqlite.Options{}) // another drive, or the same after a restart
	if err := s.InTx(t.Context(), putDevice(t, "scanner")); err != nil {
		t.Error(err)
	}
}
