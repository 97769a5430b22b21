package attendance

import (
	"context"
	"errors"
	"time"
)

// Codes are the courses somebody can sign in to.
func (s *Service) Codes(ctx context.Context) ([]Course, error) {
	var out []Course
	err := s.store.View(ctx, func(ctx context.Context, tx Tx) (err error) {
		out, err = tx.Courses(ctx)
		return err
	})
	return out, err
}

// SignIn finds the teacher of a course whose PIN this is. verify compares a PIN
// with an argon2id verifier; it is called at least once whatever the code, so that an
// unknown course takes as long as a wrong PIN and gets the same answer.
func (s *Service) SignIn(ctx context.Context, code, pin string, verify func(hash, pin string) bool) (Instructor, Course, error) {
	var course Course
	var held []Instructor
	err := s.store.View(ctx, func(ctx context.Context, tx Tx) (err error) {
		course, err = tx.CourseByCode(ctx, code)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		held, err = tx.Instructors(ctx, course.ID)
		return err
	})
	if err != nil {
		return Instructor{}, Course{}, err
	}
	if len(held) == 0 {
		verify("", pin)
	}
	for _, in := range held {
		if verify(in.PINHash, pin) {
			return in, course, nil
		}
	}
	return Instructor{}, Course{}, ErrCredentials
}

// Held is one of a teacher's courses as their day shows it.
type Held struct {
	Course
	Enrolled int
	Running  Session // zero: none
	Last     Session // the newest that ended; zero: none yet
}

// Day is a teacher's start page.
type Day struct {
	Teacher Instructor
	School  School
	Courses []Held
	Backlog Backlog
}

// Day reads a teacher's courses and what runs in them.
func (s *Service) Day(ctx context.Context, by Actor) (Day, error) {
	var out Day
	now := s.world.Now()
	err := s.store.View(ctx, func(ctx context.Context, tx Tx) (err error) {
		if out.Teacher, err = tx.Instructor(ctx, by.ID); err != nil {
			return err
		}
		if out.School, err = s.school(ctx, tx); err != nil {
			return err
		}
		courses, err := tx.CoursesOf(ctx, by.ID)
		if err != nil {
			return err
		}
		for _, c := range courses {
			h := Held{Course: c}
			roster, err := tx.Roster(ctx, c.ID)
			if err != nil {
				return err
			}
			h.Enrolled = len(roster.At(now))
			sessions, err := tx.Sessions(ctx, c.ID)
			if err != nil {
				return err
			}
			for _, se := range sessions {
				if se.OpenAt(now) {
					h.Running = se
				} else {
					h.Last = se
				}
			}
			out.Courses = append(out.Courses, h)
		}
		out.Backlog, err = tx.Backlog(ctx)
		if out.Backlog.Cloud {
			out.Backlog.Unplaced = 0 // the whole school's inbox is the office's
		}
		return err
	})
	return out, err
}

// Classroom is a course with its teachers, the students expected now and the session
// that runs, if any.
type Classroom struct {
	Course   Course
	Teachers []Instructor
	Students Roster
	Running  Session
	Now      time.Time
}

// Classroom restores a teacher's screen after a reload.
func (s *Service) Classroom(ctx context.Context, by Actor, course ID) (Classroom, error) {
	now := s.world.Now()
	out := Classroom{Now: now}
	err := s.store.View(ctx, func(ctx context.Context, tx Tx) (err error) {
		if out.Course, err = tx.Course(ctx, course); err != nil {
			return err
		}
		if err = teaches(ctx, tx, by, course); err != nil {
			return err
		}
		if out.Teachers, err = tx.Instructors(ctx, course); err != nil {
			return err
		}
		sessions, err := tx.Sessions(ctx, course)
		if err != nil {
			return err
		}
		at := now
		for _, se := range sessions {
			if se.OpenAt(now) {
				out.Running, at = se, se.OpenedAt
			}
		}
		roster, err := tx.Roster(ctx, course)
		out.Students = roster.At(at)
		return err
	})
	return out, err
}
