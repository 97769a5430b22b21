package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/intake"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// Look runs fn on one consistent state of the roster.
func (s *Store) Look(ctx context.Context, fn func(context.Context, intake.Roster) error) error {
	return s.read(ctx, func(ctx context.Context, t *tx) error { return fn(ctx, roster{t.q}) })
}

// roster implements intake.Roster.
type roster struct{ q *dbsqlc.Queries }

// desk is a roster with the rows of one import.
type desk struct {
	roster
	id attendance.ID
}

// Neighbours are the rows that have one of some keys.
func (d desk) Neighbours(ctx context.Context, keys []string) ([]*intake.Row, error) {
	rows, err := d.q.ImportNeighbours(ctx, d.id, keys)
	if err != nil {
		return nil, err
	}
	return lines(rows)
}

// Row is one of the import's.
func (d desk) Row(ctx context.Context, line int) (*intake.Row, error) {
	rows, err := rowsOf(ctx, d.q, d.id, intake.Which{Lines: []int{line}})
	if err == nil && len(rows) == 0 {
		return nil, attendance.Missing{What: "row", Key: fmt.Sprint(line)}
	}
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

// importing implements intake.Office.
type importing struct {
	roster
	*registrar
	tx *tx
}

// Try runs fn in a savepoint. What it noted for the pendrives goes with it.
func (o importing) Try(ctx context.Context, fn func() error) error {
	said, rescoped := len(o.kinds), len(o.rescoped)
	save, err := o.tx.pg.Begin(ctx)
	if err != nil {
		return fmt.Errorf("set a savepoint: %w", err)
	}
	if err := refused(fn()); err != nil {
		o.kinds, o.keys, o.courses, o.registrar.rescoped = o.kinds[:said], o.keys[:said], o.courses[:said], o.rescoped[:rescoped]
		if back := save.Rollback(ctx); back != nil {
			return fmt.Errorf("go back to the savepoint: %w", back)
		}
		return err
	}
	return save.Commit(ctx)
}

func (r roster) StudentsNumbered(ctx context.Context, rolls, enrolments []string) ([]attendance.StudentEntry, error) {
	rows, err := r.q.StudentsNumbered(ctx, rolls, enrolments)
	return students(rows), err
}

func (r roster) StudentsByID(ctx context.Context, ids []attendance.ID) ([]attendance.StudentEntry, error) {
	rows, err := r.q.ImportedStudents(ctx, ids)
	return students(rows), err
}

func students(rows []dbsqlc.Student) []attendance.StudentEntry {
	out := make([]attendance.StudentEntry, len(rows))
	for i, r := range rows {
		out[i] = attendance.StudentEntry{
			FeedStudent: attendance.FeedStudent{ID: r.ID, Name: r.Name, UniversityRoll: r.UniversityRoll, EnrolmentNo: r.EnrolmentNo},
			Email:       r.Email, Email2: r.Email2, PasswordHash: r.PasswordHash, Archived: r.ArchivedAt != nil,
		}
	}
	return out
}

func (r roster) CoursesCoded(ctx context.Context, codes []string) ([]attendance.CourseEntry, error) {
	rows, err := r.q.CoursesCoded(ctx, codes)
	return courseEntries(rows), err
}

func (r roster) CoursesByID(ctx context.Context, ids []attendance.ID) ([]attendance.CourseEntry, error) {
	rows, err := r.q.FeedCourses(ctx, ids)
	return courseEntries(rows), err
}

func courseEntries(rows []dbsqlc.Course) []attendance.CourseEntry {
	out := make([]attendance.CourseEntry, len(rows))
	for i, r := range rows {
		out[i] = attendance.CourseEntry{Term: r.TermID, Teacher: r.TeacherID, FeedCourse: attendance.FeedCourse{
			ID: r.ID, Code: r.Code, Name: r.Name, DefaultMinutes: int(r.DefaultMinutes), Archived: r.ArchivedAt != nil,
		}}
	}
	return out
}

func (r roster) TeachersCoded(ctx context.Context, codes []string) ([]attendance.TeacherEntry, error) {
	rows, err := r.q.TeachersCoded(ctx, codes)
	out := make([]attendance.TeacherEntry, len(rows))
	for i, p := range rows {
		out[i] = attendance.TeacherEntry{FeedTeacher: attendance.FeedTeacher{ID: p.ID, Name: p.Name, Code: p.Code, PINHash: p.PINHash}, Email: p.Email}
	}
	return out, err
}

func (r roster) Terms(ctx context.Context) ([]attendance.Term, error) {
	rows, err := r.q.TermsToImport(ctx)
	out := make([]attendance.Term, len(rows))
	for i, t := range rows {
		out[i] = attendance.Term{ID: t.ID, Name: t.Name, StartsOn: t.StartsOn.Time, EndsOn: t.EndsOn.Time}
	}
	return out, err
}

func (r roster) Enrolments(ctx context.Context, courses []attendance.ID) ([]intake.Enrolment, error) {
	rows, err := r.q.EnrolmentsToImport(ctx, courses)
	out := make([]intake.Enrolment, len(rows))
	for i, e := range rows {
		out[i] = intake.Enrolment{Name: e.Name, FeedEnrolment: attendance.FeedEnrolment{
			ID: e.ID, Course: e.CourseID, Student: e.StudentID, Roll: int(e.Roll), FromMS: e.FromAt.UnixMilli(), ToMS: attendance.UnixMS(moment(e.ToAt)),
		}}
	}
	return out, err
}

func (r roster) EnrolmentsByID(ctx context.Context, ids []attendance.ID) ([]attendance.FeedEnrolment, error) {
	rows, err := r.q.ImportedEnrolments(ctx, ids)
	out := make([]attendance.FeedEnrolment, len(rows))
	for i, e := range rows {
		out[i] = attendance.FeedEnrolment{
			ID: e.ID, Course: e.CourseID, Student: e.StudentID, Roll: int(e.Roll), FromMS: e.FromAt.UnixMilli(), ToMS: attendance.UnixMS(moment(e.ToAt)),
		}
	}
	return out, err
}

func (r roster) Holds(ctx context.Context, courses []attendance.ID) ([]attendance.FeedTeaching, error) {
	rows, err := r.q.TeachingsToImport(ctx, courses)
	out := make([]attendance.FeedTeaching, len(rows))
	for i, t := range rows {
		out[i] = attendance.FeedTeaching{ID: t.ID, Course: t.CourseID, Teacher: t.TeacherID, FromMS: t.FromAt.UnixMilli()}
	}
	return out, err
}

func (r roster) Counted(ctx context.Context, enrolments []attendance.ID) ([]attendance.ID, error) {
	return r.q.EnrolmentsCounted(ctx, enrolments)
}

func (r roster) Written(ctx context.Context, ids []attendance.ID) (map[attendance.ID]map[string]string, error) {
	rows, err := r.q.LastWritten(ctx, slices.Clone(ids))
	if err != nil {
		return nil, err
	}
	out := make(map[attendance.ID]map[string]string, len(rows))
	for _, row := range rows {
		var values map[string]string
		if err := json.Unmarshal(row.RowValues, &values); err != nil {
			return nil, fmt.Errorf("read what an import wrote: %w", err)
		}
		out[row.EntityID] = values
	}
	return out, nil
}
