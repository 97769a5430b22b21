package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
)

var rosters = map[string]func(*testing.T, *room){
	"courses are all that are not archived, by code": func(t *testing.T, r *room) {
		got := see(t, r, func(ctx context.Context, tx attendance.Tx) ([]attendance.Course, error) { return tx.Courses(ctx) })
		sameList(t, "codes", names(got, code), []string{"CS301", "MA201"})
		same(t, "course", got[0], attendance.Course{ID: r.DBMS.ID, Code: "CS301", Name: "Databases", DefaultMinutes: 50})
	},
	"a teacher's courses are those they hold now": func(t *testing.T, r *room) {
		for _, tc := range []struct {
			who  attendance.FeedTeacher
			want []string
		}{{r.Rao, []string{"CS301", "MA201"}}, {r.Bose, []string{"MA201"}}, {r.Sen, []string{}}} {
			got := see(t, r, func(ctx context.Context, tx attendance.Tx) ([]attendance.Course, error) {
				return tx.CoursesOf(ctx, tc.who.ID)
			})
			sameList(t, tc.who.Name, names(got, code), tc.want)
		}
	},
	"a course is found by its id, archived or not": func(t *testing.T, r *room) {
		got := see(t, r, func(ctx context.Context, tx attendance.Tx) (attendance.Course, error) {
			return tx.Course(ctx, r.Old.ID)
		})
		same(t, "archived", got.Archived, true)
		notFound(t, r, func(ctx context.Context, tx attendance.Tx) error { _, err := tx.Course(ctx, newID(t)); return err })
	},
	"a course is found by its code in any case, unless archived": func(t *testing.T, r *room) {
		for _, typed := range []string{"CS301", "cs301", "Cs301"} {
			got := see(t, r, func(ctx context.Context, tx attendance.Tx) (attendance.Course, error) {
				return tx.CourseByCode(ctx, typed)
			})
			same(t, typed, got.ID, r.DBMS.ID)
		}
		for _, typed := range []string{"CS100", "CS30", "CS301 ", "%", ""} {
			notFound(t, r, func(ctx context.Context, tx attendance.Tx) error { _, err := tx.CourseByCode(ctx, typed); return err })
		}
	},
	"instructors are who teach a course now, by name": func(t *testing.T, r *room) {
		got := see(t, r, func(ctx context.Context, tx attendance.Tx) ([]attendance.Instructor, error) {
			return tx.Instructors(ctx, r.Maths.ID)
		})
		sameList(t, "Maths", names(got, func(in attendance.Instructor) string { return in.Name }), []string{"Asha Rao", "Bimal Bose"})
		same(t, "verifier", got[1].PINHash, "pin of Bose")
	},
	"an instructor is found by id": func(t *testing.T, r *room) {
		got := see(t, r, func(ctx context.Context, tx attendance.Tx) (attendance.Instructor, error) {
			return tx.Instructor(ctx, r.Sen.ID)
		})
		same(t, "instructor", got, attendance.Instructor{ID: r.Sen.ID, Name: "Chitra Sen", PINHash: "pin of Sen"})
		notFound(t, r, func(ctx context.Context, tx attendance.Tx) error { _, err := tx.Instructor(ctx, newID(t)); return err })
	},
	"a roster is every enrolment, past and present, by roll": func(t *testing.T, r *room) {
		got := see(t, r, func(ctx context.Context, tx attendance.Tx) (attendance.Roster, error) {
			return tx.Roster(ctx, r.DBMS.ID)
		})
		sameList(t, "rolls", names(got, func(m attendance.Member) int { return m.Roll }), []int{1, 2, 3, 3, 4, 5, 6})
		then, ok := got.ByRoll(3, r.Turned.Add(-1))
		same(t, "who had roll 3 before", then.Student, r.Left.ID)
		same(t, "found", ok, true)
		now, _ := got.ByRoll(3, r.Turned)
		same(t, "who has roll 3 from that moment", now.Student, r.Students[2].ID)
		same(t, "until", then.To.Equal(r.Turned), true)
		same(t, "open end", now.To.IsZero(), true)
		same(t, "university roll keeps its zeros", now.UniversityRoll, "003")
		same(t, "enrolment number", now.EnrolmentNo, "EN3")
		same(t, "course", now.Course, r.DBMS.ID)
	},
	"an unknown course has an empty roster": func(t *testing.T, r *room) {
		got := see(t, r, func(ctx context.Context, tx attendance.Tx) (attendance.Roster, error) {
			return tx.Roster(ctx, newID(t))
		})
		same(t, "members", len(got), 0)
	},
	"a roster follows what is written to it": func(t *testing.T, r *room) {
		read := func(ctx context.Context, tx attendance.Tx) (attendance.Roster, error) {
			return tx.Roster(ctx, r.DBMS.ID)
		}
		before := see(t, r, read)
		before[0].Name = "scribbled over by the caller"
		st := r.Students[0]
		st.Name = "Renamed"
		if err := r.Seed(r.ctx, []attendance.Change{rowOf(attendance.StudentRow, st.ID, st)}); err != nil {
			t.Fatal(err)
		}
		same(t, "name", see(t, r, read)[0].Name, "Renamed")
	},
}

func code(c attendance.Course) string { return c.Code }

// notFound wants the domain's own "not found".
func notFound(t *testing.T, r *room, fn func(ctx context.Context, tx attendance.Tx) error) {
	t.Helper()
	if err := r.Store.View(r.ctx, fn); !errors.Is(err, attendance.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}
