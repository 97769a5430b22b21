package postgres_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

// notes is how much was noted of the course and not counted.
func (s *school) notes(t testing.TB) int {
	t.Helper()
	var n int
	if err := s.pool.QueryRow(t.Context(), "SELECT count(*) FROM stale WHERE course_id = $1", s.course.String()).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (s *school) count(t testing.TB) {
	t.Helper()
	if err := s.InCount(t.Context(), func(ctx context.Context, tx attendance.Counter) error {
		return s.serve.CountCourse(ctx, tx, s.course)
	}); err != nil {
		t.Fatal(err)
	}
}

func (s *school) uncounted(t testing.TB) bool {
	t.Helper()
	all, err := s.Uncounted(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return slices.Contains(all, s.course)
}

// kept is what is stored of a student and in all sessions.
func (s *school) kept(t testing.TB, student attendance.ID) (cells string, sessions, present, absent int) {
	t.Helper()
	err := s.pool.QueryRow(t.Context(), `SELECT coalesce((SELECT cells FROM student_count WHERE course_id = $1 AND student_id = $2), 'none'),
		count(*), coalesce(sum(present), 0), coalesce(sum(absent), 0) FROM session_count WHERE course_id = $1`,
		s.course.String(), student.String()).Scan(&cells, &sessions, &present, &absent)
	if err != nil {
		t.Fatal(err)
	}
	return cells, sessions, present, absent
}

func (s *school) mark(t testing.TB, session attendance.ID, status attendance.Status, students ...attendance.ID) {
	t.Helper()
	if _, err := s.serve.Mark(t.Context(), s.rao(), session, attendance.Verdict{Gesture: newID(t), Status: status, Students: students}); err != nil {
		t.Fatal(err)
	}
}

func (s *school) close(t testing.TB, session attendance.ID) {
	t.Helper()
	if _, err := s.serve.Close(t.Context(), s.rao(), session); err != nil {
		t.Fatal(err)
	}
}

func TestCountsFollowTheRegister(t *testing.T) {
	t.Parallel()
	told := 0
	s := setup(t, 3, postgres.Options{Recount: func(_ context.Context, _ pgx.Tx, courses []attendance.ID) error {
		told += len(courses)
		return nil
	}})
	s.count(t)
	if n := s.notes(t); n != 0 || s.uncounted(t) {
		t.Fatalf("got %d notes, want a count to cover all", n)
	}
	told = 0
	se := s.open(t)
	s.mark(t, se.ID, attendance.Present, s.students[0])
	if n := s.notes(t); n != 0 || told != 0 {
		t.Errorf("got %d notes and %d counts, want a mark in class to cost neither", n, told)
	}
	s.close(t, se.ID)
	if n := s.notes(t); n != 1 || told != 1 {
		t.Errorf("got %d notes and %d counts, want the end to ask for one", n, told)
	}
	s.count(t)
	if cells, n, p, a := s.kept(t, s.students[0]); cells != "P" || n != 1 || p != 1 || a != 2 {
		t.Errorf("got %s in %d sessions with %d present and %d absent, want P, 1, 1, 2", cells, n, p, a)
	}
	s.mark(t, se.ID, attendance.Excused, s.students[0])
	if n := s.notes(t); n != 1 {
		t.Errorf("got %d notes, want a correction to leave one", n)
	}
	s.count(t)
	if cells, _, p, _ := s.kept(t, s.students[0]); cells != "E" || p != 0 {
		t.Errorf("got %s with %d present, want the correction counted", cells, p)
	}
	gone := newID(t)
	s.change(t, func(ctx context.Context, r attendance.Registrar) error {
		return errors.Join(r.PutStudent(ctx, student(gone, 9)),
			r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: gone, Course: s.course, Student: gone, Roll: 9, FromMS: longAgo.UnixMilli()}))
	})
	if n := s.notes(t); n != 1 {
		t.Errorf("got %d notes, want an enrolment to leave one", n)
	}
	s.count(t)
	if cells, _, _, a := s.kept(t, gone); cells != "A" || a != 3 {
		t.Errorf("got %s with %d absent, want the new student counted", cells, a)
	}
	s.change(t, func(ctx context.Context, r attendance.Registrar) error {
		return r.Remove(ctx, attendance.EnrolmentRow, gone.String())
	})
	s.count(t)
	if cells, _, _, a := s.kept(t, gone); cells != "none" || a != 2 {
		t.Errorf("got %s with %d absent, want the removed one gone", cells, a)
	}
}

func TestWhatIsCommittedDuringACountIsNotLost(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, postgres.Options{})
	se := s.open(t)
	s.close(t, se.ID)
	err := s.InCount(t.Context(), func(ctx context.Context, tx attendance.Counter) error {
		if _, err := tx.Stale(ctx, s.course); err != nil { // the state is fixed
			return err
		}
		s.mark(t, se.ID, attendance.Present, s.students[0])
		return s.serve.CountCourse(ctx, tx, s.course)
	})
	if err != nil {
		t.Fatal(err)
	}
	if cells, _, _, _ := s.kept(t, s.students[0]); cells != "A" || s.notes(t) != 1 || !s.uncounted(t) {
		t.Errorf("got %s and %d notes, want the old state and the note of the new one", cells, s.notes(t))
	}
	s.count(t)
	if cells, _, _, _ := s.kept(t, s.students[0]); cells != "P" || s.notes(t) != 0 {
		t.Errorf("got %s and %d notes, want P and none", cells, s.notes(t))
	}
}

