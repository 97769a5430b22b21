package office

import (
	"context"
	"errors"

	"github.com/arise-attendance/arise/api/attendance"
)

// AddCourse adds a course. Its main teacher, if one is named, holds it from now on.
func (o Office) AddCourse(ctx context.Context, c attendance.CourseEntry) (attendance.ID, error) {
	if err := checkCourse(&c); err != nil {
		return attendance.ID{}, err
	}
	return o.add(ctx, func(ctx context.Context, d *desk, id attendance.ID) error {
		c.ID = id
		if err := d.checkTermOf(ctx, c.Term); err != nil {
			return err
		}
		main := c.Teacher
		if !main.IsZero() {
			if err := d.checkTeacherOf(ctx, main); err != nil {
				return err
			}
		}
		if err := d.PutCourse(ctx, c); err != nil || main.IsZero() {
			return err
		}
		return d.beginTeaching(ctx, c.ID, main)
	})
}

// ChangeCourse replaces what is known of a course. Naming another main teacher
// ends the teaching of the one before and begins the new one's, both now; all
// other teachers and substitutes stay. Naming none leaves the teachers alone.
func (o Office) ChangeCourse(ctx context.Context, c attendance.CourseEntry) error {
	if err := checkCourse(&c); err != nil {
		return err
	}
	return o.change(ctx, func(ctx context.Context, d *desk) error {
		was, err := d.Course(ctx, c.ID)
		if err != nil {
			return err
		}
		d.tick()
		if c.Term != was.Term {
			if err := d.checkTermOf(ctx, c.Term); err != nil {
				return err
			}
		}
		c.Archived = was.Archived
		if c.Teacher.IsZero() || c.Teacher == was.Teacher {
			c.Teacher = was.Teacher
			return d.PutCourse(ctx, c)
		}
		if err := d.checkTeacherOf(ctx, c.Teacher); err != nil {
			return err
		}
		if err := d.PutCourse(ctx, c); err != nil {
			return err
		}
		return d.replaceMain(ctx, c.ID, was.Teacher, c.Teacher)
	})
}

// ArchiveCourse takes a course away: nobody signs in to it or opens a class any
// more. Who is in it and who teaches it stays as it is, for its figures and for
// [Office.RestoreCourse]. It reports false when it had neither classes nor
// students, so that it was deleted with its teachings.
func (o Office) ArchiveCourse(ctx context.Context, id attendance.ID) (archived bool, err error) {
	err = o.change(ctx, func(ctx context.Context, d *desk) error {
		c, err := d.Course(ctx, id)
		if err != nil {
			return err
		}
		if archived, err = d.CourseReferred(ctx, id); err != nil {
			return err
		}
		if archived {
			c.Archived = true
			return d.PutCourse(ctx, c)
		}
		held, err := d.Teachings(ctx, id)
		if err != nil {
			return err
		}
		for _, te := range held {
			if err := d.Remove(ctx, attendance.TeachingRow, te.ID.String()); err != nil {
				return err
			}
		}
		return d.Remove(ctx, attendance.CourseRow, id.String())
	})
	return archived, err
}

// RestoreCourse brings an archived course back as it was.
func (o Office) RestoreCourse(ctx context.Context, id attendance.ID) error {
	return o.change(ctx, func(ctx context.Context, d *desk) error {
		c, err := d.Course(ctx, id)
		if err != nil {
			return err
		}
		c.Archived = false
		return d.PutCourse(ctx, c)
	})
}

func checkCourse(c *attendance.CourseEntry) error {
	if err := clean(text{"name", &c.Name, maxName, false}, text{"code", &c.Code, maxCode, false}); err != nil {
		return err
	}
	if c.DefaultMinutes < 1 || c.DefaultMinutes > 720 {
		return attendance.Invalid{Field: "default_minutes", Why: "must be between 1 and 720"}
	}
	return nil
}

func (d *desk) checkTermOf(ctx context.Context, id attendance.ID) error {
	if id.IsZero() {
		return nil
	}
	t, err := d.Term(ctx, id)
	return usable(err, t.Archived, "term", "semester")
}

func (d *desk) checkTeacherOf(ctx context.Context, id attendance.ID) error {
	t, err := d.Teacher(ctx, id)
	return usable(err, t.Archived, "teacher", "teacher")
}

// usable makes a wrong reference an error of the field that holds it.
func usable(err error, archived bool, field, what string) error {
	if errors.Is(err, attendance.ErrNotFound) {
		return attendance.Invalid{Field: field, Why: "there is no such " + what}
	}
	if err == nil && archived {
		return attendance.Invalid{Field: field, Why: "this " + what + " is archived: restore it first, or choose another"}
	}
	return err
}
