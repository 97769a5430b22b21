package sqlite_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
)

// queued waits until so many writers stand behind the one that runs.
func queued(s *sqlite.Store, n int) {
	for s.Queued() < n {
		runtime.Gosched()
	}
}

func TestWritersThatQueueShareACommitAndFailAlone(t *testing.T) {
	t.Parallel()
	var appended atomic.Int32
	still := time.Now() // a slow machine must not end the group early
	s := open(t, t.TempDir(), sqlite.Options{
		Now: func() time.Time { return still }, OnAppend: func() { appended.Add(1) },
	})
	const others = 8
	begun, all := make(chan struct{}), sync.WaitGroup{}
	errs := make([]error, others)
	all.Go(func() {
		err := s.InTx(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
			close(begun)
			queued(s, others)
			_, err := tx.Append(ctx, []attendance.Fact{note(t, "first")})
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-begun
	for i := range others {
		all.Go(func() {
			defer func() {
				if p := recover(); p != nil && i != 5 {
					t.Errorf("writer %d: panic %v", i, p)
				}
			}()
			errs[i] = s.InTx(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
				if _, err := tx.Append(ctx, []attendance.Fact{note(t, "other")}); err != nil {
					return err
				}
				switch i {
				case 3:
					return errors.New("on purpose")
				case 5:
					panic("on purpose")
				}
				return nil
			})
		})
	}
	all.Wait()
	for i, err := range errs {
		if (err != nil) != (i == 3) {
			t.Errorf("writer %d: got %v", i, err)
		}
	}
	if got, want := waiting(t, s), 1+others-2; got != want {
		t.Errorf("lines: got %d, want %d", got, want)
	}
	if got := appended.Load(); got != 1 {
		t.Errorf("commits: got %d, want 1", got)
	}
	up := pending(t, s, 100)
	if err := s.Ack(t.Context(), receipt(up), noFold); err != nil { // the chain skips nobody
		t.Error(err)
	}
}

func TestChangesAreToldAfterTheCommitAndOnlyThen(t *testing.T) {
	t.Parallel()
	var s *sqlite.Store
	var mu sync.Mutex
	var told []attendance.ID
	inside := false
	s = open(t, t.TempDir(), sqlite.Options{OnChange: func(id attendance.ID) {
		mu.Lock()
		defer mu.Unlock()
		if inside {
			t.Error("told inside the transaction")
		}
		told = append(told, id)
		// Whoever is told reads at once; that must not wait for the one who tells.
		err := s.View(context.Background(), func(ctx context.Context, tx attendance.Tx) error {
			_, err := tx.Session(ctx, id)
			return err
		})
		if err != nil {
			t.Errorf("read what was told of: %v", err)
		}
	}})
	se := attendance.Session{ID: newID(t), Course: newID(t), Kind: attendance.Offline, Policy: attendance.DefaultPolicy()}
	put := func(fail error) error {
		return s.InTx(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
			mu.Lock()
			inside = true
			mu.Unlock()
			err := tx.PutSession(ctx, se)
			mu.Lock()
			inside = false
			mu.Unlock()
			return errors.Join(err, fail)
		})
	}
	if err := put(errors.New("on purpose")); err == nil {
		t.Fatal("the error was swallowed")
	}
	if len(told) != 0 {
		t.Errorf("told of %d sessions by a transaction that failed", len(told))
	}
	if err := put(nil); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(told, []attendance.ID{se.ID}) {
		t.Errorf("got %v, want the session once", told)
	}
}

func TestAFullDriveSaysSoAndGoesOnWhenThereIsSpace(t *testing.T) {
	t.Parallel()
	z := small
	z.Room = 1
	s := open(t, t.TempDir(), sqlite.Options{Sizes: z})
	append3(t, s)
	if err := s.Limit(1); err != nil {
		t.Fatal(err)
	}
	long := make([]byte, 6000)
	for i := range long {
		long[i] = 'x'
	}
	for range 3 {
		if err := s.InTx(t.Context(), appendFacts(note(t, string(long)), note(t, string(long)))); !errors.Is(err, sqlite.ErrFull) {
			t.Fatalf("got %v, want ErrFull", err)
		}
	}
	if got := waiting(t, s); got != 3 {
		t.Errorf("lines while full: got %d, want 3", got)
	}
	if err := s.Limit(0); err != nil {
		t.Fatal(err)
	}
	if err := s.InTx(t.Context(), appendFacts(note(t, string(long)))); err != nil {
		t.Fatalf("with space again: %v", err)
	}
	if err := s.Ack(t.Context(), receipt(pending(t, s, 100)), noFold); err != nil {
		t.Error(err)
	}
}

func TestACheckpointEmptiesTheLogWithoutWaiting(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), sqlite.Options{})
	append3(t, s)
	if err := s.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := s.InTx(t.Context(), func(ctx context.Context, tx attendance.Tx) error { return nil })
	if err != nil {
		t.Error(err)
	}
}

func TestAViewSeesOnlyWhatIsDurable(t *testing.T) {
	t.Parallel()
	still := time.Now() // a slow machine must not end the group early
	s := open(t, t.TempDir(), sqlite.Options{Now: func() time.Time { return still }})
	release, isOpen := s.HoldGroup()
	var all sync.WaitGroup
	all.Go(func() {
		if err := s.InTx(t.Context(), appendFacts(note(t, "not committed yet"))); err != nil {
			t.Error(err)
		}
	})
	for !isOpen() {
		runtime.Gosched()
	}
	var seen atomic.Bool
	all.Go(func() {
		err := s.View(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
			b, err := tx.Backlog(ctx)
			if int64(b.Waiting) != s.Durable() {
				t.Errorf("sees %d lines, of which %d are durable", b.Waiting, s.Durable())
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		seen.Store(true)
	})
	for range 10000 { // time enough to look at what it should not see
		runtime.Gosched()
	}
	if seen.Load() {
		t.Error("the view did not wait for the commit")
	}
	release()
	all.Wait()
}
