package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// The registrar's reading half, attendance.Records.

func (r *registrar) Term(ctx context.Context, id attendance.ID) (attendance.Term, error) {
	row, err := r.q.TermForChange(ctx, id)
	return term(row), missing(err, "semester", id)
}

func (r *registrar) Course(ctx context.Context, id attendance.ID) (attendance.CourseEntry, error) {
	row, err := r.q.CourseForChange(ctx, id)
	return attendance.CourseEntry{
		FeedCourse: attendance.FeedCourse{
			ID: row.ID, Code: row.Code, Name: row.Name, DefaultMinutes: int(row.DefaultMinutes), Archived: row.ArchivedAt != nil,
		},
		Term: row.TermID, Teacher: row.TeacherID,
	}, missing(err, "course", id)
}

func (r *registrar) Teacher(ctx context.Context, id attendance.ID) (attendance.TeacherEntry, error) {
	row, err := r.q.TeacherForChange(ctx, id)
	return attendance.TeacherEntry{
		FeedTeacher: attendance.FeedTeacher{ID: row.ID, Name: row.Name, Code: row.Code, PINHash: row.PINHash},
		Email:       row.Email, Archived: row.ArchivedAt != nil,
	}, missing(err, "teacher", id)
}

func (r *registrar) Student(ctx context.Context, id attendance.ID) (attendance.StudentEntry, error) {
	row, err := r.q.StudentForChange(ctx, id)
	return studentEntry(row), missing(err, "student", id)
}

func (r *registrar) Students(ctx context.Context, ids []attendance.ID) ([]attendance.StudentEntry, error) {
	rows, err := r.q.StudentsForEnrolment(ctx, ids)
	out := make([]attendance.StudentEntry, len(rows))
	for i, row := range rows {
		out[i] = studentEntry(row)
	}
	return out, err
}

func (r *registrar) Teachings(ctx context.Context, course attendance.ID) ([]attendance.FeedTeaching, error) {
	rows, err := r.q.TeachingsOfCourse(ctx, course)
	out := make([]attendance.FeedTeaching, len(rows))
	for i, t := range rows {
		out[i] = attendance.FeedTeaching{ID: t.ID, Course: t.CourseID, Teacher: t.TeacherID, FromMS: t.FromAt.UnixMilli(), ToMS: attendance.UnixMS(moment(t.ToAt))}
	}
	return out, err
}

func (r *registrar) TeachingsOf(ctx context.Context, teacher attendance.ID, at time.Time) ([]attendance.FeedTeaching, error) {
	rows, err := r.q.TeachingsOfTeacher(ctx, teacher, &at)
	out := make([]attendance.FeedTeaching, len(rows))
	for i, t := range rows {
		out[i] = attendance.FeedTeaching{ID: t.ID, Course: t.CourseID, Teacher: t.TeacherID, FromMS: t.FromAt.UnixMilli(), ToMS: attendance.UnixMS(moment(t.ToAt))}
	}
	return out, err
}

func (r *registrar) EnrolmentsIn(ctx context.Context, course attendance.ID) ([]attendance.FeedEnrolment, error) {
	rows, err := r.q.EnrolmentsOfCourse(ctx, course)
	return enrolments(rows), err
}

func (r *registrar) EnrolmentsOf(ctx context.Context, student attendance.ID, at time.Time) ([]attendance.FeedEnrolment, error) {
	rows, err := r.q.EnrolmentsOfStudent(ctx, student, &at)
	return enrolments(rows), err
}

func (r *registrar) TermReferred(ctx context.Context, id attendance.ID) (bool, error) {
	return r.q.TermReferred(ctx, id)
}

func (r *registrar) CourseReferred(ctx context.Context, id attendance.ID) (bool, error) {
	return r.q.CourseReferred(ctx, id)
}

func (r *registrar) TeacherReferred(ctx context.Context, id attendance.ID) (bool, error) {
	return r.q.TeacherReferred(ctx, id)
}

func (r *registrar) StudentReferred(ctx context.Context, id attendance.ID) (bool, error) {
	return r.q.StudentReferred(ctx, id)
}

func (r *registrar) RemoveTerm(ctx context.Context, id attendance.ID) error {
	n, err := r.q.RemoveTerm(ctx, id)
	if err == nil && n == 0 {
		return attendance.Missing{What: "semester", Key: id.String()}
	}
	return err
}

func term(r dbsqlc.Term) attendance.Term {
	return attendance.Term{ID: r.ID, Name: r.Name, StartsOn: date(r.StartsOn), EndsOn: date(r.EndsOn), Archived: r.ArchivedAt != nil}
}

// date is a nullable day, zero for NULL.
func date(d pgtype.Date) time.Time {
	if !d.Valid {
		return time.Time{}
	}
	return d.Time
}

func studentEntry(r dbsqlc.Student) attendance.StudentEntry {
	return attendance.StudentEntry{
		FeedStudent: attendance.FeedStudent{ID: r.ID, Name: r.Name, UniversityRoll: r.UniversityRoll, EnrolmentNo: r.EnrolmentNo},
		Email:       r.Email, Email2: r.Email2, PasswordHash: r.PasswordHash, Archived: r.ArchivedAt != nil,
	}
}

func enrolments(rows []dbsqlc.Enrolment) []attendance.FeedEnrolment {
	out := make([]attendance.FeedEnrolment, len(rows))
	for i, e := range rows {
		out[i] = attendance.FeedEnrolment{
			ID: e.ID, Course: e.CourseID, Student: e.StudentID, Roll: int(e.Roll),
			FromMS: e.FromAt.UnixMilli(), ToMS: attendance.UnixMS(moment(e.ToAt)),
		}
	}
	return out
}
