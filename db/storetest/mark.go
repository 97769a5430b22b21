package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// verdict is a new gesture on some students, by their place in the school.
func (r *room) verdict(t *testing.T, status attendance.Status, students ...int) attendance.Verdict {
	t.Helper()
	v := attendance.Verdict{Gesture: newID(t), Status: status}
	for _, i := range students {
		v.Students = append(v.Students, r.Students[i].ID)
	}
	return v
}

// shows is a student's status in a session.
func (r *room) shows(t *testing.T, session attendance.ID, student int) attendance.Status {
	t.Helper()
	got := r.standings(t, session, r.Students[student].ID)
	if len(got) == 0 {
		return attendance.Unmarked
	}
	return got[0].Status
}

var marking = map[string]func(*testing.T, *room){
	"a gesture sent twice marks once": func(t *testing.T, r *room) {
		s := r.opened(t)
		v := r.verdict(t, attendance.Excused, 0, 1)
		v.Reason = "at the fair"
		same(t, "marked", must(r.serve.Mark(r.ctx, r.rao(), s.ID, v))(t), attendance.Marked{Applied: 2})
		r.clock.pass(time.Minute)
		same(t, "marked again", must(r.serve.Mark(r.ctx, r.rao(), s.ID, v))(t), attendance.Marked{Skipped: 2})
		same(t, "facts", len(r.facts(t, s.ID, attendance.Which{Gesture: v.Gesture})), 2)
		st := r.standings(t, s.ID, r.Students[0].ID)[0]
		same(t, "status", st.Status, attendance.Excused)
		same(t, "reason", st.Reason, "at the fair")
		same(t, "method", st.Method, attendance.Manual)
		r.refolds(t, s.ID)
	},
	"one student named twice in a gesture is marked once": func(t *testing.T, r *room) {
		s := r.opened(t)
		same(t, "marked", must(r.serve.Mark(r.ctx, r.rao(), s.ID, r.verdict(t, attendance.Present, 0, 0)))(t),
			attendance.Marked{Applied: 1, Skipped: 1})
	},
	"a later verdict replaces an earlier, also after the end": func(t *testing.T, r *room) {
		s := r.opened(t)
		must(r.serve.Mark(r.ctx, r.rao(), s.ID, r.verdict(t, attendance.Absent, 0)))(t)
		must(r.serve.Close(r.ctx, r.rao(), s.ID))(t)
		must(r.serve.Mark(r.ctx, r.rao(), s.ID, r.verdict(t, attendance.Present, 0)))(t)
		same(t, "shows", r.shows(t, s.ID, 0), attendance.Present)
		r.refolds(t, s.ID)
	},
	"a bulk mark touches only who has none": func(t *testing.T, r *room) {
		s := r.opened(t)
		must(r.serve.Mark(r.ctx, r.rao(), s.ID, r.verdict(t, attendance.Present, 0)))(t)
		v := r.verdict(t, attendance.Absent, 0, 1, 2)
		v.Bulk = true
		same(t, "marked", must(r.serve.Mark(r.ctx, r.rao(), s.ID, v))(t), attendance.Marked{Applied: 2, Skipped: 1})
		same(t, "who was marked", r.shows(t, s.ID, 0), attendance.Present)
		same(t, "who was not", r.shows(t, s.ID, 2), attendance.Absent)
		must(r.serve.Mark(r.ctx, r.rao(), s.ID, r.verdict(t, attendance.Late, 2)))(t)
		same(t, "an individual verdict outranks it", r.shows(t, s.ID, 2), attendance.Late)
		r.refolds(t, s.ID)
	},
	"undo shows again what showed before, and undoing twice is undoing once": func(t *testing.T, r *room) {
		s := r.opened(t)
		must(r.serve.Mark(r.ctx, r.rao(), s.ID, r.verdict(t, attendance.Late, 0)))(t)
		v := r.verdict(t, attendance.Absent, 0, 1, 2)
		must(r.serve.Mark(r.ctx, r.rao(), s.ID, v))(t)
		must(r.serve.Mark(r.ctx, r.rao(), s.ID, r.verdict(t, attendance.Present, 2)))(t)
		same(t, "undone", must(r.serve.Undo(r.ctx, r.rao(), s.ID, v.Gesture))(t), attendance.Marked{Applied: 2, Skipped: 1})
		facts := len(r.facts(t, s.ID, attendance.Which{}))
		same(t, "undone again", must(r.serve.Undo(r.ctx, r.rao(), s.ID, v.Gesture))(t), attendance.Marked{Skipped: 3})
		same(t, "facts", len(r.facts(t, s.ID, attendance.Which{})), facts)
		same(t, "had a verdict", r.shows(t, s.ID, 0), attendance.Late)
		same(t, "had none", r.shows(t, s.ID, 1), attendance.Unmarked)
		same(t, "decided since", r.shows(t, s.ID, 2), attendance.Present)
		r.refolds(t, s.ID)
	},
	"undoing a bulk mark leaves the scans that came meanwhile": func(t *testing.T, r *room) {
		s := r.opened(t)
		v := r.verdict(t, attendance.Absent, 0, 1)
		v.Bulk = true
		must(r.serve.Mark(r.ctx, r.rao(), s.ID, v))(t)
		must(r.serve.Touch(r.ctx, "10.0.0.7", 1))(t)
		same(t, "bulk outranks the finger", r.shows(t, s.ID, 0), attendance.Absent)
		must(r.serve.Undo(r.ctx, r.rao(), s.ID, v.Gesture))(t)
		same(t, "the finger shows", r.shows(t, s.ID, 0), attendance.Present)
		same(t, "no finger", r.shows(t, s.ID, 1), attendance.Unmarked)
	},
	"nobody is marked who was not enrolled when it began": func(t *testing.T, r *room) {
		s := r.opened(t)
		v := r.verdict(t, attendance.Present, 0)
		v.Students = append(v.Students, r.Left.ID)
		if _, err := r.serve.Mark(r.ctx, r.rao(), s.ID, v); !errors.Is(err, attendance.ErrNotEnrolled) {
			t.Errorf("got %v, want ErrNotEnrolled", err)
		}
		same(t, "nor anybody with them", r.shows(t, s.ID, 0), attendance.Unmarked)
		_, err := r.serve.Mark(r.ctx, as(r.Sen), s.ID, r.verdict(t, attendance.Present, 0))
		forbidden(t, err)
	},
	"a student is found by what a person can type": func(t *testing.T, r *room) {
		s := r.opened(t)
		same(t, "found", must(r.serve.Find(r.ctx, r.rao(), s.ID, "003"))(t), r.Students[2].ID)
		if _, err := r.serve.Find(r.ctx, r.rao(), s.ID, "0099"); !errors.Is(err, attendance.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	},
	"the live screen and the register show the same": func(t *testing.T, r *room) {
		s := r.opened(t)
		must(r.serve.Mark(r.ctx, r.rao(), s.ID, r.verdict(t, attendance.Present, 0, 3)))(t)
		live := must(r.serve.Live(r.ctx, r.rao(), s.ID))(t)
		same(t, "rows", len(live.Rows), len(r.Students))
		reg := must(r.serve.Register(r.ctx, r.rao(), s.ID))(t)
		for _, row := range live.Rows {
			same(t, row.Name, reg.Cell(reg.Session, row.Member.Student), row.Status)
		}
		r.clock.pass(3 * time.Hour)
		must(r.serve.CloseDue(r.ctx))(t)
		reg = must(r.serve.Register(r.ctx, r.rao(), s.ID))(t)
		same(t, "nobody marked them", reg.Cell(reg.Session, r.Students[1].ID), attendance.Absent)
		same(t, "left long before", reg.Cell(reg.Session, r.Left.ID), attendance.NotRequired)
		day := must(r.serve.Day(r.ctx, r.rao()))(t)
		same(t, "courses", len(day.Courses), 2)
		same(t, "last", day.Courses[0].Last.ID, s.ID)
		same(t, "enrolled", day.Courses[0].Enrolled, len(r.Students))
	},
	"a teacher signs in with any of the course's PINs": func(t *testing.T, r *room) {
		verify := func(hash, pin string) bool { return hash != "" && hash == "pin of "+pin }
		who, course, err := r.serve.SignIn(r.ctx, "ma201", "Bose", verify)
		same(t, "error", err, nil)
		same(t, "who", who.ID, r.Bose.ID)
		same(t, "course", course.ID, r.Maths.ID)
		for _, tc := range [][2]string{{"CS301", "Bose"}, {"CS301", "Sen"}, {"nothing", "Rao"}, {"CS100", "Rao"}} {
			if _, _, err := r.serve.SignIn(r.ctx, tc[0], tc[1], verify); !errors.Is(err, attendance.ErrCredentials) {
				t.Errorf("%s with the PIN of %s: got %v, want ErrCredentials", tc[0], tc[1], err)
			}
		}
	},
}
