package postgres_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

var errOnPurpose = errors.New("on purpose")

// Numbers handed out before a commit would let a reader step over rows that
// commit later: two thirds were missed when measured.
func TestAReaderMissesNothingWhileManyWrite(t *testing.T) {
	t.Parallel()
	const writers, each = 24, 15
	s := setup(t, 1, postgres.Options{})
	f := s.follow(s.pair(t, "reader").ID)
	d := newDrive(t, s.pair(t, "source").ID)
	se := d.opens(t, s).Session
	s.mustReceive(t, d.from(0))

	var committed sync.Map // what must be seen
	var left atomic.Int64
	left.Store(writers)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			defer left.Add(-1)
			chance := rand.New(rand.NewPCG(uint64(w), 1))
			for i := range each {
				fails := chance.IntN(4) == 0
				id := newID(t)
				var err error
				if i%2 == 0 {
					_, err = s.Change(t.Context(), func(ctx context.Context, r attendance.Registrar) error {
						return errors.Join(r.PutStudent(ctx, student(id, w)), onPurpose(fails),
							r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: newID(t), Course: s.course, Student: id, Roll: 100 + w*each + i, FromMS: 1}))
					})
				} else {
					note := noteOf(t, s, se, id)
					err = s.InTx(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
						_, err := tx.Append(ctx, []attendance.Fact{note})
						return errors.Join(err, onPurpose(fails))
					})
				}
				switch {
				case err == nil:
					committed.Store(id, true)
				case !errors.Is(err, errOnPurpose):
					t.Errorf("writer %d: %v", w, err)
				}
			}
		})
	}
	for left.Load() > 0 {
		f.poll(t)
	}
	all.Wait()
	f.pull(t)
	seen := map[attendance.ID]int{}
	for _, id := range f.facts {
		seen[id]++
	}
	n := 0
	committed.Range(func(key, _ any) bool {
		n++
		id := key.(attendance.ID)
		_, row := f.rows["student"+id.String()]
		if !row && seen[id] == 0 {
			t.Errorf("%s was committed and never seen", id)
		}
		return true
	})
	for id, times := range seen {
		if times > 1 {
			t.Errorf("%s was told %d times, want once", id, times)
		}
	}
	if n < writers*each/2 {
		t.Errorf("only %d of %d writes committed: the test proves little", n, writers*each)
	}
}

func onPurpose(fails bool) error {
	if fails {
		return errOnPurpose
	}
	return nil
}

