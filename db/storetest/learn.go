package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// told is a fact as the cloud would send it down.
func told(t *testing.T, f attendance.Fact) attendance.Fact {
	t.Helper()
	got := must(attendance.Told{ID: f.ID, Body: f.Body, EffectiveMS: f.EffectiveMS, Ord: f.Ord}.Fact())(t)
	return got
}

// office is a verdict of the office on a student of a session.
func (r *room) office(t *testing.T, s attendance.Session, student int, status attendance.Status) attendance.Fact {
	t.Helper()
	f := r.mark(t, s, r.Students[student].ID, 3)
	f.Node, f.Class, f.Status, f.Method = r.foreign(t), attendance.Office, status, attendance.OfficeEdit
	return seal(t, f)
}

func (r *room) learn(t *testing.T, facts ...attendance.Fact) {
	t.Helper()
	r.in(t, func(ctx context.Context, tx attendance.Tx) error { return r.serve.Learn(ctx, tx, facts) })
}

func (r *room) waiting(t *testing.T) int {
	t.Helper()
	return see(t, r, func(ctx context.Context, tx attendance.Tx) (attendance.Backlog, error) { return tx.Backlog(ctx) }).Waiting
}

// only is a test of what a pendrive does and the cloud does not.
func only(test func(*testing.T, *room)) func(*testing.T, *room) {
	return func(t *testing.T, r *room) {
		t.Helper()
		if r.Cloud {
			t.Skip("the cloud tells, it is not told")
		}
		test(t, r)
	}
}

// outlog runs fn with what a pendrive's transaction can do beside the seam.
func (r *room) outlog(t *testing.T, fn func(context.Context, attendance.Outlog) error) {
	t.Helper()
	r.in(t, func(ctx context.Context, tx attendance.Tx) error { return fn(ctx, tx.(attendance.Outlog)) })
}

