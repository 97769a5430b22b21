package storetest

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// mark is a sealed fact of a session about one student, minutes after its start.
func (r *room) mark(t *testing.T, s attendance.Session, student attendance.ID, minutes int) attendance.Fact {
	t.Helper()
	at := s.OpenedAt.Add(time.Duration(minutes) * time.Minute)
	return seal(t, attendance.Fact{
		ID: newID(t), Kind: attendance.MarkSet, Node: r.Node, Session: s.ID, Student: student, Actor: r.Rao.ID,
		Class: attendance.Teacher, Status: attendance.Present, Method: attendance.Manual,
		Stamp: attendance.Stamp{WallMS: at.UnixMilli(), HLC: attendance.HLCAt(at)},
	})
}

func seal(t *testing.T, f attendance.Fact) attendance.Fact {
	t.Helper()
	if err := f.Seal(); err != nil {
		t.Fatal(err)
	}
	return f
}

func (r *room) append(t *testing.T, all ...attendance.Fact) []attendance.Kept {
	t.Helper()
	var kept []attendance.Kept
	r.in(t, func(ctx context.Context, tx attendance.Tx) (err error) {
		kept, err = tx.Append(ctx, all)
		return err
	})
	return kept
}

func (r *room) facts(t *testing.T, session attendance.ID, which attendance.Which) []attendance.Fact {
	t.Helper()
	return see(t, r, func(ctx context.Context, tx attendance.Tx) ([]attendance.Fact, error) {
		return tx.Facts(ctx, session, which)
	})
}

func factID(f attendance.Fact) attendance.ID { return f.ID }

