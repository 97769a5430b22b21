package office

import (
	"context"
	"strings"

	"github.com/arise-attendance/arise/api/attendance"
)

// AddTeacher adds a teacher, who signs in with a PIN of which t has the verifier.
func (o Office) AddTeacher(ctx context.Context, t attendance.TeacherEntry) (attendance.ID, error) {
	if err := CheckTeacher(&t); err != nil {
		return attendance.ID{}, err
	}
	return o.add(ctx, func(ctx context.Context, d *desk, id attendance.ID) error {
		t.ID = id
		return d.PutTeacher(ctx, t)
	})
}

// ChangeTeacher replaces what is known of a teacher. Without a verifier the PIN
// stays.
func (o Office) ChangeTeacher(ctx context.Context, t attendance.TeacherEntry) error {
	if err := CheckTeacher(&t); err != nil {
		return err
	}
	return o.change(ctx, func(ctx context.Context, d *desk) error {
		was, err := d.Teacher(ctx, t.ID)
		if err != nil {
			return err
		}
		if t.PINHash == "" {
			t.PINHash = was.PINHash
		}
		t.Archived = was.Archived
		return d.PutTeacher(ctx, t)
	})
}

// ArchiveTeacher takes a teacher away: they hold no course any more, from now on.
// It reports false when nothing refers to them, so that they were deleted.
func (o Office) ArchiveTeacher(ctx context.Context, id attendance.ID) (archived bool, err error) {
	err = o.change(ctx, func(ctx context.Context, d *desk) error {
		t, err := d.Teacher(ctx, id)
		if err != nil {
			return err
		}
		d.tick()
		if archived, err = d.TeacherReferred(ctx, id); err != nil {
			return err
		}
		if !archived {
			return d.Remove(ctx, attendance.TeacherRow, id.String())
		}
		held, err := d.TeachingsOf(ctx, id, d.now)
		if err != nil {
			return err
		}
		for _, te := range held {
			if err := d.endTeaching(ctx, te); err != nil {
				return err
			}
		}
		t.Archived = true
		return d.PutTeacher(ctx, t)
	})
	return archived, err
}

// RestoreTeacher brings an archived teacher back, without courses.
func (o Office) RestoreTeacher(ctx context.Context, id attendance.ID) error {
	return o.change(ctx, func(ctx context.Context, d *desk) error {
		t, err := d.Teacher(ctx, id)
		if err != nil {
			return err
		}
		t.Archived = false
		return d.PutTeacher(ctx, t)
	})
}

// CheckTeacher tidies what was typed about a teacher, and refuses what is wrong.
func CheckTeacher(t *attendance.TeacherEntry) error {
	if err := clean(text{"name", &t.Name, maxName, false}, text{"code", &t.Code, maxCode, false}, text{"email", &t.Email, maxEmail, true}); err != nil {
		return err
	}
	t.Code = strings.ToUpper(t.Code)
	return address("email", t.Email)
}

// CheckPIN refuses what is not six digits.
func CheckPIN(pin string) error {
	if len(pin) != 6 || strings.Trim(pin, "0123456789") != "" {
		return attendance.Invalid{Field: "pin", Why: "must be exactly 6 digits"}
	}
	return nil
}
