package attendance

import (
	"context"
	"time"
)

// StudentSheet is every class of one student, course by course.
type StudentSheet struct {
	Student Member // as the last of the courses knows them
	Courses []StudentCourse
	School  string
	Zone    *time.Location
	Now     time.Time
}

// StudentCourse is every class of one student in one course.
type StudentCourse struct {
	Course Course
	Member Member
	Policy Policy
	Tally
	Lines []StudentLine // oldest first
}

// StudentLine is one class of a student.
type StudentLine struct {
	Session Session
	Status  Status
	Reason  string // of the mark, where one was given
}

// OfStudent is one student's part of the register: the classes that were held
// while they were enrolled. False: they never were.
func (r Register) OfStudent(student ID) (StudentCourse, bool) {
	out := StudentCourse{Course: r.Course, Policy: r.Policy}
	known := false
	for _, m := range r.Students {
		if m.Student == student {
			out.Member, known = m, true
		}
	}
	if !known {
		return out, false
	}
	out.Tally = r.CountStudent(student)
	for i, st := range r.Row(student) {
		se := r.Sessions[i]
		if _, was := r.Roster.ByStudent(student, se.OpenedAt); was || st != NotRequired {
			out.Lines = append(out.Lines, StudentLine{Session: se, Status: st, Reason: r.Reasons[se.ID][student]})
		}
	}
	return out, true
}

// StudentSheet reads a student's classes in some courses that began in a period
// (zero times are open). A student reads their own, a teacher those of their courses.
func (s *Service) StudentSheet(ctx context.Context, by Actor, student ID, courses []ID, from, until time.Time) (StudentSheet, error) {
	if by.Role == RoleStudent && by.ID != student {
		return StudentSheet{}, ErrForbidden
	}
	var out StudentSheet
	err := s.store.View(ctx, func(ctx context.Context, tx Tx) error {
		school, err := s.school(ctx, tx)
		if err != nil {
			return err
		}
		out = StudentSheet{School: school.Name, Zone: school.Zone, Now: s.world.Now()}
		for _, course := range courses {
			read := s.register
			if by.Role == RoleStudent {
				read = func(ctx context.Context, tx Tx, _ Actor, course ID) (Register, error) {
					return s.registerOf(ctx, tx, course)
				}
			}
			reg, err := read(ctx, tx, by, course)
			if err != nil {
				return err
			}
			one, known := reg.Between(from, until).OfStudent(student)
			if !known {
				return Missing{What: "student in " + reg.Course.Code, Key: student.String()}
			}
			out.Student = one.Member
			out.Courses = append(out.Courses, one)
		}
		return nil
	})
	return out, err
}
