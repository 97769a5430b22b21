package sqlite_test

import (
	"context"
	"errors"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
)

// What is kept in memory must not remember what a failed transaction did.
func TestMemoryForgetsWhatWasTakenBack(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), sqlite.Options{})
	se := attendance.Session{ID: newID(t), Course: newID(t), Kind: attendance.Offline, Policy: attendance.DefaultPolicy()}
	seat := attendance.Standing{Session: se.ID, Student: newID(t), Status: attendance.Present}
	scanner := attendance.Device{ID: newID(t), Name: "S1"}
	f := note(t, "taken back")
	type seen struct{ sessions, running, standings, devices, known int }
	look := func(ctx context.Context, tx attendance.Tx) (out seen, err error) {
		locked, err1 := tx.LockSessions(ctx, []attendance.ID{se.ID})
		running, err2 := tx.Running(ctx)
		standings, err3 := tx.Standings(ctx, se.ID)
		devices, err4 := tx.Devices(ctx)
		known, err5 := tx.Known(ctx, []attendance.ID{f.ID})
		return seen{len(locked), len(running), len(standings), len(devices), len(known)}, errors.Join(err1, err2, err3, err4, err5)
	}
	do := func(fail error) error {
		return s.InTx(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
			if _, err := look(ctx, tx); err != nil { // so that it is in memory
				return err
			}
			_, err := tx.Append(ctx, []attendance.Fact{f})
			err = errors.Join(err, tx.PutSession(ctx, se), tx.PutStandings(ctx, []attendance.Standing{seat}), tx.PutDevice(ctx, scanner))
			if err != nil {
				return err
			}
			if got, err := look(ctx, tx); err != nil || got != (seen{1, 1, 1, 1, 1}) {
				t.Errorf("inside: got %+v, %v, want what was just written", got, err)
			}
			return fail
		})
	}
	check := func(when string, want seen) {
		t.Helper()
		must(t, s.View(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
			got, err := look(ctx, tx)
			if got != want {
				t.Errorf("%s: got %+v, want %+v", when, got, want)
			}
			return err
		}))
	}
	if err := do(errors.New("on purpose")); err == nil {
		t.Fatal("the error was swallowed")
	}
	check("after it failed", seen{})
	must(t, do(nil))
	check("after it succeeded", seen{1, 1, 1, 1, 1})
	holds(t, s, []attendance.Fact{f})
}

// A group that is lost as a whole is forgotten as a whole.
func TestMemoryForgetsAGroupThatWasLost(t *testing.T) {
	t.Parallel()
	d := newDisk(t)
	s := open(t, d.dir, d.options(sqlite.Options{}))
	f, g := note(t, "lost"), note(t, "afterwards")
	d.when(func(_ int, op string) bool { return op == "sync" })
	if err := s.InTx(t.Context(), appendFacts(f)); !errors.Is(err, sqlite.ErrMedium) {
		t.Fatalf("got %v, want ErrMedium", err)
	}
	if got := waiting(t, s); got != 0 {
		t.Errorf("lines: got %d, want none", got)
	}
	d.when(nil)
	must(t, s.Tend(t.Context()))
	must(t, s.InTx(t.Context(), appendFacts(g)))
	must(t, s.InTx(t.Context(), appendFacts(f))) // whoever heard that it was not stored comes again
	if got := waiting(t, s); got != 2 {
		t.Errorf("lines: got %d, want 2", got)
	}
}
