package sqlite_test

import (
	"bytes"
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
)

// ledger is what was acknowledged, and what it was.
type ledger struct {
	mu    sync.Mutex
	acked map[attendance.ID][]byte
}

// work lets writers append until the disk fails, or they have all done n.
func (l *ledger) work(t *testing.T, s *sqlite.Store, n int) {
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := range n {
				f := note(t, fmt.Sprintf("writer %d, note %d", w, i))
				if err := s.InTx(t.Context(), appendFacts(f)); err != nil {
					return
				}
				l.mu.Lock()
				l.acked[f.ID] = f.Body
				l.mu.Unlock()
			}
		})
	}
	writers.Wait()
}

// lost counts what was acknowledged and is not there as it was.
func (l *ledger) lost(t *testing.T, s *sqlite.Store) int {
	t.Helper()
	if err := s.Rewind(t.Context(), 1); err != nil { // whatever was confirmed
		t.Fatal(err)
	}
	here := map[attendance.ID][]byte{}
	for {
		up := pending(t, s, 1000)
		if len(up.Facts) == 0 {
			break
		}
		for _, f := range up.Facts {
			here[f.ID] = f.Body
		}
		if err := s.Ack(t.Context(), receipt(up), noFold); err != nil { // also checks the chain
			t.Fatal(err)
		}
	}
	n := 0
	for id, body := range l.acked {
		if !bytes.Equal(here[id], body) {
			n++
		}
	}
	return n
}

// cuts pulls the plug again and again under four writers, and counts what was lost.
func cuts(t *testing.T, seed uint64, lies ...string) (lost, acked int) {
	t.Helper()
	chance := rand.New(rand.NewPCG(seed, 7))
	d := newDisk(t)
	for _, end := range lies {
		d.lies[end] = true
	}
	l := &ledger{acked: map[attendance.ID][]byte{}}
	o := d.options(sqlite.Options{Now: time.Now, Rand: crand.Reader})
	for range 6 {
		s, err := sqlite.Open(t.Context(), d.dir, o)
		if errors.Is(err, sqlite.ErrDamaged) {
			return len(l.acked), len(l.acked)
		}
		if err != nil {
			t.Fatal(err)
		}
		d.cutAfter(1 + chance.IntN(120))
		l.work(t, s, 200)
		_ = s.Close() // it cannot do anything more
		d.lose(t, chance)
		s, err = sqlite.Open(t.Context(), d.dir, o)
		if errors.Is(err, sqlite.ErrDamaged) {
			return len(l.acked), len(l.acked)
		}
		if err != nil {
			t.Fatalf("seed %d: after the cut: %v", seed, err)
		}
		lost += l.lost(t, s)
		if err := s.Sound(); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return lost, len(l.acked)
}

const seeds = 6

// sparse is how much less is tried when time is short: the race detector makes SQLite
// many times slower, and finds in one course what it finds in six.
func sparse() int {
	if testing.Short() {
		return seeds
	}
	return 1
}

func TestAPulledPlugLosesNothingThatWasAcknowledged(t *testing.T) {
	t.Parallel()
	for name, lies := range map[string][]string{
		"on an honest drive":                         nil,
		"on one that lies about the write-ahead log": {"-wal"},
		"on one that lies about the register":        {sqlite.FileName},
		"on one that lies about both":                {sqlite.FileName, "-wal"},
		"on one that lies about the journal":         {"journal-1", "journal-2", "journal-3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := 0
			for seed := range uint64(seeds / sparse()) {
				lost, acked := cuts(t, seed, lies...)
				all += acked
				if lost > 0 {
					t.Errorf("seed %d: lost %d of %d", seed, lost, acked)
				}
			}
			if all < seeds/sparse()*10 {
				t.Errorf("only %d facts were acknowledged: that proves little", all)
			}
		})
	}
}

// The test itself must see a loss.
func TestADriveThatLiesAboutEverythingLosesFacts(t *testing.T) {
	t.Parallel()
	for seed := range uint64(seeds) {
		if lost, _ := cuts(t, seed, sqlite.FileName, "-wal", "journal-1", "journal-2", "journal-3"); lost > 0 {
			return
		}
	}
	t.Error("nothing was lost on a drive that keeps nothing: the test does not see losses")
}

// Whatever single operation fails, what was acknowledged stays, nothing more is
// acknowledged until the drive is well, and then it goes on.
func TestAnOperationThatFailsLosesNothing(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"read", "write", "sync", "truncate"} {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			failed := 0
			for after := 1; after < 50; after += 3 * sparse() {
				clock := time.Now()
				d := newDisk(t)
				s := open(t, d.dir, d.options(sqlite.Options{Now: func() time.Time { return clock }}))
				l := &ledger{acked: map[attendance.ID][]byte{}}
				once := 0
				d.when(func(_ int, did string) bool {
					if did == op {
						once++
					}
					return did == op && once == after
				})
				l.work(t, s, 40)
				if s.Failed() != nil {
					failed++
					if err := s.InTx(t.Context(), appendFacts(note(t, "too early"))); err == nil {
						t.Fatalf("%s %d: acknowledged on a drive that failed", op, after)
					}
					readable(t, s)
				}
				d.when(nil)
				clock = clock.Add(time.Minute)
				if err := s.Tend(t.Context()); err != nil {
					t.Fatalf("%s %d: %v", op, after, err)
				}
				f := note(t, "afterwards")
				if err := s.InTx(t.Context(), appendFacts(f)); err != nil {
					t.Fatalf("%s %d: afterwards: %v", op, after, err)
				}
				l.acked[f.ID] = f.Body
				if n := l.lost(t, s); n > 0 {
					t.Errorf("%s %d: lost %d", op, after, n)
				}
				if err := s.Sound(); err != nil {
					t.Errorf("%s %d: %v", op, after, err)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if failed == 0 && op != "read" && op != "truncate" { // few of those are made
				t.Error("no failure was noticed")
			}
		})
	}
}

func readable(t *testing.T, s *sqlite.Store) {
	t.Helper()
	err := s.View(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
		_, err := tx.Backlog(ctx)
		return err
	})
	if err != nil {
		t.Errorf("while the drive has failed: got %v, want reading to go on", err)
	}
}
