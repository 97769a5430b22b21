package office

import (
	"context"

	"github.com/arise-attendance/arise/api/attendance"
)

// AddStudent adds a student, who is in no course yet.
func (o Office) AddStudent(ctx context.Context, s attendance.StudentEntry) (attendance.ID, error) {
	if err := CheckStudent(&s); err != nil {
		return attendance.ID{}, err
	}
	return o.add(ctx, func(ctx context.Context, d *desk, id attendance.ID) error {
		s.ID = id
		return d.PutStudent(ctx, s)
	})
}

// ChangeStudent replaces what is known of a student. Without a verifier the
// password stays.
func (o Office) ChangeStudent(ctx context.Context, s attendance.StudentEntry) error {
	if err := CheckStudent(&s); err != nil {
		return err
	}
	return o.change(ctx, func(ctx context.Context, d *desk) error {
		was, err := d.Student(ctx, s.ID)
		if err != nil {
			return err
		}
		if s.PasswordHash == "" {
			s.PasswordHash = was.PasswordHash
		}
		s.Archived = was.Archived
		return d.PutStudent(ctx, s)
	})
}

// ArchiveStudent takes a student away: they leave their courses now, and are
// counted in every class that was held before. It reports false when nothing
// refers to them, so that they were deleted.
func (o Office) ArchiveStudent(ctx context.Context, id attendance.ID) (archived bool, err error) {
	err = o.change(ctx, func(ctx context.Context, d *desk) error {
		s, err := d.Student(ctx, id)
		if err != nil {
			return err
		}
		d.tick()
		if archived, err = d.StudentReferred(ctx, id); err != nil {
			return err
		}
		if !archived {
			return d.Remove(ctx, attendance.StudentRow, id.String())
		}
		in, err := d.EnrolmentsOf(ctx, id, d.now)
		if err != nil {
			return err
		}
		for _, e := range in {
			if err := d.leave(ctx, e); err != nil {
				return err
			}
		}
		s.Archived = true
		return d.PutStudent(ctx, s)
	})
	return archived, err
}

// RestoreStudent brings an archived student back. They are in no course: their
// roll may be another's by now, and what they missed is not theirs.
func (o Office) RestoreStudent(ctx context.Context, id attendance.ID) error {
	return o.change(ctx, func(ctx context.Context, d *desk) error {
		s, err := d.Student(ctx, id)
		if err != nil {
			return err
		}
		s.Archived = false
		return d.PutStudent(ctx, s)
	})
}

// CheckStudent tidies what was typed about a student, and refuses what is wrong.
func CheckStudent(s *attendance.StudentEntry) error {
	err := clean(
		text{"name", &s.Name, maxName, false}, text{"university_roll", &s.UniversityRoll, maxCode, false},
		text{"enrolment_no", &s.EnrolmentNo, maxCode, false}, text{"email", &s.Email, maxEmail, true}, text{"email2", &s.Email2, maxEmail, true},
	)
	if err != nil {
		return err
	}
	if err := address("email", s.Email); err != nil {
		return err
	}
	return address("email2", s.Email2)
}
