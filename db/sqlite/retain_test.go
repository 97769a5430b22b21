package sqlite_test

import (
	"context"
	"crypto/rand"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
)

// old is a pendrive whose clock the test moves.
type old struct {
	*class
	now time.Time
}

func newOld(t *testing.T, dir string) *old {
	t.Helper()
	o := &old{now: time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)}
	o.open(t, dir)
	return o
}

func (o *old) open(t *testing.T, dir string) {
	t.Helper()
	clock := func() time.Time { return o.now }
	s := open(t, dir, sqlite.Options{Now: clock})
	if o.class == nil {
		o.class = classIn(t, s, 6)
	}
	o.store = s
	var err error
	o.service, err = attendance.NewService(t.Context(), s, attendance.World{
		Now: clock, Mono: func() time.Duration { return o.now.Sub(time.Time{}) }, Rand: rand.Reader,
	}, o.node, attendance.Rules{})
	must(t, err)
}

// holds a class in which some come, some are late, one is corrected and one excused.
func (o *old) lesson(t *testing.T) attendance.ID {
	t.Helper()
	se, err := o.service.Open(t.Context(), o.rao, attendance.Order{Course: o.course, Kind: attendance.Offline})
	must(t, err)
	for roll := 1; roll <= 4; roll++ {
		_, err := o.service.Touch(t.Context(), "10.0.0.7", roll)
		must(t, err)
		o.now = o.now.Add(4 * time.Minute)
	}
	for i, status := range []attendance.Status{attendance.Absent, attendance.Excused} {
		_, err := o.service.Mark(t.Context(), o.rao, se.ID, attendance.Verdict{
			Gesture: newID(t), Students: []attendance.ID{o.students[3+i]}, Status: status, Reason: "a reason",
		})
		must(t, err)
	}
	_, err = o.service.Close(t.Context(), o.rao, se.ID)
	must(t, err)
	return se.ID
}

func (o *old) confirm(t *testing.T) {
	t.Helper()
	for {
		up := pending(t, o.store, 1000)
		if len(up.Facts) == 0 {
			return
		}
		must(t, o.store.Ack(t.Context(), receipt(up), noFold))
	}
}

// shown is all that people see of a session.
func (o *old) shown(t *testing.T, session attendance.ID) (se attendance.Session, st []attendance.Standing, facts int) {
	t.Helper()
	must(t, o.store.View(t.Context(), func(ctx context.Context, tx attendance.Tx) (err error) {
		if se, err = tx.Session(ctx, session); err != nil {
			return err
		}
		if st, err = tx.Standings(ctx, session); err != nil {
			return err
		}
		all, err := tx.Facts(ctx, session, attendance.Which{})
		facts = len(all)
		return err
	}))
	return se, st, facts
}

func (o *old) lines(t *testing.T) int64 {
	t.Helper()
	n, err := o.store.Count("fact")
	must(t, err)
	return n
}

func TestConfirmedLinesLeaveAfterATermAndFiguresStay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := newOld(t, dir)
	first := o.lesson(t)
	o.now = o.now.Add(24 * time.Hour)
	second := o.lesson(t)
	before, marks, _ := o.shown(t, first)
	all := o.lines(t)
	o.now = o.now.Add(89 * 24 * time.Hour)
	must(t, o.store.Tend(t.Context()))
	if got := o.lines(t); got != all {
		t.Errorf("unconfirmed: got %d lines, want all %d however old", got, all)
	}
	o.confirm(t)
	o.now = o.now.Add(2 * time.Hour)
	must(t, o.store.Tend(t.Context()))
	left := o.lines(t)
	if left != all/2 {
		t.Errorf("after 90 days: got %d lines, want the second class's %d", left, all/2)
	}
	check := func(when string) {
		t.Helper()
		se, st, _ := o.shown(t, first)
		if se != before || !reflect.DeepEqual(st, marks) {
			t.Errorf("%s: the first class shows\n%+v\n%+v, want\n%+v\n%+v", when, se, st, before, marks)
		}
	}
	check("at once")
	must(t, o.store.InTx(t.Context(), func(ctx context.Context, tx attendance.Tx) error { return attendance.Refold(ctx, tx, first) }))
	check("folded anew")
	must(t, o.store.Close())
	o.open(t, dir)
	check("after a restart")
	if got := o.lines(t); got != left {
		t.Errorf("after a restart: got %d lines, want %d: the journal must not bring back what left", got, left)
	}
	// The log goes on.
	third := o.lesson(t)
	o.confirm(t)
	must(t, o.store.Rewind(t.Context(), 1)) // a restored cloud asks for all: it gets what there is, under a new name
	if up := pending(t, o.store, 1000); len(up.Facts) == 0 || up.Facts[0].Seq != 1 {
		t.Errorf("got %+v, want the log from a new first line", up.Facts)
	}
	o.confirm(t)
	_, _, facts := o.shown(t, third)
	_, _, others := o.shown(t, second)
	if facts != others {
		t.Errorf("facts of a class: got %d and %d", facts, others)
	}
	if _, err := o.store.Backup(t.Context()); err != nil {
		t.Errorf("a backup of a log without its start: %v", err)
	}
}

