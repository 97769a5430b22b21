package jobs

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/arise-attendance/arise/api/attendance"
)

// Hook enqueues what fresh facts make necessary, in their own transaction: a fact
// and its consequences are stored together or not at all.
func (q *Queue) Hook(ctx context.Context, tx pgx.Tx, fresh []attendance.Fact) error {
	var todo []river.InsertManyParams
	for _, f := range fresh {
		switch {
		case f.Kind == attendance.SessionOpened:
			todo = append(todo, river.InsertManyParams{Args: SettleInbox{Session: f.Session}},
				river.InsertManyParams{Args: ApplyLeaves{Session: f.Session}})
			if f.Node == q.node {
				todo = append(todo, closeAt(f.Session, f.Opening.ClosesMS))
			}
		case f.Kind == attendance.SessionExtended && f.Node == q.node:
			todo = append(todo, closeAt(f.Session, f.ClosesAt))
		}
	}
	if len(todo) == 0 {
		return nil
	}
	if _, err := q.client.InsertManyTx(ctx, tx, todo); err != nil {
		return fmt.Errorf("enqueue %d jobs: %w", len(todo), err)
	}
	return nil
}

func closeAt(session attendance.ID, ms int64) river.InsertManyParams {
	return river.InsertManyParams{
		Args: CloseSession{Session: session}, InsertOpts: &river.InsertOpts{ScheduledAt: attendance.FromMS(ms)},
	}
}
