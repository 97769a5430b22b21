package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

const mistake = "started by mistake"

// held is a session of DBMS that Rao has ended, with one student marked present.
func (r *room) held(t *testing.T) attendance.Session {
	t.Helper()
	s := r.opened(t)
	must(r.serve.Mark(r.ctx, r.rao(), s.ID, r.verdict(t, attendance.Present, 0)))(t)
	r.clock.pass(time.Minute)
	return must(r.serve.Close(r.ctx, r.rao(), s.ID))(t)
}

func (r *room) void(t *testing.T, s attendance.Session) int {
	t.Helper()
	_, marks, err := r.serve.Void(r.ctx, r.rao(), s.ID, mistake)
	return must(marks, err)(t)
}

// lists is how often a session is among those that count, and among the deleted.
func (r *room) lists(t *testing.T, s attendance.Session) (counts, deleted int) {
	t.Helper()
	for _, se := range see(t, r, func(ctx context.Context, tx attendance.Tx) ([]attendance.Session, error) {
		return tx.Sessions(ctx, s.Course)
	}) {
		if se.ID == s.ID {
			counts++
		}
	}
	for _, se := range see(t, r, func(ctx context.Context, tx attendance.Tx) ([]attendance.Session, error) {
		return tx.Voided(ctx, s.Course)
	}) {
		if se.ID == s.ID {
			deleted++
		}
	}
	return counts, deleted
}

func (r *room) wantsCounted(t *testing.T, s attendance.Session, yes bool) {
	t.Helper()
	counts, deleted := r.lists(t, s)
	if counts+deleted != 1 || counts == 1 != yes {
		t.Errorf("listed %d times as counting and %d times as deleted, want counting: %t", counts, deleted, yes)
	}
	cells := see(t, r, func(ctx context.Context, tx attendance.Tx) ([]attendance.Standing, error) {
		return tx.CourseStandings(ctx, s.Course)
	})
	same(t, "its marks count", len(cells) > 0, yes)
	reg := must(r.serve.CourseRegister(r.ctx, r.rao(), s.Course))(t)
	same(t, "held", reg.CountStudent(r.Students[0].ID).Held() > 0, yes)
}

// officeSays is a verdict of the office with a gesture of its own.
func (r *room) officeSays(t *testing.T, s attendance.Session, student int) attendance.Fact {
	t.Helper()
	f := r.office(t, s, student, attendance.Excused)
	f.Gesture = newID(t)
	return seal(t, f)
}

// word is what some server said of whether a session counts.
func (r *room) word(t *testing.T, s attendance.Session, kind attendance.Kind, after time.Duration) attendance.Fact {
	t.Helper()
	at := r.clock.Now().Add(after)
	return seal(t, attendance.Fact{
		ID: newID(t), Kind: kind, Node: r.foreign(t), Session: s.ID, Actor: r.Rao.ID, Reason: mistake,
		Stamp: attendance.Stamp{WallMS: at.UnixMilli(), HLC: attendance.HLCAt(at)},
	})
}

