package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite/internal/dbsqlc"
)

func course(r dbsqlc.Course) attendance.Course {
	return attendance.Course{
		ID: r.ID, Code: r.Code, Name: r.Name, DefaultMinutes: int(r.DefaultMinutes), Archived: r.Archived,
	}
}

func instructor(r dbsqlc.Teacher) attendance.Instructor {
	return attendance.Instructor{ID: r.ID, Name: r.Name, PINHash: r.PINHash}
}

func (t *tx) nowMS() int64 { return t.s.opt.Now().UnixMilli() }

func (t *tx) Courses(ctx context.Context) ([]attendance.Course, error) {
	rows, err := t.q.Courses(ctx)
	return each(rows, course), err
}

// Course finds a course by its id, whether or not the feed has taken it away
// since: its sessions still name it.
func (t *tx) Course(ctx context.Context, id attendance.ID) (attendance.Course, error) {
	r, err := t.q.Course(ctx, id)
	return course(r), missing(err, "course", id)
}

func (t *tx) CourseByCode(ctx context.Context, code string) (attendance.Course, error) {
	r, err := t.q.CourseByCode(ctx, strings.ToLower(code))
	if errors.Is(err, sql.ErrNoRows) {
		return attendance.Course{}, attendance.Missing{What: "course with code", Key: code}
	}
	return course(r), err
}

func (t *tx) Instructors(ctx context.Context, course attendance.ID) ([]attendance.Instructor, error) {
	rows, err := t.q.Instructors(ctx, course, t.nowMS())
	return each(rows, instructor), err
}

func (t *tx) Instructor(ctx context.Context, id attendance.ID) (attendance.Instructor, error) {
	r, err := t.q.Instructor(ctx, id)
	return instructor(r), missing(err, "teacher", id)
}

func member(r dbsqlc.RosterRow) attendance.Member {
	return attendance.Member{
		Student: r.StudentID, Course: r.CourseID, Roll: int(r.Roll), Name: r.Name,
		UniversityRoll: r.UniversityRoll, EnrolmentNo: r.EnrolmentNo,
		From: attendance.FromMS(r.FromMs), To: attendance.FromMS(r.ToMs),
	}
}
