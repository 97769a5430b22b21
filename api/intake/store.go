package intake

import (
	"context"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Store keeps imports, and shows and changes the roster.
type Store interface {
	// Look runs fn on one consistent state of the roster.
	Look(ctx context.Context, fn func(context.Context, Roster) error) error
	AddImport(ctx context.Context, imp Import, rows []*Row) error
	Import(ctx context.Context, id attendance.ID) (Import, error)
	// Imports are the newest first, those made before one of them; zero: all.
	Imports(ctx context.Context, before attendance.ID, most int) ([]Import, error)
	// LastMapping is what the office last said of the headers of a kind.
	LastMapping(ctx context.Context, kind Kind) (Mapping, error)
	// Rows are by line.
	Rows(ctx context.Context, id attendance.ID, which Which) ([]*Row, error)
	// Mend replaces rows of a preview with those fn returns, and counts again.
	Mend(ctx context.Context, id attendance.ID, fn func(context.Context, Import, Desk) ([]*Row, error)) error
	// Begin moves an import from one state to the next, and sees to it that
	// Service.Run is called: both or neither.
	Begin(ctx context.Context, id attendance.ID, from, to State, at time.Time) error
	// Batch changes the roster: fn gets the rows of some lines that are still in a
	// progress, and what it sets on them is kept in the same transaction.
	Batch(ctx context.Context, id attendance.ID, lines []int, fn func(context.Context, Import, []*Row, Office) error) error
	// End moves an import on when no row is left to do.
	End(ctx context.Context, id attendance.ID, from, to State, at time.Time) error
	// Stalled are those under way at which nobody worked since a time.
	Stalled(ctx context.Context, since time.Time) ([]attendance.ID, error)
	// Forget drops previews that nobody applied.
	Forget(ctx context.Context, before time.Time) error
}

// Which narrows a list of rows; zero fields do not.
type Which struct {
	Action   Action
	Progress Progress
	After    int   // a line
	Lines    []int // just these
	Work     bool  // only those that change something; done ones with the last first
	Most     int
}

// Desk is where a row is mended.
type Desk interface {
	Roster
	Row(ctx context.Context, line int) (*Row, error)
	// Neighbours are the rows that have one of some keys.
	Neighbours(ctx context.Context, keys []string) ([]*Row, error)
}

// Office is what one batch may do.
type Office interface {
	Roster
	attendance.Registrar
	// Try runs fn; if that fails, nothing of it is kept and the batch goes on.
	Try(ctx context.Context, fn func() error) error
}
