package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

func TestABrokenRuleNamesItsField(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, postgres.Options{})
	now := time.Now().UnixMilli()
	other := newID(t)
	taken := student(newID(t), 1)
	s.change(t, func(ctx context.Context, r attendance.Registrar) error {
		return errors.Join(r.PutStudent(ctx, taken), r.PutStudent(ctx, student(other, 2)), r.PutTerm(ctx, attendance.Term{ID: newID(t), Name: "Monsoon"}))
	})
	for name, tc := range map[string]struct {
		field string
		taken bool // by another row
		do    func(context.Context, attendance.Registrar) error
	}{
		"a course code that is taken": {"code", true, func(ctx context.Context, r attendance.Registrar) error {
			return r.PutCourse(ctx, course(newID(t), "cs301"))
		}},
		"a teacher code that is taken": {"code", true, func(ctx context.Context, r attendance.Registrar) error {
			return r.PutTeacher(ctx, attendance.TeacherEntry{FeedTeacher: attendance.FeedTeacher{ID: newID(t), Name: "B", Code: "t1"}})
		}},
		"a number that is taken": {"university_roll", true, func(ctx context.Context, r attendance.Registrar) error {
			again := student(newID(t), 9)
			again.UniversityRoll = taken.UniversityRoll
			return r.PutStudent(ctx, again)
		}},
		"a roll that is taken": {"roll", true, func(ctx context.Context, r attendance.Registrar) error {
			return r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: newID(t), Course: s.course, Student: other, Roll: 1, FromMS: now})
		}},
		"a student who is there": {"student", true, func(ctx context.Context, r attendance.Registrar) error {
			return r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: newID(t), Course: s.course, Student: s.students[0], Roll: 9, FromMS: now})
		}},
		"a roll of zero": {"roll", false, func(ctx context.Context, r attendance.Registrar) error {
			return r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: newID(t), Course: s.course, Student: other, FromMS: now})
		}},
		"a class without end": {"default_minutes", false, func(ctx context.Context, r attendance.Registrar) error {
			c := course(newID(t), "X")
			c.DefaultMinutes = 10000
			return r.PutCourse(ctx, c)
		}},
		"a term's name that is taken": {"name", true, func(ctx context.Context, r attendance.Registrar) error {
			return r.PutTerm(ctx, attendance.Term{ID: newID(t), Name: "MONSOON"})
		}},
		"a student with a class": {"id", false, func(ctx context.Context, r attendance.Registrar) error {
			return r.Remove(ctx, attendance.StudentRow, s.students[0].String())
		}},
		"a removed thing that never was": {"", false, func(ctx context.Context, r attendance.Registrar) error {
			return r.Remove(ctx, attendance.TeacherRow, newID(t).String())
		}},
		"a pendrive that never was": {"", false, func(ctx context.Context, r attendance.Registrar) error {
			return r.Scope(ctx, newID(t), attendance.Holding{All: true})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := s.Change(t.Context(), tc.do)
			var bad attendance.Invalid
			var taken attendance.Taken
			if errors.As(err, &taken) != tc.taken || errors.As(err, &bad) != (tc.field != "" && !tc.taken) || bad.Field+taken.Field != tc.field {
				t.Errorf("got %T %v, want field %q, taken %v", err, err, tc.field, tc.taken)
			}
			if tc.field == "" && !errors.Is(err, attendance.ErrNotFound) {
				t.Errorf("got %v, want not found", err)
			}
		})
	}
}

func TestWhomARowIsAboutNeverChanges(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, postgres.Options{})
	e := attendance.FeedEnrolment{ID: newID(t), Course: s.course, Student: s.students[0], Roll: 7, FromMS: 1, ToMS: 2}
	s.change(t, func(ctx context.Context, r attendance.Registrar) error { return r.PutEnrolment(ctx, e) })
	e.Student = s.students[1]
	_, err := s.Change(t.Context(), func(ctx context.Context, r attendance.Registrar) error { return r.PutEnrolment(ctx, e) })
	var bad attendance.Invalid
	if !errors.As(err, &bad) {
		t.Errorf("an enrolment: got %v, want invalid", err)
	}
	h := attendance.FeedTeaching{ID: newID(t), Course: s.course, Teacher: s.teacher, FromMS: 1, ToMS: 2}
	s.change(t, func(ctx context.Context, r attendance.Registrar) error { return r.PutTeaching(ctx, h) })
	h.Course = newID(t)
	s2 := course(h.Course, "MA201")
	_, err = s.Change(t.Context(), func(ctx context.Context, r attendance.Registrar) error {
		return errors.Join(r.PutCourse(ctx, s2), r.PutTeaching(ctx, h))
	})
	if !errors.As(err, &bad) {
		t.Errorf("a teaching: got %v, want invalid", err)
	}
}

func TestRevisionsAreDense(t *testing.T) {
	t.Parallel()
	s := open(t, postgres.Options{})
	for want := int64(1); want <= 3; want++ {
		got := s.change(t, func(ctx context.Context, r attendance.Registrar) error {
			return r.PutCourse(ctx, course(newID(t), newID(t).String()))
		})
		if got != want {
			t.Errorf("got revision %d, want %d", got, want)
		}
		_, err := s.Change(t.Context(), func(ctx context.Context, r attendance.Registrar) error {
			return errors.Join(r.PutCourse(ctx, course(newID(t), newID(t).String())), errOnPurpose)
		})
		if !errors.Is(err, errOnPurpose) {
			t.Errorf("got %v, want the failure", err)
		}
	}
	head, err := s.Head(t.Context())
	if err != nil || head.Rev != 3 {
		t.Errorf("got head %d, %v, want 3: what failed takes no revision", head.Rev, err)
	}
}
