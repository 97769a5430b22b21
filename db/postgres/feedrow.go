package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/arise-attendance/arise/api/attendance"
)

// feedRows are all rows that a node with these courses holds, each after the rows
// it refers to. Their JSON is canonical: both sides hash these bytes.
func (t *tx) feedRows(ctx context.Context, courses []attendance.ID) ([]feedRow, error) {
	var out []feedRow
	add := func(kind attendance.RowKind, key string, row any) error {
		b, err := json.Marshal(row)
		if err != nil {
			return fmt.Errorf("encode %s %s: %w", kind, key, err)
		}
		out = append(out, feedRow{kind, key, b})
		return nil
	}
	for _, read := range []func() error{
		func() error { return t.settingRows(ctx, add) },
		func() error { return t.courseRows(ctx, courses, add) },
		func() error { return t.teacherRows(ctx, courses, add) },
		func() error { return t.studentRows(ctx, courses, add) },
	} {
		if err := read(); err != nil {
			return nil, fmt.Errorf("read rows of the feed: %w", err)
		}
	}
	return out, nil
}

type addRow func(kind attendance.RowKind, key string, row any) error

func (t *tx) settingRows(ctx context.Context, add addRow) error {
	rows, err := t.q.FeedSettings(ctx)
	for _, r := range rows {
		if err := add(attendance.SettingRow, r.Key, r.Value); err != nil {
			return err
		}
	}
	return err
}

func (t *tx) courseRows(ctx context.Context, courses []attendance.ID, add addRow) error {
	rows, err := t.q.FeedCourses(ctx, courses)
	for _, r := range rows {
		if err := add(attendance.CourseRow, r.ID.String(), attendance.FeedCourse{
			ID: r.ID, Code: r.Code, Name: r.Name, DefaultMinutes: int(r.DefaultMinutes), Archived: r.ArchivedAt != nil,
		}); err != nil {
			return err
		}
	}
	return err
}

func (t *tx) teacherRows(ctx context.Context, courses []attendance.ID, add addRow) error {
	people, err := t.q.FeedTeachers(ctx, courses)
	if err != nil {
		return err
	}
	for _, r := range people {
		if err := add(attendance.TeacherRow, r.ID.String(), attendance.FeedTeacher{
			ID: r.ID, Name: r.Name, Code: r.Code, PINHash: r.PINHash,
		}); err != nil {
			return err
		}
	}
	rows, err := t.q.FeedTeachings(ctx, courses)
	for _, r := range rows {
		if err := add(attendance.TeachingRow, r.ID.String(), attendance.FeedTeaching{
			ID: r.ID, Course: r.CourseID, Teacher: r.TeacherID,
			FromMS: r.FromAt.UnixMilli(), ToMS: attendance.UnixMS(moment(r.ToAt)),
		}); err != nil {
			return err
		}
	}
	return err
}

func (t *tx) studentRows(ctx context.Context, courses []attendance.ID, add addRow) error {
	people, err := t.q.FeedStudents(ctx, courses)
	if err != nil {
		return err
	}
	for _, r := range people {
		if err := add(attendance.StudentRow, r.ID.String(), attendance.FeedStudent{
			ID: r.ID, Name: r.Name, UniversityRoll: r.UniversityRoll, EnrolmentNo: r.EnrolmentNo,
		}); err != nil {
			return err
		}
	}
	rows, err := t.q.FeedEnrolments(ctx, courses)
	for _, r := range rows {
		if err := add(attendance.EnrolmentRow, r.ID.String(), attendance.FeedEnrolment{
			ID: r.ID, Course: r.CourseID, Student: r.StudentID, Roll: int(r.Roll),
			FromMS: r.FromAt.UnixMilli(), ToMS: attendance.UnixMS(moment(r.ToAt)),
		}); err != nil {
			return err
		}
	}
	return err
}