var voiding = map[string]func(*testing.T, *room){
	"a deleted session counts nowhere, keeps its marks, and counts again when restored": func(t *testing.T, r *room) {
		s := r.held(t)
		r.wantsCounted(t, s, true)
		same(t, "marks that count no more", r.void(t, s), 1)
		r.wantsCounted(t, s, false)
		got := r.read(t, s.ID)
		same(t, "deleted", got.Void.On, true)
		same(t, "by", got.Void.By, r.Rao.ID)
		same(t, "reason", got.Void.Reason, mistake)
		same(t, "at", got.Void.At().Equal(r.clock.Now().Truncate(time.Millisecond)), true)
		reg := must(r.serve.Deleted(r.ctx, r.rao(), s.Course))(t)
		same(t, "deleted ones", len(reg.Sessions), 1)
		same(t, "as it would count", reg.CountSession(reg.Sessions[0]).Present, 1)
		r.refolds(t, s.ID)
		must(r.serve.Restore(r.ctx, r.rao(), s.ID))(t)
		r.wantsCounted(t, s, true)
		r.refolds(t, s.ID)
	},
	"deleting twice is deleting once, and so is restoring": func(t *testing.T, r *room) {
		s := r.held(t)
		before := len(r.facts(t, s.ID, attendance.Which{}))
		must(r.serve.Restore(r.ctx, r.rao(), s.ID))(t) // nothing to restore
		for range 2 {
			same(t, "marks", r.void(t, s), 1)
		}
		for range 2 {
			must(r.serve.Restore(r.ctx, r.rao(), s.ID))(t)
		}
		same(t, "facts", len(r.facts(t, s.ID, attendance.Which{}))-before, 2)
	},
	"a running session is not deleted": func(t *testing.T, r *room) {
		s := r.opened(t)
		if _, _, err := r.serve.Void(r.ctx, r.rao(), s.ID, mistake); !errors.Is(err, attendance.ErrOpen) {
			t.Errorf("got %v, want ErrOpen", err)
		}
		r.clock.pass(3 * time.Hour) // nobody ended it, but its time is up
		r.void(t, s)
		same(t, "due while deleted", must(r.serve.CloseDue(r.ctx))(t), 0)
		same(t, "a new one may begin", r.opened(t).ID != s.ID, true)
		must(r.serve.Restore(r.ctx, r.rao(), s.ID))(t)
		same(t, "due again", must(r.serve.CloseDue(r.ctx))(t), 1)
	},
	"deleting wants a reason and one's own course": func(t *testing.T, r *room) {
		s := r.held(t)
		for _, reason := range []string{"", "    ", " oops "} {
			var invalid attendance.Invalid
			if _, _, err := r.serve.Void(r.ctx, r.rao(), s.ID, reason); !errors.As(err, &invalid) || invalid.Field != "reason" {
				t.Errorf("%q: got %v, want Invalid reason", reason, err)
			}
		}
		_, _, err := r.serve.Void(r.ctx, as(r.Bose), s.ID, mistake)
		forbidden(t, err)
		_, err = r.serve.Restore(r.ctx, as(r.Bose), s.ID)
		forbidden(t, err)
		r.wantsCounted(t, s, true)
		if _, _, err := r.serve.Void(r.ctx, r.rao(), newID(t), mistake); !errors.Is(err, attendance.ErrNotFound) {
			t.Errorf("got %v, want not found", err)
		}
	},
	"a mark for a deleted session is kept and counts after the restoration": func(t *testing.T, r *room) {
		s := r.held(t)
		r.void(t, s)
		f := r.mark(t, s, r.Students[1].ID, 3)
		f.Node = r.foreign(t)
		r.in(t, func(ctx context.Context, tx attendance.Tx) error {
			return r.serve.Adopt(ctx, tx, []attendance.Fact{seal(t, f)})
		})
		r.wantsCounted(t, s, false)
		must(r.serve.Restore(r.ctx, r.rao(), s.ID))(t)
		same(t, "marks of the restored", len(r.standings(t, s.ID)), 2)
		r.refolds(t, s.ID)
	},
	"what the office said is not a teacher's to take back": func(t *testing.T, r *room) {
		s := r.held(t)
		f := r.officeSays(t, s, 0)
		r.in(t, func(ctx context.Context, tx attendance.Tx) error { return r.serve.Adopt(ctx, tx, []attendance.Fact{f}) })
		same(t, "undone", must(r.serve.Undo(r.ctx, r.rao(), s.ID, f.Gesture))(t), attendance.Marked{Skipped: 1})
		same(t, "shows", r.shows(t, s.ID, 0), attendance.Excused)
	},
	"whoever speaks last counts, whatever comes last": func(t *testing.T, r *room) {
		s := r.held(t)
		later := r.word(t, s, attendance.SessionRestored, 2*time.Second)
		earlier := r.word(t, s, attendance.SessionVoided, time.Second)
		for _, f := range []attendance.Fact{later, earlier, later, earlier} {
			r.in(t, func(ctx context.Context, tx attendance.Tx) error { return r.serve.Adopt(ctx, tx, []attendance.Fact{f}) })
			r.wantsCounted(t, s, true)
		}
		r.refolds(t, s.ID)
	},
	"a row's deletion only moves to a later word": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		first, second := s, s
		first.Void = attendance.Void{On: true, By: r.Rao.ID, AtMS: 5, Reason: mistake, Ord: 7, Fact: attendance.ID{15: 1}}
		second.Void = attendance.Void{By: r.Bose.ID, AtMS: 6, Ord: 7, Fact: attendance.ID{15: 2}} // the same order: the id decides
		r.put(t, first, s)
		sameSession(t, r.read(t, s.ID), first)
		r.put(t, second, first, s)
		sameSession(t, r.read(t, s.ID), second)
		r.in(t, func(ctx context.Context, tx attendance.Tx) error { return tx.Rewrite(ctx, s, nil) })
		sameSession(t, r.read(t, s.ID), s)
	},
	"an answer outranks what it answers, however slow its clock": func(t *testing.T, r *room) {
		s := r.held(t)
		r.in(t, func(ctx context.Context, tx attendance.Tx) error {
			return r.serve.Adopt(ctx, tx, []attendance.Fact{r.word(t, s, attendance.SessionVoided, time.Hour)})
		})
		must(r.serve.Restore(r.ctx, r.rao(), s.ID))(t)
		r.wantsCounted(t, s, true)
	},
	"a deletion that the cloud refuses is not believed here either": only(func(t *testing.T, r *room) {
		s := r.held(t)
		r.void(t, s)
		seq := int64(len(r.facts(t, s.ID, attendance.Which{}))) // the last line of an empty drive's log
		r.outlog(t, func(ctx context.Context, tx attendance.Outlog) error {
			return r.serve.Corrected(ctx, tx, []attendance.Result{{Seq: seq, Code: string(attendance.WhyNotEntitled)}})
		})
		r.wantsCounted(t, s, true)
	}),
}
