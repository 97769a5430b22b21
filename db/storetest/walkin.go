package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
)

// guests are who walked into a session, as its teacher sees them.
func (r *room) guests(t *testing.T, s attendance.Session) []attendance.Row {
	t.Helper()
	return must(r.serve.Live(r.ctx, r.rao(), s.ID))(t).Guests
}

var walking = map[string]func(*testing.T, *room){
	"who walks in shows in the class and stands nowhere": func(t *testing.T, r *room) {
		s := r.opened(t)
		a := attendance.Arrival{ID: newID(t), Roll: 61, Guest: attendance.Guest{Name: "  Meera Iyer ", UniversityRoll: "26301061"}}
		guest := must(r.serve.WalkIn(r.ctx, r.rao(), s.ID, a))(t)
		same(t, "again", must(r.serve.WalkIn(r.ctx, r.rao(), s.ID, a))(t), guest)
		got := r.guests(t, s)
		same(t, "guests", len(got), 1)
		same(t, "name", got[0].Name, "Meera Iyer")
		same(t, "roll", got[0].Roll, 61)
		same(t, "status", got[0].Status, attendance.Present)
		same(t, "standings", len(r.standings(t, s.ID)), 0)
		live := must(r.serve.Live(r.ctx, r.rao(), s.ID))(t)
		same(t, "rows", len(live.Rows), len(r.Students))
		same(t, "scans to place", len(live.Unplaced), 0)
		backlog := see(t, r, func(ctx context.Context, tx attendance.Tx) (attendance.Backlog, error) { return tx.Backlog(ctx) })
		same(t, "scans to place, in all", backlog.Unplaced, 0)
		r.refolds(t, s.ID)
	},
	"who walked in is marked and unmarked like anybody": func(t *testing.T, r *room) {
		s := r.opened(t)
		guest := must(r.serve.WalkIn(r.ctx, r.rao(), s.ID, attendance.Arrival{ID: newID(t), Guest: attendance.Guest{Name: "Meera Iyer"}}))(t)
		v := attendance.Verdict{Gesture: newID(t), Students: []attendance.ID{r.Students[0].ID, guest}, Status: attendance.Late}
		same(t, "marked", must(r.serve.Mark(r.ctx, r.rao(), s.ID, v))(t), attendance.Marked{Applied: 2})
		same(t, "marked again", must(r.serve.Mark(r.ctx, r.rao(), s.ID, v))(t), attendance.Marked{Skipped: 2})
		same(t, "shows", r.guests(t, s)[0].Status, attendance.Late)
		same(t, "undone", must(r.serve.Undo(r.ctx, r.rao(), s.ID, v.Gesture))(t), attendance.Marked{Applied: 2})
		same(t, "shows what was before", r.guests(t, s)[0].Status, attendance.Present)
		same(t, "undone again", must(r.serve.Undo(r.ctx, r.rao(), s.ID, v.Gesture))(t).Applied, 0)
		r.refolds(t, s.ID)
	},
	"a teacher takes away who walked in by mistake": func(t *testing.T, r *room) {
		s := r.opened(t)
		a, b := newID(t), newID(t)
		for _, id := range []attendance.ID{a, b} {
			must(r.serve.WalkIn(r.ctx, r.rao(), s.ID, attendance.Arrival{ID: id, Guest: attendance.Guest{Name: "Guest"}}))(t)
		}
		for range 2 {
			if err := r.serve.WalkOut(r.ctx, r.rao(), s.ID, a); err != nil {
				t.Fatal(err)
			}
			same(t, "guests", len(r.guests(t, s)), 1)
		}
		same(t, "aside", len(r.unplaced(t, s.ID)), 2)
	},
	"nobody walks in with another's roll, without a name, or by a stranger's word": func(t *testing.T, r *room) {
		s := r.opened(t)
		walk := func(by attendance.Actor, a attendance.Arrival) error {
			a.ID = newID(t)
			_, err := r.serve.WalkIn(r.ctx, by, s.ID, a)
			return err
		}
		named := attendance.Guest{Name: "Guest"}
		for what, err := range map[string]error{
			"roll":            walk(r.rao(), attendance.Arrival{Guest: named, Roll: 1}),
			"university roll": walk(r.rao(), attendance.Arrival{Guest: attendance.Guest{Name: "Guest", UniversityRoll: r.Students[0].UniversityRoll}}),
		} {
			if !errors.As(err, new(attendance.Taken)) {
				t.Errorf("%s of somebody else: got %v, want Taken", what, err)
			}
		}
		for what, err := range map[string]error{
			"name": walk(r.rao(), attendance.Arrival{Guest: attendance.Guest{Name: " "}}), "status": walk(r.rao(), attendance.Arrival{Guest: named, Status: "asleep"}),
			"roll": walk(r.rao(), attendance.Arrival{Guest: named, Roll: -1}),
		} {
			if !errors.As(err, new(attendance.Invalid)) {
				t.Errorf("%s: got %v, want Invalid", what, err)
			}
		}
		if err := walk(as(r.Bose), attendance.Arrival{Guest: named}); !errors.Is(err, attendance.ErrForbidden) {
			t.Errorf("another teacher: got %v, want ErrForbidden", err)
		}
		same(t, "guests", len(r.guests(t, s)), 0)
	},
}