// noteOf is a fact that the cloud made.
func noteOf(t testing.TB, s *school, session, id attendance.ID) attendance.Fact {
	t.Helper()
	f := attendance.Fact{ID: id, Kind: attendance.Note, Node: s.cloud, Session: session}
	if err := f.Seal(); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestManyTeachersOfOneSession(t *testing.T) {
	t.Parallel()
	s := setup(t, 30, postgres.Options{})
	se := s.open(t)
	var all sync.WaitGroup
	for w := range 12 {
		all.Go(func() {
			chance := rand.New(rand.NewPCG(uint64(w), 2))
			for range 8 {
				gesture := newID(t)
				v := attendance.Verdict{Gesture: gesture, Status: attendance.Present, Bulk: chance.IntN(2) == 0}
				for range 1 + chance.IntN(10) {
					v.Students = append(v.Students, s.students[chance.IntN(len(s.students))])
				}
				if _, err := s.serve.Mark(t.Context(), s.rao(), se.ID, v); err != nil {
					t.Error(err)
				}
				if chance.IntN(3) == 0 {
					if _, err := s.serve.Undo(t.Context(), s.rao(), se.ID, gesture); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	_, want, err := attendance.Fold(s.facts(t, se.ID))
	if err != nil {
		t.Fatal(err)
	}
	got := view(t, s.store, standings(se.ID))
	if len(got) != len(want) {
		t.Fatalf("got %d standings, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i].Status != want[i].Status || got[i].Conflict != want[i].Conflict || !got[i].At.Equal(want[i].At) {
			t.Errorf("got %+v, want the fold %+v", got[i], want[i])
		}
	}
}

func TestUploadsOfOneSessionFromManyDrives(t *testing.T) {
	t.Parallel()
	s := setup(t, 20, postgres.Options{Uploads: 8})
	d := newDrive(t, s.pair(t, "owner").ID)
	se := d.opens(t, s).Session
	s.mustReceive(t, d.from(0))
	var all sync.WaitGroup
	for range 8 {
		other := newDrive(t, s.pair(t, newID(t).String()).ID)
		for _, i := range rand.Perm(len(s.students)) {
			other.sees(t, se, s.students[i])
		}
		all.Go(func() { s.mustReceive(t, other.from(0)) })
	}
	all.Wait()
	if got := len(s.facts(t, se)); got != 161 {
		t.Errorf("got %d facts, want 161", got)
	}
	if got := len(view(t, s.store, standings(se))); got != 20 {
		t.Errorf("got %d standings, want 20", got)
	}
}

// A scanner gave its scans to several drives, each of which took them for its own
// class, and all of them come back at once.
func TestOneScanFromManyDrivesIsPlacedOnce(t *testing.T) {
	t.Parallel()
	const drives, scans = 6, 200
	s := setup(t, 20, postgres.Options{Uploads: drives})
	scanner := newID(t)
	var all sync.WaitGroup
	var sessions []attendance.ID
	for range drives {
		one := newDrive(t, s.pair(t, newID(t).String()).ID)
		se := one.opens(t, s).Session
		sessions = append(sessions, se)
		for n := range int64(scans) {
			one.write(t, attendance.Fact{
				ID: attendance.ScanID(scanner, 1, n+1), Kind: attendance.MarkSeen, Session: se, Student: s.students[n%20], Actor: scanner,
				Class: attendance.Evidence, Status: attendance.Present, Method: attendance.Biometric, Device: &attendance.DeviceRef{ID: scanner, Epoch: 1, Seq: n + 1},
			})
		}
		all.Go(func() { s.mustReceive(t, one.from(0)) })
	}
	all.Wait()
	placed, aside := 0, 0
	for _, se := range sessions {
		facts := s.facts(t, se)
		placed += len(facts) - 1
		_, want, err := attendance.Fold(facts)
		if err != nil {
			t.Fatal(err)
		}
		if got := view(t, s.store, standings(se)); len(got) != len(want) {
			t.Errorf("got %d standings, want %d as the facts say", len(got), len(want))
		}
	}
	err := s.pool.QueryRow(t.Context(), `SELECT count(*) FROM inbox WHERE reason = 'hash_conflict'`).Scan(&aside)
	if err != nil || placed != scans || aside != (drives-1)*scans {
		t.Errorf("got %d placed and %d aside, %v, want %d and what the other drives said: %d", placed, aside, err, scans, (drives-1)*scans)
	}
}

func TestOnlyOneOfTwoOpeningsWins(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, postgres.Options{})
	var won, running atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			_, err := s.serve.Open(t.Context(), s.rao(), attendance.Order{Course: s.course, Kind: attendance.Offline})
			var other attendance.Running
			switch {
			case err == nil:
				won.Add(1)
			case errors.As(err, &other):
				running.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 || running.Load() != 7 {
		t.Errorf("got %d opened and %d refused, want 1 and 7", won.Load(), running.Load())
	}
}

func TestADeadlockIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, postgres.Options{})
	a, b := s.session(t), s.session(t)
	var both, tries sync.WaitGroup
	both.Add(2)
	var runs atomic.Int64
	cross := func(first, second attendance.ID) {
		once := sync.OnceFunc(func() { both.Done(); both.Wait() })
		err := s.InTx(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
			runs.Add(1)
			if _, err := tx.LockSessions(ctx, []attendance.ID{first}); err != nil {
				return err
			}
			once()
			_, err := tx.LockSessions(ctx, []attendance.ID{second})
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	tries.Go(func() { cross(a, b) })
	tries.Go(func() { cross(b, a) })
	tries.Wait()
	if runs.Load() < 3 {
		t.Errorf("got %d runs, want one of the two run again", runs.Load())
	}
}

// session is a session of a course of its own.
func (s *school) session(t testing.TB) attendance.ID {
	t.Helper()
	id, se := newID(t), newID(t)
	s.change(t, func(ctx context.Context, r attendance.Registrar) error {
		return r.PutCourse(ctx, course(id, id.String()))
	})
	err := s.InTx(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
		return tx.PutSession(ctx, attendance.Session{ID: se, Course: id, Node: s.cloud, Kind: attendance.Offline})
	})
	if err != nil {
		t.Fatal(err)
	}
	return se
}

// The feed follows transactions that are settled. A reader that goes on from the
// highest number it has seen steps over one that began earlier and commits later.
func TestANaiveCursorMissesWhatCommitsLater(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, postgres.Options{})
	f := s.follow(s.pair(t, "reader").ID)
	d := newDrive(t, s.pair(t, "source").ID)
	se := d.opens(t, s).Session
	s.mustReceive(t, d.from(0))
	f.pull(t)
	early, late := newID(t), newID(t)
	naive, cursor := map[attendance.ID]bool{}, uint64(0)
	read := func() {
		t.Helper()
		rows, err := s.pool.Query(t.Context(), "SELECT id, stored_xid::text::bigint FROM fact WHERE stored_xid::text::bigint > $1 ORDER BY stored_xid", cursor)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var id attendance.ID
			if err := rows.Scan(&id, &cursor); err != nil {
				t.Fatal(err)
			}
			naive[id] = true
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	appends := func(ctx context.Context, tx attendance.Tx, id attendance.ID) error {
		_, err := tx.Append(ctx, []attendance.Fact{noteOf(t, s, se, id)})
		return err
	}
	err := s.InTx(t.Context(), func(ctx context.Context, first attendance.Tx) error {
		if err := appends(ctx, first, early); err != nil {
			return err
		}
		err := s.InTx(ctx, func(ctx context.Context, second attendance.Tx) error { return appends(ctx, second, late) })
		read()
		f.poll(t)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	read()
	f.pull(t)
	if !naive[late] || naive[early] {
		t.Errorf("the naive reader saw the early one %t and the late one %t, want it to miss the early: else this proves nothing", naive[early], naive[late])
	}
	for _, id := range []attendance.ID{early, late} {
		if !slices.Contains(f.facts, id) {
			t.Errorf("the feed missed %s", id)
		}
	}
}
