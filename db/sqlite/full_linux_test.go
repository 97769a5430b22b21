package sqlite_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
)

// mounted is a small drive of its own, which only root can make.
func mounted(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("NOT TESTED: a drive that is full or read-only, for it takes root to mount one: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// fill leaves no byte free, and returns what makes room again.
func fill(t *testing.T, dir string) func() {
	t.Helper()
	path := filepath.Join(dir, "films")
	f, err := os.Create(path)
	must(t, err)
	for n := 64 << 10; n > 0; n /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, n))
		}
	}
	must(t, f.Close())
	return func() { must(t, os.Remove(path)) }
}

// The marks of a running class go on in the reserve; new classes wait until there is
// room again, and in the end the marks too.
func TestADriveThatFillsUpKeepsItsReserveForMarks(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(mounted(t, "12m"), "data")
	now := time.Now()
	s := open(t, dir, sqlite.Options{Now: func() time.Time { return now }, Sizes: sqlite.Sizes{Segment: 256 << 10, Reserve: 2 << 20, WAL: 256 << 10, Room: 64 << 10}})
	must(t, s.InTx(t.Context(), appendFacts(opening(t))))
	room := fill(t, filepath.Dir(dir))
	var kept []attendance.Fact
	var err error
	for err == nil {
		f := note(t, string(bytes.Repeat([]byte("x"), 7000)))
		if err = s.InTx(t.Context(), appendFacts(f)); err == nil {
			kept = append(kept, f)
		}
		if d, _ := s.Drive(t.Context()); d.Low && err == nil {
			if err := s.InTx(t.Context(), appendFacts(opening(t))); !errors.Is(err, sqlite.ErrLow) {
				t.Fatalf("a class on the reserve: got %v, want ErrLow", err)
			}
		}
		if len(kept) > 2000 {
			t.Fatal("the drive never fills up")
		}
	}
	if !errors.Is(err, sqlite.ErrFull) || s.Failed() != nil {
		t.Fatalf("got %v, failed %v, want ErrFull, which passes", err, s.Failed())
	}
	if len(kept) < 100 {
		t.Errorf("only %d facts fitted, though the reserve has 2 MB", len(kept))
	}
	readable(t, s)
	if err := s.Tend(t.Context()); err != nil {
		t.Errorf("housekeeping on a full drive: got %v", err)
	}
	if d, err := s.Drive(t.Context()); err != nil || !d.Low {
		t.Errorf("got %+v, %v, want a drive that says it is full", d, err)
	}
	room()
	now = now.Add(time.Minute)
	must(t, s.Tend(t.Context()))
	if d, err := s.Drive(t.Context()); err != nil || d.Low || d.Failed != nil {
		t.Errorf("with room again: got %+v, %v", d, err)
	}
	if got := size(t, filepath.Join(dir, "reserve")); got != 2<<20 {
		t.Errorf("the reserve has %d bytes, want it back", got)
	}
	must(t, s.InTx(t.Context(), appendFacts(opening(t))))
	must(t, s.Close())
	s = open(t, dir, sqlite.Options{})
	up := pending(t, s, 5000)
	here := map[attendance.ID]bool{}
	for _, f := range up.Facts {
		here[f.ID] = true
	}
	for _, f := range kept {
		if !here[f.ID] {
			t.Errorf("fact %s was acknowledged and is not there", f.ID)
		}
	}
}

func TestAFullDriveCanStillBeStartedFrom(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(mounted(t, "12m"), "data")
	z := sqlite.Sizes{Segment: 256 << 10, Reserve: 2 << 20, WAL: 256 << 10, Room: 64 << 10}
	s := open(t, dir, sqlite.Options{Sizes: z})
	facts := jot(t, s, 5)
	must(t, s.Close())
	fill(t, filepath.Dir(dir))
	s = open(t, dir, sqlite.Options{Sizes: z})
	facts = append(facts, jot(t, s, 5)...)
	holds(t, s, facts)
}

// remount makes a drive read-only, or writable again.
func remount(t *testing.T, dir string, flags uintptr) {
	t.Helper()
	must(t, syscall.Mount("", dir, "", syscall.MS_REMOUNT|flags, ""))
}

func TestADriveThatTakesNoWritesIsRead(t *testing.T) {
	t.Parallel()
	for _, tidy := range []bool{true, false} {
		t.Run(map[bool]string{true: "closed in order", false: "pulled out"}[tidy], func(t *testing.T) {
			t.Parallel()
			drive := mounted(t, "16m")
			dir := filepath.Join(drive, "data")
			now := time.Now()
			o := sqlite.Options{Now: func() time.Time { return now }, Rand: rand.Reader, Sizes: small}
			s := open(t, dir, o)
			facts := jot(t, s, 10)
			if !tidy {
				copied := pulled(t, dir)
				must(t, s.Close())
				must(t, os.RemoveAll(dir))
				must(t, os.CopyFS(dir, os.DirFS(copied)))
			} else {
				must(t, s.Close())
			}
			remount(t, drive, syscall.MS_RDONLY)
			s = open(t, dir, o)
			if err := s.Failed(); !errors.Is(err, sqlite.ErrReadOnly) {
				t.Fatalf("got %v, want ErrReadOnly", err)
			}
			if got := waiting(t, s); got != 10 {
				t.Errorf("lines that can be read: got %d, want 10", got)
			}
			var unstored attendance.Unstored
			if err := s.InTx(t.Context(), appendFacts(note(t, "no"))); !errors.As(err, &unstored) || unstored.Kind != "drive-read-only" {
				t.Errorf("a write: got %v, want to be told why", err)
			}
			if err := s.View(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
				_, err := tx.LastOrd(ctx)
				return err
			}); err != nil {
				t.Error(err)
			}
			if err := s.Tend(t.Context()); err != nil {
				t.Error(err)
			}
			remount(t, drive, 0) // somebody found the switch
			now = now.Add(time.Minute)
			must(t, s.Tend(t.Context()))
			must(t, s.Failed())
			facts = append(facts, jot(t, s, 3)...)
			holds(t, s, facts)
		})
	}
}

func TestAReadOnlyDriveWithoutARegisterSaysSo(t *testing.T) {
	t.Parallel()
	drive := mounted(t, "1m")
	remount(t, drive, syscall.MS_RDONLY)
	if _, err := sqlite.Open(t.Context(), filepath.Join(drive, "data"), sqlite.Options{Now: time.Now, Rand: rand.Reader}); !errors.Is(err, sqlite.ErrReadOnly) {
		t.Errorf("got %v, want ErrReadOnly", err)
	}
}
