package attendance

import (
	"context"
	"fmt"
	"slices"
)

// Waiter is what a pendrive's store adds for facts that came down before the
// session they belong to.
type Waiter interface {
	Waiting(ctx context.Context, session ID) ([]Fact, error)
}

// Learn folds facts that the cloud sent down into a pendrive's own view. What
// the pendrive made itself is not touched: its view is the fold of both. A fact
// of a session that is not here waits until the session comes: the feed's order
// is not that of the classroom.
func (s *Service) Learn(ctx context.Context, tx Tx, facts []Fact) error {
	here, err := tx.LockSessions(ctx, sessionsOf(facts))
	if err != nil {
		return fmt.Errorf("lock sessions: %w", err)
	}
	opened := map[ID]bool{}
	for _, f := range facts {
		if _, known := here[f.Session]; f.Kind == SessionOpened && !known {
			opened[f.Session] = true
		}
	}
	for i := range facts {
		f := &facts[i]
		f.Learnt = true
		s.clock.Observe(f.HLC)
		_, known := here[f.Session]
		switch {
		case f.IsMark() && (f.Session.IsZero() || f.Student.IsZero()):
			f.Why = WhyUnplaced
		case !f.Session.IsZero() && !known && !opened[f.Session]:
			f.Why = WhyUnknownSession
		}
	}
	if w, ok := tx.(Waiter); ok {
		for _, id := range sortedIDs(opened) {
			waited, err := w.Waiting(ctx, id)
			if err != nil {
				return fmt.Errorf("read what waits for session %s: %w", id, err)
			}
			for _, f := range waited {
				f.Why, f.Learnt = "", true
				facts = append(slices.Clip(facts), f) // what lies behind the slice is the caller's
			}
		}
	}
	if _, err = merge(ctx, tx, facts); err != nil {
		return err
	}
	for _, f := range facts {
		if f.Kind == SessionOpened && f.Ruling != nil && f.Why == "" { // what is known of it was opened otherwise
			if err := Refold(ctx, tx, f.Session); err != nil {
				return err
			}
		}
	}
	return nil
}