var facts = map[string]func(*testing.T, *room){
	"a fact is read as it was kept": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		f := r.mark(t, s, r.Students[0].ID, 1)
		f.Reason, f.Gesture = "Ünïcode — ✓", newID(t)
		f = seal(t, f)
		f.EffectiveMS, f.Ord = f.WallMS+1500, f.Ord+3
		r.append(t, f)
		got := r.facts(t, s.ID, attendance.Which{})
		same(t, "facts", len(got), 1)
		same(t, "body is the same bytes", bytes.Equal(got[0].Body, f.Body), true)
		same(t, "effective", got[0].EffectiveMS, f.EffectiveMS)
		same(t, "ord", got[0].Ord, f.Ord)
		same(t, "reason", got[0].Reason, f.Reason)
		same(t, "id", got[0].ID, f.ID)
		same(t, "student", got[0].Student, f.Student)
		same(t, "why", got[0].Why, attendance.Why(""))
	},
	"what became of each fact is said in the given order": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		a, b, c := r.mark(t, s, r.Students[0].ID, 1), r.mark(t, s, r.Students[1].ID, 2), r.mark(t, s, r.Students[2].ID, 3)
		sameList(t, "first", r.append(t, b), []attendance.Kept{attendance.Fresh})
		other := a
		other.Reason = "another body"
		other = seal(t, other)
		r.append(t, a)
		sameList(t, "all", r.append(t, c, b, other),
			[]attendance.Kept{attendance.Fresh, attendance.Duplicate, attendance.Clash})
		sameList(t, "placed", names(r.facts(t, s.ID, attendance.Which{}), factID), []attendance.ID{a.ID, b.ID, c.ID})
	},
	"a fact kept twice is one fact": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		f := r.mark(t, s, r.Students[0].ID, 1)
		for _, want := range []attendance.Kept{attendance.Fresh, attendance.Duplicate, attendance.Duplicate} {
			sameList(t, "kept", r.append(t, f), []attendance.Kept{want})
		}
		same(t, "facts", len(r.facts(t, s.ID, attendance.Which{})), 1)
	},
	"another body of a known id goes to the inbox and the first stays": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		first := r.mark(t, s, r.Students[0].ID, 1)
		other := first
		other.Status = attendance.Absent
		other = seal(t, other)
		r.append(t, first)
		for range 2 {
			sameList(t, "kept", r.append(t, other), []attendance.Kept{attendance.Clash})
		}
		got := r.facts(t, s.ID, attendance.Which{})
		same(t, "facts", len(got), 1)
		same(t, "status", got[0].Status, attendance.Present)
		aside := r.unplaced(t, s.ID)
		same(t, "in the inbox, once", len(aside), 1)
		same(t, "why", aside[0].Why, attendance.WhyHashConflict)
		same(t, "its body", bytes.Equal(aside[0].Body, other.Body), true)
	},
	"known are the stored ids, placed or not": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		placed, parked := r.mark(t, s, r.Students[0].ID, 1), r.mark(t, s, r.Students[1].ID, 2)
		parked.Why = attendance.WhyNotEnrolled
		r.append(t, placed, parked)
		stranger := newID(t)
		got := see(t, r, func(ctx context.Context, tx attendance.Tx) (map[attendance.ID]bool, error) {
			return tx.Known(ctx, []attendance.ID{stranger, placed.ID, parked.ID, placed.ID})
		})
		same(t, "placed", got[placed.ID], true)
		same(t, "parked", got[parked.ID], true)
		same(t, "stranger", got[stranger], false)
		none := see(t, r, func(ctx context.Context, tx attendance.Tx) (map[attendance.ID]bool, error) { return tx.Known(ctx, nil) })
		same(t, "of none", len(none), 0)
	},
	"facts come by order, then by id": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		late, early := r.mark(t, s, r.Students[0].ID, 9), r.mark(t, s, r.Students[1].ID, 1)
		tie, tie2 := r.mark(t, s, r.Students[2].ID, 5), r.mark(t, s, r.Students[3].ID, 5)
		if tie.ID.Compare(tie2.ID) > 0 {
			tie, tie2 = tie2, tie
		}
		r.append(t, late, tie2, early, tie)
		sameList(t, "order", names(r.facts(t, s.ID, attendance.Which{}), factID),
			[]attendance.ID{early.ID, tie.ID, tie2.ID, late.ID})
	},
	"facts are narrowed by student and by gesture": func(t *testing.T, r *room) {
		s, other := r.session(t, r.DBMS.ID, 0), r.session(t, r.Maths.ID, 0)
		r.put(t, s, other)
		gesture := newID(t)
		var of []attendance.Fact
		for i := range 3 {
			f := r.mark(t, s, r.Students[i].ID, i)
			if i > 0 {
				f.Gesture = gesture
			}
			of = append(of, seal(t, f))
		}
		elsewhere := r.mark(t, other, r.Students[1].ID, 0)
		r.append(t, append(of, elsewhere)...)
		for what, tc := range map[string]struct {
			which attendance.Which
			want  []attendance.ID
		}{
			"student":          {attendance.Which{Student: r.Students[1].ID}, []attendance.ID{of[1].ID}},
			"gesture":          {attendance.Which{Gesture: gesture}, []attendance.ID{of[1].ID, of[2].ID}},
			"both":             {attendance.Which{Student: r.Students[2].ID, Gesture: gesture}, []attendance.ID{of[2].ID}},
			"another gesture":  {attendance.Which{Gesture: newID(t)}, []attendance.ID{}},
			"neither":          {attendance.Which{}, []attendance.ID{of[0].ID, of[1].ID, of[2].ID}},
			"unmarked student": {attendance.Which{Student: r.Students[4].ID}, []attendance.ID{}},
		} {
			sameList(t, what, names(r.facts(t, s.ID, tc.which), factID), tc.want)
		}
	},
	"the last order is the highest stored, placed or not": func(t *testing.T, r *room) {
		last := func() attendance.HLC {
			return see(t, r, func(ctx context.Context, tx attendance.Tx) (attendance.HLC, error) { return tx.LastOrd(ctx) })
		}
		same(t, "of an empty store", last(), attendance.HLC(0))
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		a, b, parked := r.mark(t, s, r.Students[0].ID, 5), r.mark(t, s, r.Students[1].ID, 1), r.mark(t, s, r.Students[2].ID, 9)
		r.append(t, a, b)
		same(t, "of two", last(), a.Ord)
		parked.Why = attendance.WhyUnplaced
		r.append(t, parked)
		same(t, "with one kept aside", last(), parked.Ord)
	},
	"the backlog counts what the cloud has not confirmed": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		f, parked := r.mark(t, s, r.Students[0].ID, 1), r.mark(t, s, r.Students[1].ID, 2)
		parked.Why = attendance.WhyNotEnrolled
		r.append(t, f, parked)
		got := see(t, r, func(ctx context.Context, tx attendance.Tx) (attendance.Backlog, error) { return tx.Backlog(ctx) })
		same(t, "cloud", got.Cloud, r.Cloud)
		waiting := 2 // what is kept aside is sent as well
		if r.Cloud {
			waiting = 0
		}
		same(t, "waiting", got.Waiting, waiting)
		same(t, "unplaced", got.Unplaced, 1)
	},
}
