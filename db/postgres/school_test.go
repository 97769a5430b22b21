package postgres_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

var longAgo = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// school is a store with one course of some students, its teacher, a pendrive and
// the service of the cloud.
type school struct {
	store
	course, teacher attendance.ID
	students        []attendance.ID
	cloud           attendance.ID
	serve           *attendance.Service
}

func setup(t testing.TB, students int, o postgres.Options) *school {
	t.Helper()
	s := &school{store: open(t, o), course: newID(t), teacher: newID(t)}
	s.change(t, func(ctx context.Context, r attendance.Registrar) error {
		if err := r.PutCourse(ctx, course(s.course, "CS301")); err != nil {
			return err
		}
		if err := r.PutTeacher(ctx, attendance.TeacherEntry{FeedTeacher: attendance.FeedTeacher{ID: s.teacher, Name: "Asha Rao", Code: "T1"}}); err != nil {
			return err
		}
		if err := r.PutTeaching(ctx, attendance.FeedTeaching{ID: newID(t), Course: s.course, Teacher: s.teacher, FromMS: longAgo.UnixMilli()}); err != nil {
			return err
		}
		for i := range students {
			st := newID(t)
			s.students = append(s.students, st)
			if err := r.PutStudent(ctx, student(st, i+1)); err != nil {
				return err
			}
			if err := r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: newID(t), Course: s.course, Student: st, Roll: i + 1, FromMS: longAgo.UnixMilli()}); err != nil {
				return err
			}
		}
		return nil
	})
	var err error
	if s.cloud, err = s.CloudNode(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.serve = s.service(t)
	return s
}

func (s *school) service(t testing.TB) *attendance.Service {
	t.Helper()
	world := attendance.World{Now: time.Now, Rand: rand.Reader}
	serve, err := attendance.NewService(t.Context(), s.Store, world, s.cloud, attendance.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	return serve
}

func (s *school) rao() attendance.Actor {
	return attendance.Actor{ID: s.teacher, Role: attendance.RoleTeacher}
}

func (s *school) open(t testing.TB) attendance.Session {
	t.Helper()
	se, err := s.serve.Open(t.Context(), s.rao(), attendance.Order{Course: s.course, Kind: attendance.Offline})
	if err != nil {
		t.Fatal(err)
	}
	return se
}

func (s store) change(t testing.TB, fn func(context.Context, attendance.Registrar) error) int64 {
	t.Helper()
	rev, err := s.Change(t.Context(), fn)
	if err != nil {
		t.Fatal(err)
	}
	return rev
}

func (s store) facts(t testing.TB, session attendance.ID) []attendance.Fact {
	t.Helper()
	return view(t, s, func(ctx context.Context, tx attendance.Tx) ([]attendance.Fact, error) {
		return tx.Facts(ctx, session, attendance.Which{})
	})
}

func (s store) unplaced(t testing.TB) []attendance.Fact {
	t.Helper()
	return view(t, s, func(ctx context.Context, tx attendance.Tx) ([]attendance.Fact, error) {
		return tx.Unplaced(ctx, attendance.ID{})
	})
}

func view[T any](t testing.TB, s store, fn func(context.Context, attendance.Tx) (T, error)) T {
	t.Helper()
	var out T
	err := s.View(t.Context(), func(ctx context.Context, tx attendance.Tx) (err error) {
		out, err = fn(ctx, tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func course(id attendance.ID, code string) attendance.CourseEntry {
	return attendance.CourseEntry{FeedCourse: attendance.FeedCourse{ID: id, Code: code, Name: "Course " + code, DefaultMinutes: 50}}
}

func student(id attendance.ID, n int) attendance.StudentEntry {
	return attendance.StudentEntry{FeedStudent: attendance.FeedStudent{
		ID: id, Name: fmt.Sprintf("Student %d", n), UniversityRoll: fmt.Sprintf("%s-%d", id, n), EnrolmentNo: fmt.Sprintf("EN-%s", id),
	}}
}

func newID(t testing.TB) attendance.ID {
	t.Helper()
	id, err := attendance.NewID(time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
