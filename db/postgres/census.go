package postgres

import (
	"context"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// ReportCourses are the courses of a term, of a student, or one; by code. Without
// any of them all that are not archived.
func (s *Store) ReportCourses(ctx context.Context, term, course, student attendance.ID) ([]attendance.SubjectCourse, error) {
	rows, err := dbsqlc.New(s.pool).ReportCourses(ctx, term, course, student)
	out := make([]attendance.SubjectCourse, len(rows))
	for i, r := range rows {
		out[i] = attendance.SubjectCourse{
			Course:   attendance.Course{ID: r.ID, Code: r.Code, Name: r.Name, DefaultMinutes: int(r.DefaultMinutes), Archived: r.ArchivedAt != nil},
			Term:     attendance.Term{ID: r.TermID, Name: r.TermName, StartsOn: r.StartsOn.Time, EndsOn: r.EndsOn.Time},
			Sessions: int(r.Sessions), Students: int(r.Students),
		}
	}
	return out, err
}

// Began are the sessions that began in [from, until), oldest first.
func (s *Store) Began(ctx context.Context, from, until time.Time) ([]attendance.Began, error) {
	rows, err := dbsqlc.New(s.pool).Began(ctx, from, until)
	out := make([]attendance.Began, len(rows))
	for i, r := range rows {
		out[i] = attendance.Began{Course: r.CourseID, At: r.OpenedAt}
	}
	return out, err
}

// Contacts are those of some students.
func (s *Store) Contacts(ctx context.Context, students []attendance.ID) (map[attendance.ID]attendance.Contact, error) {
	rows, err := dbsqlc.New(s.pool).Contacts(ctx, students)
	out := make(map[attendance.ID]attendance.Contact, len(rows))
	for _, r := range rows {
		out[r.ID] = attendance.Contact{Email: r.Email, Email2: r.Email2}
	}
	return out, err
}

// TeacherNames are who holds some courses now.
func (s *Store) TeacherNames(ctx context.Context, courses []attendance.ID) (map[attendance.ID]string, error) {
	rows, err := dbsqlc.New(s.pool).TeacherNames(ctx, courses, s.now())
	out := make(map[attendance.ID]string, len(rows))
	for _, r := range rows {
		out[r.CourseID] = r.Names
	}
	return out, err
}
