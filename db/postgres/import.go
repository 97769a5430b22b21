package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/intake"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

var _ intake.Store = (*Store)(nil)

// AddImport keeps a file's preview.
func (s *Store) AddImport(ctx context.Context, imp intake.Import, rows []*intake.Row) error {
	shape, err := json.Marshal(imp.Table)
	if err != nil {
		return err
	}
	options, err := json.Marshal(imp.Options)
	if err != nil {
		return err
	}
	add := make([]dbsqlc.AddImportRowsParams, len(rows))
	for i, r := range rows {
		if add[i], err = newRow(imp.ID, r); err != nil {
			return err
		}
	}
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		if err := t.q.AddImport(ctx, dbsqlc.AddImportParams{
			ID: imp.ID, Kind: string(imp.Kind), FileName: imp.File, State: string(imp.State), Shape: shape, Options: options,
			CreatedBy: imp.CreatedBy, CreatedAt: imp.CreatedAt, NewRows: int32(imp.Counts.New), ChangedRows: int32(imp.Counts.Changed), //nolint:gosec // at most MaxRows
			SameRows: int32(imp.Counts.Same), ErrorRows: int32(imp.Counts.Wrong), //nolint:gosec // at most MaxRows
		}); err != nil {
			return fmt.Errorf("keep import: %w", err)
		}
		if _, err := t.q.AddImportRows(ctx, add); err != nil {
			return fmt.Errorf("keep %d rows: %w", len(add), err)
		}
		return nil
	})
}

// Import is one file and where it stands.
func (s *Store) Import(ctx context.Context, id attendance.ID) (intake.Import, error) {
	row, err := dbsqlc.New(s.pool).ImportByID(ctx, id)
	if err != nil {
		return intake.Import{}, missing(err, "import", id)
	}
	return importOf(row)
}

// Imports are the newest first.
func (s *Store) Imports(ctx context.Context, before attendance.ID, most int) ([]intake.Import, error) {
	rows, err := dbsqlc.New(s.pool).ImportPage(ctx, before.IsZero(), before, int32(most)) //nolint:gosec // a page
	if err != nil {
		return nil, err
	}
	out := make([]intake.Import, len(rows))
	for i, r := range rows {
		if out[i], err = importOf(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// LastMapping is what the office last said of a kind's headers; nil: nothing yet.
func (s *Store) LastMapping(ctx context.Context, kind intake.Kind) (intake.Mapping, error) {
	raw, err := dbsqlc.New(s.pool).LastMapping(ctx, string(kind))
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil //nolint:nilnil // no mapping is a mapping
	}
	if err != nil {
		return nil, err
	}
	var o intake.Options
	return o.Mapping, json.Unmarshal(raw, &o)
}

// Begin moves an import on and enqueues its job in the same transaction.
func (s *Store) Begin(ctx context.Context, id attendance.ID, from, to intake.State, at time.Time) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		imp, err := t.lockImport(ctx, id)
		if err != nil {
			return err
		}
		if imp.State == to {
			return nil // asked twice
		}
		if err := imp.MayBegin(from); err != nil {
			return err
		}
		imp.State = to
		if err := t.putImport(ctx, imp, at); err != nil || s.later == nil {
			return err
		}
		return s.later(ctx, t.pg, id)
	})
}

// End moves an import on whose rows are all done.
func (s *Store) End(ctx context.Context, id attendance.ID, from, to intake.State, at time.Time) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		imp, err := t.lockImport(ctx, id)
		if err != nil || imp.State != from {
			return err
		}
		imp.State = to
		if to == intake.Applied {
			imp.AppliedAt = at
		} else {
			imp.UndoneAt = at
		}
		return t.putImport(ctx, imp, at)
	})
}

// Stalled are imports under way at which nobody worked since.
func (s *Store) Stalled(ctx context.Context, since time.Time) ([]attendance.ID, error) {
	return dbsqlc.New(s.pool).StalledImports(ctx, since)
}

// keepImports is how long it stays known what a file said: that long, a value that
// somebody edited by hand stays when the same file comes again.
const keepImports = 400 * 24 * time.Hour

// ForgetImports drops files of long ago, and reports how many.
func (s *Store) ForgetImports(ctx context.Context) (int64, error) {
	return dbsqlc.New(s.pool).DropOldImports(ctx, s.now().Add(-keepImports))
}

// Forget drops previews that nobody applied.
func (s *Store) Forget(ctx context.Context, before time.Time) error {
	return dbsqlc.New(s.pool).ForgetImports(ctx, before)
}

func (t *tx) lockImport(ctx context.Context, id attendance.ID) (intake.Import, error) {
	row, err := t.q.LockImport(ctx, id)
	if err != nil {
		return intake.Import{}, missing(err, "import", id)
	}
	return importOf(row)
}

func (t *tx) putImport(ctx context.Context, imp intake.Import, at time.Time) error {
	n := func(i int) int32 { return int32(i) } //nolint:gosec // at most MaxRows
	c := imp.Counts
	return t.q.PutImport(ctx, dbsqlc.PutImportParams{
		ID: imp.ID, State: string(imp.State), WorkedAt: at, AppliedAt: nullable(imp.AppliedAt), UndoneAt: nullable(imp.UndoneAt),
		NewRows: n(c.New), ChangedRows: n(c.Changed), SameRows: n(c.Same), ErrorRows: n(c.Wrong),
		DoneRows: n(c.Done), RefusedRows: n(c.Refused), UndoneRows: n(c.Undone), ArchivedRows: n(c.Archived), KeptRows: n(c.Kept),
	})
}

func importOf(r dbsqlc.Import) (intake.Import, error) {
	imp := intake.Import{
		ID: r.ID, Kind: intake.Kind(r.Kind), File: r.FileName, State: intake.State(r.State), CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt,
		AppliedAt: moment(r.AppliedAt), UndoneAt: moment(r.UndoneAt),
		Counts: intake.Counts{
			New: int(r.NewRows), Changed: int(r.ChangedRows), Same: int(r.SameRows), Wrong: int(r.ErrorRows), Done: int(r.DoneRows),
			Refused: int(r.RefusedRows), Undone: int(r.UndoneRows), Archived: int(r.ArchivedRows), Kept: int(r.KeptRows),
		},
	}
	return imp, errors.Join(json.Unmarshal(r.Shape, &imp.Table), json.Unmarshal(r.Options, &imp.Options))
}
