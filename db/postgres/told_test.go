package postgres_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

func TestANodeIsToldWhatOthersMade(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, postgres.Options{})
	node := s.pair(t, "mine").ID
	d, f := newDrive(t, node), s.follow(node)
	se := d.opens(t, s).Session
	mine := d.sees(t, se, s.students[0])
	early := d.sees(t, newID(t), s.students[1]) // waits in the inbox
	s.mustReceive(t, d.from(0))
	f.pull(t)
	if len(f.facts) != 2 {
		t.Errorf("from nothing: got %d facts, want the node's own two", len(f.facts))
	}
	d.sees(t, se, s.students[1])
	s.mustReceive(t, d.from(3))
	f.facts = nil
	f.pull(t)
	if len(f.facts) != 0 {
		t.Errorf("afterwards: got %v, want nothing of its own", f.facts)
	}
	_, err := s.serve.Mark(t.Context(), s.rao(), se, attendance.Verdict{Gesture: newID(t), Students: s.students[:1], Status: attendance.Excused})
	if err != nil {
		t.Fatal(err)
	}
	f.pull(t)
	if len(f.facts) != 1 || f.facts[0] == mine.ID {
		t.Errorf("got %v, want the cloud's verdict", f.facts)
	}
	// Another drive opens the session that the early scan named: the cloud places
	// the scan, and the drive, which had set it aside, must hear of that.
	two := newDrive(t, s.pair(t, "two").ID)
	two.write(t, attendance.Fact{Kind: attendance.SessionOpened, Session: early.Session, Actor: s.teacher, Opening: &attendance.Opening{
		Course: s.course, Kind: attendance.Offline, ClosesMS: time.Now().UnixMilli(), Policy: attendance.DefaultPolicy(),
	}})
	s.mustReceive(t, two.from(0))
	err = s.InSettle(t.Context(), func(ctx context.Context, tx attendance.Inbound) error {
		_, err := s.serve.Settle(ctx, tx, early.Session)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	f.facts = nil
	f.pull(t)
	if len(f.facts) != 2 || (f.facts[0] != early.ID && f.facts[1] != early.ID) {
		t.Errorf("got %v, want the opening and the node's own early scan", f.facts)
	}
}

func TestASessionIsToldBeforeItsMarks(t *testing.T) {
	t.Parallel()
	s := setup(t, 5, postgres.Options{})
	d := newDrive(t, s.pair(t, "one").ID)
	se := d.write(t, attendance.Fact{ // ids say nothing about order
		ID: attendance.ID{0xff}, Kind: attendance.SessionOpened, Session: newID(t), Actor: s.teacher, Opening: &attendance.Opening{
			Course: s.course, Kind: attendance.Offline, ClosesMS: time.Now().UnixMilli(), Policy: attendance.DefaultPolicy(),
		},
	})
	want := []attendance.ID{se.ID}
	for _, st := range s.students {
		want = append(want, d.sees(t, se.Session, st).ID)
	}
	s.mustReceive(t, d.from(0))
	f := s.follow(s.pair(t, "two").ID)
	f.pull(t)
	if !slices.Equal(f.facts, want) {
		t.Errorf("got %v, want the opening and the scans as they were made: %v", f.facts, want)
	}
}

func TestManyFactsComeInPages(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, postgres.Options{})
	d := newDrive(t, s.pair(t, "one").ID)
	se := d.opens(t, s).Session
	for range 2500 {
		d.write(t, attendance.Fact{Kind: attendance.Note, Session: se, Reason: "n"})
	}
	s.mustReceive(t, d.from(0))
	f := s.follow(s.pair(t, "two").ID)
	if got := f.pull(t); got != 2 || len(f.facts) != 2501 {
		t.Errorf("got %d facts in %d pages, want 2501 in 2", len(f.facts), got)
	}
}
