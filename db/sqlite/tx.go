package sqlite

import (
	"database/sql"
	"errors"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite/internal/dbsqlc"
	"github.com/arise-attendance/arise/db/sqlite/journal"
)

// tx is the seam over the store's connection, while its owner has the turn.
type tx struct {
	s        *Store
	q        *dbsqlc.Queries
	readOnly bool
	touched  map[attendance.ID]bool
	roster   bool            // the roster was written
	added    []attendance.ID // facts
	lines    []journal.Line
	again    bool // what it appends was made before
}

var (
	_ attendance.Store  = (*Store)(nil)
	_ attendance.Outlog = (*tx)(nil)
	_ attendance.Waiter = (*tx)(nil)
)

// touch notes that a session's screen shows something else after the commit.
func (t *tx) touch(session attendance.ID) {
	if !session.IsZero() {
		t.touched[session] = true
	}
}

func (t *tx) writable() error {
	if t.readOnly {
		return ErrView
	}
	return nil
}

// missing turns "no rows" into the domain's "not found".
func missing(err error, what string, id attendance.ID) error {
	if errors.Is(err, sql.ErrNoRows) {
		return attendance.Missing{What: what, Key: id.String()}
	}
	return err
}

// each converts rows.
func each[R, T any](rows []R, conv func(R) T) []T {
	out := make([]T, len(rows))
	for i, r := range rows {
		out[i] = conv(r)
	}
	return out
}
