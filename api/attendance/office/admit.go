package office

import (
	"context"
	"errors"

	"github.com/arise-attendance/arise/api/attendance"
)

// Admit puts somebody who walked into a class on the school's books and on the
// course's roster, in a change that is under way. Somebody who was turned away since
// comes back.
func (o Office) Admit(ctx context.Context, r attendance.Registrar, s attendance.StudentEntry, course attendance.ID, p Place) error {
	if err := CheckStudent(&s); err != nil {
		return err
	}
	d := o.desk(r)
	was, err := d.Student(ctx, s.ID)
	if err != nil && !errors.Is(err, attendance.ErrNotFound) {
		return err
	}
	s.Email, s.Email2, s.PasswordHash, s.Archived = was.Email, was.Email2, was.PasswordHash, false
	if err := d.PutStudent(ctx, s); err != nil {
		return err
	}
	p.Student = s.ID
	l, err := d.list(ctx, course, []Place{p}, func(_ int, field string) string { return field })
	if err != nil {
		return err
	}
	return l.enter(ctx, []Place{p}, func(_ int, field string) string { return field })
}

// TurnAway takes back what Admit did, in a change that is under way: they never were
// on the course's roster, and on no book unless they are in another course by now.
func (o Office) TurnAway(ctx context.Context, r attendance.Registrar, student, course attendance.ID) error {
	d := o.desk(r)
	s, err := d.Student(ctx, student)
	if err != nil {
		return err
	}
	d.tick()
	in, err := d.EnrolmentsIn(ctx, course)
	if err != nil {
		return err
	}
	for _, e := range in {
		if e.Student != student {
			continue
		}
		if err := d.Remove(ctx, attendance.EnrolmentRow, e.ID.String()); err != nil {
			return err
		}
	}
	left, err := d.EnrolmentsOf(ctx, student, d.now)
	if err != nil || len(left) > 0 {
		return err
	}
	s.Archived = true
	return d.PutStudent(ctx, s)
}
