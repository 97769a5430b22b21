package storetest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

func (r *room) standings(t *testing.T, session attendance.ID, students ...attendance.ID) []attendance.Standing {
	t.Helper()
	return see(t, r, func(ctx context.Context, tx attendance.Tx) ([]attendance.Standing, error) {
		return tx.Standings(ctx, session, students...)
	})
}

func standingOf(st attendance.Standing) attendance.ID { return st.Student }

// sameStanding compares all of a standing, times by the instant.
func sameStanding(t *testing.T, got, want attendance.Standing) {
	t.Helper()
	if !got.At.Equal(want.At) {
		t.Errorf("at: got %v, want %v", got.At, want.At)
	}
	got.At, want.At = time.Time{}, time.Time{}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("standing: got %+v, want %+v", got, want)
	}
}

var standings = map[string]func(*testing.T, *room){
	"a standing is read as it was put": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		seen, verdict := r.mark(t, s, r.Students[0].ID, 1), r.mark(t, s, r.Students[0].ID, 2)
		seen.Kind, seen.Class, seen.Segment, seen.MonoMS = attendance.MarkSeen, attendance.Evidence, s.Opened.Segment, 61000
		verdict.Status, verdict.Reason, verdict.Seen = attendance.Excused, "ill", seen.Ord
		want := attendance.Stand(s, r.Students[0].ID, attendance.State{}.Add(seal(t, seen)).Add(seal(t, verdict)))
		want.Conflict = true
		r.in(t, func(ctx context.Context, tx attendance.Tx) error {
			return tx.PutStandings(ctx, []attendance.Standing{want})
		})
		got := r.standings(t, s.ID)
		same(t, "standings", len(got), 1)
		sameStanding(t, got[0], want)
	},
	"a standing put again replaces the first": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		st := attendance.Stand(s, r.Students[0].ID, attendance.State{}.Add(r.mark(t, s, r.Students[0].ID, 1)))
		empty := attendance.Standing{Session: s.ID, Student: r.Students[0].ID}
		for _, v := range []attendance.Standing{st, empty} {
			r.in(t, func(ctx context.Context, tx attendance.Tx) error {
				return tx.PutStandings(ctx, []attendance.Standing{v})
			})
		}
		got := r.standings(t, s.ID)
		same(t, "standings", len(got), 1)
		same(t, "status", got[0].Status, attendance.Unmarked)
		same(t, "at", got[0].At.IsZero(), true)
	},
	"standings come by student, all or the named": func(t *testing.T, r *room) {
		s, other := r.session(t, r.DBMS.ID, 0), r.session(t, r.Maths.ID, 0)
		r.put(t, s, other)
		var ids []attendance.ID
		var all []attendance.Standing
		for _, st := range []int{3, 0, 2} {
			ids = append(ids, r.Students[st].ID)
			all = append(all, attendance.Standing{Session: s.ID, Student: r.Students[st].ID, Status: attendance.Present})
		}
		all = append(all, attendance.Standing{Session: other.ID, Student: r.Students[0].ID, Status: attendance.Late})
		r.in(t, func(ctx context.Context, tx attendance.Tx) error { return tx.PutStandings(ctx, all) })
		slices.SortFunc(ids, attendance.ID.Compare)
		sameList(t, "all", names(r.standings(t, s.ID), standingOf), ids)
		named := []attendance.ID{ids[2], ids[0], r.Students[5].ID, ids[2]}
		sameList(t, "named", names(r.standings(t, s.ID, named...), standingOf), []attendance.ID{ids[0], ids[2]})
		same(t, "of a session without any", len(r.standings(t, newID(t))), 0)
	},
	"standings of some seats are those that are there": func(t *testing.T, r *room) {
		a, b := r.session(t, r.DBMS.ID, 0), r.session(t, r.Maths.ID, 0)
		r.put(t, a, b)
		first, second := r.Students[0].ID, r.Students[1].ID
		in := attendance.Stand(a, first, attendance.State{}.Add(r.mark(t, a, first, 1)))
		on := attendance.Stand(b, second, attendance.State{}.Add(r.mark(t, b, second, 1)))
		r.in(t, func(ctx context.Context, tx attendance.Tx) error {
			return tx.PutStandings(ctx, []attendance.Standing{in, on, {Session: a.ID, Student: second}})
		})
		at := func(seats ...attendance.Seat) []attendance.Standing {
			got := see(t, r, func(ctx context.Context, tx attendance.Tx) ([]attendance.Standing, error) {
				return tx.StandingsAt(ctx, seats)
			})
			slices.SortFunc(got, func(a, b attendance.Standing) int { return a.Student.Compare(b.Student) })
			return got
		}
		got := at(attendance.Seat{Session: a.ID, Student: first}, attendance.Seat{Session: b.ID, Student: first},
			attendance.Seat{Session: b.ID, Student: second}, attendance.Seat{Session: newID(t), Student: second})
		want := []attendance.Standing{in, on}
		slices.SortFunc(want, func(a, b attendance.Standing) int { return a.Student.Compare(b.Student) })
		same(t, "standings", len(got), 2)
		sameStanding(t, got[0], want[0])
		sameStanding(t, got[1], want[1])
		same(t, "of no seats", len(at()), 0)
	},
	"a seat that was read empty, filled and read again holds what was put last": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		seat := attendance.Seat{Session: s.ID, Student: r.Students[0].ID}
		at := func(ctx context.Context, tx attendance.Tx, want int) error {
			got, err := tx.StandingsAt(ctx, []attendance.Seat{seat})
			same(t, "standings", len(got), want)
			return err
		}
		put := func(ctx context.Context, tx attendance.Tx, status attendance.Status) error {
			return tx.PutStandings(ctx, []attendance.Standing{{Session: seat.Session, Student: seat.Student, Status: status}})
		}
		r.in(t, func(ctx context.Context, tx attendance.Tx) error {
			return errors.Join(tx.PutSession(ctx, s), at(ctx, tx, 0), put(ctx, tx, attendance.Present), at(ctx, tx, 1), put(ctx, tx, attendance.Late), at(ctx, tx, 1))
		})
		same(t, "status", r.standings(t, s.ID)[0].Status, attendance.Late)
		r.in(t, func(ctx context.Context, tx attendance.Tx) error {
			_, err := tx.LockSessions(ctx, []attendance.ID{s.ID})
			seat.Student = r.Students[1].ID // nobody's yet
			return errors.Join(err, at(ctx, tx, 0), put(ctx, tx, attendance.Present), at(ctx, tx, 1), put(ctx, tx, attendance.Absent))
		})
		same(t, "standings", len(r.standings(t, s.ID)), 2)
		same(t, "status", r.standings(t, s.ID, seat.Student)[0].Status, attendance.Absent)
	},
	"a course's standings are those of all its sessions, without state": func(t *testing.T, r *room) {
		a, b, other := r.session(t, r.DBMS.ID, 0), r.session(t, r.DBMS.ID, 90), r.session(t, r.Maths.ID, 0)
		r.put(t, a, b, other)
		state := attendance.State{}.Add(r.mark(t, a, r.Students[0].ID, 1))
		r.in(t, func(ctx context.Context, tx attendance.Tx) error {
			return tx.PutStandings(ctx, []attendance.Standing{
				attendance.Stand(a, r.Students[0].ID, state), attendance.Stand(b, r.Students[0].ID, state),
				attendance.Stand(other, r.Students[0].ID, state),
			})
		})
		got := see(t, r, func(ctx context.Context, tx attendance.Tx) ([]attendance.Standing, error) {
			return tx.CourseStandings(ctx, r.DBMS.ID)
		})
		same(t, "standings", len(got), 2)
		for _, st := range got {
			same(t, "status", st.Status, attendance.Present)
			same(t, "state is left empty", reflect.DeepEqual(st.State, attendance.State{}), true)
		}
	},
}
