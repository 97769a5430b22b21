package postgres

import (
	"context"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

func (t *tx) Courses(ctx context.Context) ([]attendance.Course, error) {
	rows, err := t.q.Courses(ctx)
	return courses(rows), err
}

func (t *tx) CoursesOf(ctx context.Context, teacher attendance.ID) ([]attendance.Course, error) {
	rows, err := t.q.CoursesOf(ctx, teacher, t.now())
	return courses(rows), err
}

func (t *tx) Course(ctx context.Context, id attendance.ID) (attendance.Course, error) {
	row, err := t.q.Course(ctx, id)
	return course(row), missing(err, "course", id)
}

func (t *tx) CourseByCode(ctx context.Context, code string) (attendance.Course, error) {
	row, err := t.q.CourseByCode(ctx, code)
	return course(row), missing(err, "course", named(code))
}

// LockCourse implements attendance.CourseLocker.
func (t *tx) LockCourse(ctx context.Context, id attendance.ID) error {
	return t.q.LockCourse(ctx, id)
}

func (t *tx) Instructors(ctx context.Context, course attendance.ID) ([]attendance.Instructor, error) {
	rows, err := t.q.Instructors(ctx, course, t.now())
	out := make([]attendance.Instructor, len(rows))
	for i, r := range rows {
		out[i] = instructor(r)
	}
	return out, err
}

func (t *tx) Instructor(ctx context.Context, id attendance.ID) (attendance.Instructor, error) {
	row, err := t.q.Instructor(ctx, id)
	return instructor(row), missing(err, "teacher", id)
}

func (t *tx) Roster(ctx context.Context, course attendance.ID) (attendance.Roster, error) {
	rows, err := t.q.Roster(ctx, course)
	out := make(attendance.Roster, len(rows))
	for i, r := range rows {
		out[i] = member(r)
	}
	return out, err
}

func member(r dbsqlc.RosterRow) attendance.Member {
	return attendance.Member{
		Student: r.StudentID, Course: r.CourseID, Roll: int(r.Roll), Name: r.Name,
		UniversityRoll: r.UniversityRoll, EnrolmentNo: r.EnrolmentNo, From: r.FromAt, To: moment(r.ToAt),
	}
}

func course(r dbsqlc.Course) attendance.Course {
	return attendance.Course{
		ID: r.ID, Code: r.Code, Name: r.Name, DefaultMinutes: int(r.DefaultMinutes), Archived: r.ArchivedAt != nil,
	}
}

func courses(rows []dbsqlc.Course) []attendance.Course {
	out := make([]attendance.Course, len(rows))
	for i, r := range rows {
		out[i] = course(r)
	}
	return out
}

func instructor(r dbsqlc.Teacher) attendance.Instructor {
	return attendance.Instructor{ID: r.ID, Name: r.Name, PINHash: r.PINHash}
}

// named is a key that is a name already.
type named string

func (n named) String() string { return string(n) }
