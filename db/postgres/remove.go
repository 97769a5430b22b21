package postgres

import (
	"context"
	"fmt"

	"github.com/arise-attendance/arise/api/attendance"
)

// Remove implements attendance.Registrar. Whoever held the row learns that it is
// gone.
func (r *registrar) Remove(ctx context.Context, kind attendance.RowKind, key string) error {
	scopes, err := r.q.Scopes(ctx, string(kind), key)
	if err != nil {
		return fmt.Errorf("find who holds %s %s: %w", kind, key, err)
	}
	for _, course := range scopes {
		r.say(kind, key, course)
		if kind == attendance.EnrolmentRow {
			r.rosters[course] = true
		}
	}
	n, err := r.remove(ctx, kind, key)
	if err == nil && n == 0 {
		return attendance.Missing{What: string(kind), Key: key}
	}
	return err
}

func (r *registrar) remove(ctx context.Context, kind attendance.RowKind, key string) (int64, error) {
	if kind == attendance.SettingRow {
		return r.q.RemoveSetting(ctx, key)
	}
	id, err := attendance.ParseID(key)
	if err != nil {
		return 0, attendance.Invalid{Field: "key", Why: err.Error()}
	}
	switch kind {
	case attendance.CourseRow:
		nodes, err := r.q.NodesOfCourse(ctx, id)
		if err != nil {
			return 0, fmt.Errorf("find pendrives of course: %w", err)
		}
		r.rescoped = append(r.rescoped, nodes...)
		return r.q.RemoveCourse(ctx, id)
	case attendance.TeacherRow:
		delete(r.teachers, id)
		return r.q.RemoveTeacher(ctx, id)
	case attendance.TeachingRow:
		return r.q.RemoveTeaching(ctx, id)
	case attendance.StudentRow:
		delete(r.students, id)
		return r.q.RemoveStudent(ctx, id)
	case attendance.EnrolmentRow:
		return r.q.RemoveEnrolment(ctx, id)
	}
	return 0, attendance.Invalid{Field: "kind", Why: "no such kind of row"}
}
