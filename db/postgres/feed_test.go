package postgres_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

// scoped makes a pendrive that holds some courses.
func (s store) scoped(t testing.TB, name string, codes ...string) attendance.ID {
	t.Helper()
	n, _ := s.offer(t, name, codes...)
	return n.ID
}

func TestTheFeedGivesANodeItsCoursesAndNothingElse(t *testing.T) {
	t.Parallel()
	s := setup(t, 3, postgres.Options{})
	other, elsewhere := newID(t), newID(t)
	s.change(t, func(ctx context.Context, r attendance.Registrar) error {
		return errors.Join(
			r.PutCourse(ctx, course(other, "MA201")),
			r.PutStudent(ctx, student(elsewhere, 9)),
			r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: newID(t), Course: other, Student: elsewhere, Roll: 1, FromMS: 1}),
			r.PutSetting(ctx, attendance.SettingEntry{Key: "institution", Value: json.RawMessage(`{"name": "A <b>"}`), Travels: true}),
			r.PutSetting(ctx, attendance.SettingEntry{Key: "secret", Value: json.RawMessage(`1`)}),
		)
	})
	f := s.follow(s.scoped(t, "mine", "cs301"))
	f.pull(t)
	for kind, want := range map[attendance.RowKind]int{
		attendance.CourseRow: 1, attendance.TeacherRow: 1, attendance.TeachingRow: 1,
		attendance.StudentRow: 3, attendance.EnrolmentRow: 3, attendance.SettingRow: 1,
	} {
		if got := f.count(kind); got != want {
			t.Errorf("%s: got %d rows, want %d", kind, got, want)
		}
	}
	all := s.follow(s.pair(t, "all").ID)
	all.pull(t)
	if got := all.count(attendance.StudentRow); got != 4 {
		t.Errorf("the drive of all courses: got %d students, want 4", got)
	}
}

func TestTheFeedFollowsChanges(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, postgres.Options{})
	f := s.follow(s.scoped(t, "mine", "CS301"))
	f.pull(t)
	late, enrolment := newID(t), newID(t)
	s.change(t, func(ctx context.Context, r attendance.Registrar) error { // before anybody of the node's courses knows him
		return r.PutStudent(ctx, student(late, 3))
	})
	f.pull(t)
	if got := f.count(attendance.StudentRow); got != 2 {
		t.Errorf("a student of no course: got %d, want 2", got)
	}
	e := attendance.FeedEnrolment{ID: enrolment, Course: s.course, Student: late, Roll: 3, FromMS: 1}
	s.change(t, func(ctx context.Context, r attendance.Registrar) error { return r.PutEnrolment(ctx, e) })
	p, err := s.Feed(t.Context(), f.node, f.generation, f.rev, f.cursor)
	if err != nil || len(p.Changes) != 2 || p.Changes[0].Kind != attendance.StudentRow || p.Changes[1].Kind != attendance.EnrolmentRow {
		t.Errorf("got %+v, %v, want the student before the enrolment and nothing else", p.Changes, err)
	}
	f.pull(t)
	renamed := student(late, 3)
	renamed.Name = "Renamed"
	s.change(t, func(ctx context.Context, r attendance.Registrar) error { return r.PutStudent(ctx, renamed) })
	f.pull(t)
	var got attendance.FeedStudent
	if err := json.Unmarshal(f.rows["student"+late.String()].Row, &got); err != nil || got.Name != "Renamed" {
		t.Errorf("got %+v, %v, want the new name", got, err)
	}
	s.change(t, func(ctx context.Context, r attendance.Registrar) error { // imported by mistake
		return errors.Join(r.Remove(ctx, attendance.EnrolmentRow, enrolment.String()), r.Remove(ctx, attendance.StudentRow, late.String()))
	})
	f.pull(t)
	if st, en := f.count(attendance.StudentRow), f.count(attendance.EnrolmentRow); st != 2 || en != 2 {
		t.Errorf("after the removal: got %d students and %d enrolments, want 2 and 2", st, en)
	}
}

func TestAPlaceThatMeansNothingAnyMoreIsRefused(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, postgres.Options{})
	f := s.follow(s.scoped(t, "mine", "CS301"))
	f.pull(t)
	for name, ask := range map[string]func() (attendance.Page, error){
		"another generation": func() (attendance.Page, error) { return s.Feed(t.Context(), f.node, newID(t), f.rev, "") },
		"a revision to come": func() (attendance.Page, error) { return s.Feed(t.Context(), f.node, f.generation, f.rev+1, "") },
	} {
		if _, err := ask(); !errors.Is(err, attendance.ErrRefetch) {
			t.Errorf("%s: got %v, want ErrRefetch", name, err)
		}
	}
	s.change(t, func(ctx context.Context, r attendance.Registrar) error {
		if err := r.PutCourse(ctx, course(newID(t), "MA201")); err != nil {
			return err
		}
		return r.Scope(ctx, f.node, attendance.Holding{All: true})
	})
	if _, err := s.Feed(t.Context(), f.node, f.generation, f.rev, f.cursor); !errors.Is(err, attendance.ErrRefetch) {
		t.Errorf("other courses: got %v, want ErrRefetch", err)
	}
	f.pull(t)
	if got := f.count(attendance.CourseRow); got != 2 {
		t.Errorf("after the snapshot: got %d courses, want 2", got)
	}
	if _, err := s.Feed(t.Context(), newID(t), attendance.ID{}, 0, ""); !errors.Is(err, attendance.ErrNotFound) {
		t.Errorf("an unknown node: got %v, want not found", err)
	}
}

func TestALargeImportIsOnePageAndSmallOnesAreMany(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, postgres.Options{})
	f := s.follow(s.scoped(t, "mine", "CS301"))
	f.pull(t)
	roll := 10
	enrol := func(n int) {
		s.change(t, func(ctx context.Context, r attendance.Registrar) error {
			for range n {
				id := newID(t)
				roll++
				if err := errors.Join(r.PutStudent(ctx, student(id, roll)),
					r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: newID(t), Course: s.course, Student: id, Roll: roll, FromMS: 1})); err != nil {
					return err
				}
			}
			return nil
		})
	}
	enrol(900)
	enrol(900)
	if got := f.pull(t); got != 2 {
		t.Errorf("two imports of 1,800 rows: got %d pages, want 2", got)
	}
	enrol(1500)
	if got := f.pull(t); got != 1 {
		t.Errorf("one import of 3,000 rows: got %d pages, want 1", got)
	}
	if got := f.count(attendance.StudentRow); got != 3301 {
		t.Errorf("got %d students, want 3301", got)
	}
}