// What the office says of an old class is folded over what is left of it.
func TestAVerdictOnAClassWhoseFactsHaveLeft(t *testing.T) {
	t.Parallel()
	o := newOld(t, t.TempDir())
	session := o.lesson(t)
	o.confirm(t)
	o.now = o.now.Add(91 * 24 * time.Hour)
	must(t, o.store.Tend(t.Context()))
	if got := o.lines(t); got != 0 {
		t.Fatalf("got %d lines, want none", got)
	}
	f := attendance.Fact{
		ID: newID(t), Kind: attendance.MarkSet, Node: newID(t), Session: session, Student: o.students[0], Actor: newID(t),
		Class: attendance.Office, Status: attendance.Duty, Stamp: attendance.Stamp{WallMS: o.now.UnixMilli(), HLC: attendance.HLCAt(o.now)},
	}
	must(t, f.Seal())
	_, before, _ := o.shown(t, session)
	must(t, o.store.Learn(t.Context(), "7", func(ctx context.Context, tx attendance.Tx) error {
		return o.service.Learn(ctx, tx, []attendance.Fact{f})
	}))
	must(t, o.store.InTx(t.Context(), func(ctx context.Context, tx attendance.Tx) error { return attendance.Refold(ctx, tx, session) }))
	_, after, _ := o.shown(t, session)
	for i, st := range after {
		want := before[slices.IndexFunc(before, func(b attendance.Standing) bool { return b.Student == st.Student })].Status
		if st.Student == o.students[0] {
			want = attendance.Duty
		}
		if st.Status != want {
			t.Errorf("student %d: got %s, want %s", i, st.Status, want)
		}
	}
	if len(after) != len(before) {
		t.Errorf("got %d standings, want %d", len(after), len(before))
	}
}

func TestConfirmedLinesLeaveEarlyWhereThereIsLittleRoom(t *testing.T) {
	t.Parallel()
	z := small
	z.Keep = 100 << 10
	now := time.Now()
	s := open(t, t.TempDir(), sqlite.Options{Sizes: z, Now: func() time.Time { return now }})
	jot(t, s, 50)
	up := pending(t, s, 20)
	must(t, s.Ack(t.Context(), receipt(up), noFold))
	must(t, s.Tend(t.Context()))
	if got, err := s.Count("fact"); err != nil || got != 30 {
		t.Errorf("got %d lines, %v, want the 30 that wait", got, err)
	}
}

func TestAClassThatRunsKeepsItsFacts(t *testing.T) {
	t.Parallel()
	o := newOld(t, t.TempDir())
	o.lesson(t)
	se, err := o.service.Open(t.Context(), o.rao, attendance.Order{Course: o.course, Kind: attendance.Offline})
	must(t, err)
	o.confirm(t)
	all := o.lines(t)
	o.now = o.now.Add(91 * 24 * time.Hour)
	must(t, o.store.Tend(t.Context()))
	if got := o.lines(t); got != 1 {
		t.Errorf("got %d of %d lines, want the opening of the class that nobody ended", got, all)
	}
	if _, err := o.service.Close(t.Context(), o.rao, se.ID); err != nil {
		t.Error(err)
	}
}
