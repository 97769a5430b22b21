package attendance

import (
	"context"
	"fmt"
)

// Rejoin takes facts back that this server made and its register has lost, in the
// order in which they were made. One whose session is lost as well waits for it: the
// cloud may still have it.
func Rejoin(ctx context.Context, tx Tx, facts []Fact) error {
	here, err := tx.LockSessions(ctx, sessionsOf(facts))
	if err != nil {
		return fmt.Errorf("lock sessions: %w", err)
	}
	opened := map[ID]bool{}
	for _, f := range facts {
		if f.Kind == SessionOpened && f.Why == "" {
			opened[f.Session] = true
		}
	}
	for i := range facts {
		f := &facts[i]
		if _, known := here[f.Session]; f.Why == "" && !f.Session.IsZero() && !known && !opened[f.Session] {
			f.Why = WhyUnknownSession
		}
	}
	_, err = merge(ctx, tx, facts)
	return err
}
