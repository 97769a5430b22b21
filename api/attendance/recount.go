package attendance

import (
	"context"
	"fmt"
)

// Counter is what the cloud's store adds to the seam for counting a course. Its
// transaction sees one state of everything.
type Counter interface {
	Tx
	// Stale names what was noted of a course because its counts may lack it.
	Stale(ctx context.Context, course ID) ([]int64, error)
	// PutCount keeps a count in place of the one before, and drops the notes that
	// it covers.
	PutCount(ctx context.Context, c CourseCount, covers []int64) error
}

// CountCourse adds a course's register up and keeps the sums. What is committed
// meanwhile leaves a note of its own, which the next count covers.
func (s *Service) CountCourse(ctx context.Context, tx Counter, course ID) error {
	notes, err := tx.Stale(ctx, course)
	if err != nil {
		return fmt.Errorf("read what changed in %s: %w", course, err)
	}
	reg, err := s.bare(ctx, tx, course)
	if err != nil {
		return fmt.Errorf("read the register of %s: %w", course, err)
	}
	return tx.PutCount(ctx, reg.Settled().Count(), notes)
}

// RefoldSession derives a session and its standings again from its facts.
func (s *Service) RefoldSession(ctx context.Context, session ID) error {
	return s.store.InTx(ctx, func(ctx context.Context, tx Tx) error { return Refold(ctx, tx, session) })
}
