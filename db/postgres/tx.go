package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// tx is one transaction: attendance.Tx, and attendance.Inbound for uploads.
type tx struct {
	q     *dbsqlc.Queries
	pg    pgx.Tx
	hook  Hook
	leave Leave
	now   func() time.Time

	sessions map[attendance.ID]attendance.Session // that this transaction has locked
	touched  map[attendance.ID]bool               // sessions whose screens must look again
}

// touch notes a session whose screens must look again.
func (t *tx) touch(session attendance.ID) {
	if session.IsZero() {
		return
	}
	if t.touched == nil {
		t.touched = map[attendance.ID]bool{}
	}
	t.touched[session] = true
}

// finish does what is last in a transaction. The signal leaves when, and only
// when, it commits.
func (t *tx) finish(ctx context.Context) error {
	if len(t.touched) == 0 {
		return nil
	}
	ids := make([]string, 0, len(t.touched))
	for id := range t.touched {
		ids = append(ids, id.String())
	}
	if err := t.q.TellSessions(ctx, ids); err != nil {
		return fmt.Errorf("tell of changed sessions: %w", err)
	}
	return nil
}

// missing turns "no rows" into the domain's error.
func missing(err error, what string, key fmt.Stringer) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return attendance.Missing{What: what, Key: key.String()}
	}
	return err
}

// moment is a nullable time, zero for NULL.
func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// nullable is NULL for the zero time.
func nullable(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