func TestOfTwoCountsOneBeginsAgain(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, postgres.Options{})
	se := s.open(t)
	s.close(t, se.ID)
	runs := 0
	err := s.InCount(t.Context(), func(ctx context.Context, tx attendance.Counter) error {
		if _, err := tx.Stale(ctx, s.course); err != nil {
			return err
		}
		if runs++; runs == 1 {
			s.mark(t, se.ID, attendance.Present, s.students[0])
			s.count(t) // newer, and committed first: must not be overwritten
		}
		return s.serve.CountCourse(ctx, tx, s.course)
	})
	if err != nil || runs != 2 {
		t.Fatalf("got %d runs, %v, want the older one to begin again", runs, err)
	}
	if cells, _, _, _ := s.kept(t, s.students[0]); cells != "P" || s.notes(t) != 0 {
		t.Errorf("got %s and %d notes, want P and none", cells, s.notes(t))
	}
}

func TestAClassThatNobodyEndedIsCountedOnceItIsSettled(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := setup(t, 2, postgres.Options{Now: func() time.Time { return now }})
	s.count(t)
	d := newDrive(t, s.pair(t, "Room 1").ID)
	d.start = now.Add(-61 * time.Minute) // its time was up a minute ago
	se := d.opens(t, s).Session
	s.mustReceive(t, d.from(0))
	if s.notes(t) != 1 {
		t.Errorf("got %d notes, want one: its time is up", s.notes(t))
	}
	s.count(t)
	if _, n, _, _ := s.kept(t, s.students[0]); n != 0 || s.uncounted(t) {
		t.Errorf("got %d sessions, want it left to those who read", n)
	}
	now = now.Add(time.Hour)
	if !s.uncounted(t) {
		t.Error("want it to be found an hour later")
	}
	if _, err := s.pool.Exec(t.Context(), "UPDATE session SET closes_at = closes_at - interval '1 hour' WHERE id = $1", se.String()); err != nil {
		t.Fatal(err) // the service's clock cannot be moved
	}
	s.count(t)
	if _, n, _, a := s.kept(t, s.students[0]); n != 1 || a != 2 || s.uncounted(t) {
		t.Errorf("got %d sessions with %d absent, want it counted", n, a)
	}
	if _, err := s.pool.Exec(t.Context(), "UPDATE session SET closes_at = $2 WHERE id = $1", se.String(), now.Add(time.Hour)); err != nil {
		t.Fatal(err) // extended, as we hear too late
	}
	s.mark(t, se, attendance.Present, s.students[0])
	if s.notes(t) != 1 {
		t.Errorf("got %d notes, want one: it was counted as over", s.notes(t))
	}
	s.count(t)
	if _, n, _, _ := s.kept(t, s.students[0]); n != 0 {
		t.Errorf("got %d sessions, want none: it runs again", n)
	}
}

func TestARecountWritesOnlyWhatChanged(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, postgres.Options{})
	for range 2 {
		se := s.open(t)
		s.close(t, se.ID)
		s.count(t)
	}
	versions := func() (out []string) {
		rows, err := s.pool.Query(t.Context(), "SELECT ctid::text FROM session_count UNION ALL SELECT ctid::text FROM student_count UNION ALL SELECT ctid::text FROM strip")
		if err != nil {
			t.Fatal(err)
		}
		if out, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
			t.Fatal(err)
		}
		return out
	}
	before := versions()
	s.count(t)
	if after := versions(); !reflect.DeepEqual(before, after) || len(after) != 5 {
		t.Errorf("got rows at %v, want them untouched at %v", after, before)
	}
}

func TestAnEnrolmentThatEndsByItselfIsNoticed(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := setup(t, 3, postgres.Options{Now: func() time.Time { return now }})
	leaves := newID(t)
	s.change(t, func(ctx context.Context, r attendance.Registrar) error {
		return errors.Join(r.PutStudent(ctx, student(leaves, 9)), r.PutEnrolment(ctx, attendance.FeedEnrolment{
			ID: leaves, Course: s.course, Student: leaves, Roll: 9, FromMS: longAgo.UnixMilli(), ToMS: now.Add(time.Hour).UnixMilli(),
		}))
	})
	is := func(when string, at time.Time, enrolled int, pending bool) {
		t.Helper()
		err := s.InFigures(t.Context(), func(ctx context.Context, tx attendance.Figures) error {
			lines, err := tx.CourseLines(ctx, attendance.ID{}, at, attendance.Parts{Bands: true})
			if err != nil {
				return err
			}
			lacks, err := tx.Pending(ctx, at)
			if lines[0].Enrolled != enrolled || lacks[s.course] != pending {
				t.Errorf("%s: got %d enrolled, pending %v, want %d, %v", when, lines[0].Enrolled, lacks[s.course], enrolled, pending)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	is("before it is counted", now, 4, true)
	s.count(t)
	is("counted", now, 4, false)
	if s.uncounted(t) {
		t.Error("want nothing left to count")
	}
	now = now.Add(2 * time.Hour)
	is("two hours later", now, 3, true)
	if !s.uncounted(t) {
		t.Error("want the next count to be asked for")
	}
	s.change(t, func(ctx context.Context, r attendance.Registrar) error {
		return r.Remove(ctx, attendance.EnrolmentRow, leaves.String())
	})
	is("the enrolment was removed", now.Add(-2*time.Hour), 3, true)
	s.count(t)
	is("and counted", now, 3, false)
}
