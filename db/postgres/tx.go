package postgres

import (
	"context"
	"errors"
	"fmt"
	"maps"
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
	careful  bool                                 // it runs again: what cannot be did happen
	unheard  map[attendance.ID]bool               // facts that are neither in the log nor in the inbox
	made     map[attendance.ID]bool               // sessions whose rows are its own
	empty    map[attendance.ID]bool               // those of them in which nothing stands
	vacant   map[attendance.Seat]bool             // seats of sessions it is alone in, where nothing stands
	touched  map[attendance.ID]bool               // sessions whose screens must look again
	rosters  map[attendance.ID]bool               // courses whose enrolments changed
	recount  Recount
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

// finish does what is last in a transaction. The signal leaves, and a course's
// counts are known to lack something, when and only when it commits.
func (t *tx) finish(ctx context.Context) error {
	stale := map[attendance.ID]bool{}
	if len(t.touched) > 0 {
		courses, err := t.q.TellSessions(ctx, keys(t.touched), t.now())
		if err != nil {
			return fmt.Errorf("tell of changed sessions: %w", err)
		}
		for _, c := range courses {
			stale[c] = true
		}
	}
	if len(t.rosters) > 0 {
		if err := t.q.NoteStale(ctx, keys(t.rosters)); err != nil {
			return fmt.Errorf("note changed rosters: %w", err)
		}
		maps.Copy(stale, t.rosters)
	}
	if len(stale) == 0 || t.recount == nil {
		return nil
	}
	if err := t.recount(ctx, t.pg, keys(stale)); err != nil {
		return fmt.Errorf("have %d courses counted: %w", len(stale), err)
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