var learning = map[string]func(*testing.T, *room){
	"what the cloud told is folded, and does not wait to be sent": only(func(t *testing.T, r *room) {
		s := r.opened(t)
		must(r.serve.Mark(r.ctx, r.rao(), s.ID, r.verdict(t, attendance.Absent, 0)))(t)
		waiting := r.waiting(t)
		f := told(t, r.office(t, s, 0, attendance.Excused))
		for range 2 {
			r.learn(t, f)
			same(t, "shows", r.shows(t, s.ID, 0), attendance.Excused)
		}
		same(t, "waiting", r.waiting(t), waiting)
		all := r.facts(t, s.ID, attendance.Which{Student: r.Students[0].ID})
		same(t, "facts", len(all), 2)
		r.refolds(t, s.ID)
	}),
	"what comes back from the cloud does not hide what was not sent": only(func(t *testing.T, r *room) {
		s := r.opened(t)
		must(r.serve.Mark(r.ctx, r.rao(), s.ID, r.verdict(t, attendance.Late, 0)))(t)
		waiting := r.waiting(t)
		var back []attendance.Fact
		for _, f := range r.facts(t, s.ID, attendance.Which{}) {
			back = append(back, told(t, f))
		}
		r.learn(t, back...)
		same(t, "shows", r.shows(t, s.ID, 0), attendance.Late)
		same(t, "waiting", r.waiting(t), waiting)
		r.refolds(t, s.ID)
	}),
	"a drive that lost its file learns its sessions again": only(func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		opening := seal(t, attendance.Fact{
			ID: newID(t), Kind: attendance.SessionOpened, Node: r.Node, Session: s.ID, Actor: r.Rao.ID, Stamp: s.Opened,
			Opening: &attendance.Opening{Course: r.DBMS.ID, Kind: attendance.Offline, ClosesMS: s.ClosesAt.UnixMilli(), Policy: s.Policy},
		})
		mark := told(t, r.mark(t, s, r.Students[0].ID, 1))
		r.learn(t, mark) // its session is not known yet: it waits
		same(t, "placed", len(r.facts(t, s.ID, attendance.Which{})), 0)
		pages := []attendance.Fact{told(t, opening), told(t, r.office(t, s, 1, attendance.Excused))}
		r.learn(t, pages[:1]...)
		r.learn(t, pages[1:]...) // the caller's next page is untouched
		same(t, "shows, of the next page", r.shows(t, s.ID, 1), attendance.Excused)
		same(t, "shows", r.shows(t, s.ID, 0), attendance.Present)
		r.refolds(t, s.ID)
	}),
	"the cloud's time moves a session and who was late in it": only(func(t *testing.T, r *room) {
		s := r.opened(t)
		r.clock.pass(5 * time.Minute)
		r.touch(t, 1)
		back := s.OpenedAt.Add(-time.Hour)
		r.outlog(t, func(ctx context.Context, tx attendance.Outlog) error {
			return r.serve.Corrected(ctx, tx, []attendance.Result{
				{Seq: 1, Code: attendance.CodeAdjusted, EffectiveMS: back.UnixMilli(), Ord: attendance.HLCAt(back)},
				{Seq: 2, Code: attendance.CodeDuplicate},
			})
		})
		got := r.read(t, s.ID)
		same(t, "opened at", got.OpenedAt.UnixMilli(), back.UnixMilli())
		same(t, "lasts as long", got.ClosesAt.Sub(got.OpenedAt), s.ClosesAt.Sub(s.OpenedAt))
		same(t, "late by the monotonic clock: no", r.shows(t, s.ID, 0), attendance.Present)
		r.refolds(t, s.ID)
	}),
	"a mark that the cloud set aside leaves the register until it is placed": only(func(t *testing.T, r *room) {
		s := r.opened(t)
		must(r.serve.Mark(r.ctx, r.rao(), s.ID, r.verdict(t, attendance.Absent, 0)))(t)
		must(r.serve.Mark(r.ctx, r.rao(), s.ID, r.verdict(t, attendance.Present, 0)))(t)
		mark := r.facts(t, s.ID, attendance.Which{Student: r.Students[0].ID})[1]
		r.outlog(t, func(ctx context.Context, tx attendance.Outlog) error {
			return r.serve.Corrected(ctx, tx, []attendance.Result{
				{Seq: 1, Code: string(attendance.WhyNotEntitled)}, {Seq: 3, Code: string(attendance.WhyNotEnrolled)},
			})
		})
		same(t, "shows", r.shows(t, s.ID, 0), attendance.Absent)
		same(t, "the session stays", r.read(t, s.ID).Topic, s.Topic)
		aside := r.unplaced(t, s.ID)
		same(t, "aside", len(aside), 2)
		same(t, "why", aside[0].Why, attendance.WhyNotEnrolled)
		r.learn(t, told(t, mark))
		same(t, "shows, once placed", r.shows(t, s.ID, 0), attendance.Present)
		same(t, "aside, once placed", len(r.unplaced(t, s.ID)), 1)
		r.refolds(t, s.ID)
	}),
	"what the office decided about a fact kept aside here is taken in, and taken back": only(func(t *testing.T, r *room) {
		s := r.opened(t)
		f := r.parked(t, newID(t), s.ID, 2, attendance.WhyNotEnrolled)
		r.append(t, f)
		same(t, "aside", len(r.unplaced(t, s.ID)), 1)
		placed := r.mark(t, s, r.Students[0].ID, 2)
		placed.Node, placed.Kind, placed.Class, placed.Method = r.foreign(t), attendance.MarkSeen, attendance.Evidence, attendance.BiometricQueue
		placed.Ruling = &attendance.Ruling{Of: f.ID, Sum: f.Sum(), As: attendance.AsMapped, By: newID(t), Ord: f.Ord}
		placed = told(t, seal(t, placed))
		r.learn(t, placed)
		same(t, "shows", r.shows(t, s.ID, 0), attendance.Present)
		same(t, "aside, once placed", len(r.unplaced(t, s.ID)), 0)
		back := r.mark(t, s, r.Students[0].ID, 3)
		back.Node, back.Kind, back.Class, back.Status = r.foreign(t), attendance.MarkCleared, attendance.Evidence, attendance.Unmarked
		ruling := *placed.Ruling
		ruling.Ord, ruling.Back = placed.Ord, placed.ID
		back.Ruling = &ruling
		r.learn(t, told(t, seal(t, back)))
		same(t, "shows, taken back", r.shows(t, s.ID, 0), attendance.Unmarked)
		same(t, "aside again", len(r.unplaced(t, s.ID)), 1)
		r.refolds(t, s.ID)
	}),
	"a class that the office put under another course is held there": only(func(t *testing.T, r *room) {
		s := r.opened(t)
		opening := r.facts(t, s.ID, attendance.Which{})[0]
		moved := *opening.Opening
		moved.Course = r.Maths.ID
		again := seal(t, attendance.Fact{
			ID: newID(t), Kind: attendance.SessionOpened, Node: r.Node, Session: s.ID, Actor: r.Rao.ID, Opening: &moved, Stamp: opening.Stamp,
			Ruling: &attendance.Ruling{Of: opening.ID, Sum: opening.Sum(), As: attendance.AsMapped, By: newID(t), Ord: opening.Ord},
		})
		r.learn(t, told(t, again))
		same(t, "course", r.read(t, s.ID).Course, r.Maths.ID)
		must(r.serve.Mark(r.ctx, r.rao(), s.ID, r.verdict(t, attendance.Late, 0)))(t)
		r.refolds(t, s.ID)
	}),
	"of two bodies of one id the cloud's counts, whichever came first": only(func(t *testing.T, r *room) {
		for i, toldFirst := range []bool{true, false} {
			s := r.session(t, r.DBMS.ID, 100*i)
			opening := seal(t, attendance.Fact{
				ID: newID(t), Kind: attendance.SessionOpened, Node: r.Node, Session: s.ID, Actor: r.Rao.ID, Stamp: s.Opened,
				Opening: &attendance.Opening{Course: r.DBMS.ID, Kind: attendance.Offline, ClosesMS: s.ClosesAt.UnixMilli(), Policy: s.Policy},
			})
			r.learn(t, told(t, opening))
			mine := r.mark(t, s, r.Students[0].ID, 1)
			theirs := mine
			theirs.Status = attendance.Late
			theirs = told(t, seal(t, theirs))
			seq := int64(r.waiting(t)) + 1
			r.append(t, mine)
			refuse := func() {
				r.outlog(t, func(ctx context.Context, tx attendance.Outlog) error {
					return r.serve.Corrected(ctx, tx, []attendance.Result{{Seq: seq, Code: string(attendance.WhyHashConflict)}})
				})
			}
			if toldFirst {
				r.learn(t, theirs)
				refuse()
			} else {
				refuse()
				r.learn(t, theirs)
			}
			same(t, "shows", r.shows(t, s.ID, 0), attendance.Late)
			known := see(t, r, func(ctx context.Context, tx attendance.Tx) (map[attendance.ID]bool, error) {
				return tx.Known(ctx, []attendance.ID{mine.ID})
			})
			same(t, "known", known[mine.ID], true)
		}
	}),
}
