package attendance

import (
	"context"
	"errors"
	"time"
)

// ErrTooLate refuses a teacher who would change a class that ended long ago. The
// office always may.
var ErrTooLate = errors.New("the time in which a teacher changes this class alone is over")

// leastWindow is the shortest window a school can set: before it is over nobody has
// to look which one it did.
const leastWindow = time.Hour

// editableUntil is how long a teacher may change a session alone; zero: for ever.
func (s School) editableUntil(se Session) time.Time {
	if s.EditHours == 0 {
		return time.Time{}
	}
	return se.EndAt().Add(time.Duration(s.EditHours) * time.Hour)
}

// EditableUntil is how long a teacher may change a session alone; zero: for ever.
func (s *Service) EditableUntil(ctx context.Context, se Session) (time.Time, error) {
	school, err := s.School(ctx)
	return school.editableUntil(se), err
}

// inWindow refuses a teacher who comes too late. What a pendrive made in time is
// placed whenever it arrives: this is asked where something is done, not where facts
// are merged.
func (s *Service) inWindow(ctx context.Context, tx Tx, by Actor, se Session) error {
	now := s.world.Now()
	if by.Role != RoleTeacher || now.Before(se.EndAt().Add(leastWindow)) {
		return nil
	}
	school, err := s.school(ctx, tx)
	if err != nil {
		return err
	}
	if until := school.editableUntil(se); !until.IsZero() && !now.Before(until) {
		return ErrTooLate
	}
	return nil
}
