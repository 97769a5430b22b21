package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/intake"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// Rows are those of an import that were asked for.
func (s *Store) Rows(ctx context.Context, id attendance.ID, which intake.Which) ([]*intake.Row, error) {
	return rowsOf(ctx, dbsqlc.New(s.pool), id, which)
}

func rowsOf(ctx context.Context, q *dbsqlc.Queries, id attendance.ID, which intake.Which) ([]*intake.Row, error) {
	most := int32(which.Most) //nolint:gosec // a page
	var rows []dbsqlc.ImportRow
	var err error
	switch {
	case which.Lines != nil:
		rows, err = q.ImportLines(ctx, id, int32s(which.Lines))
	case which.Work && which.Progress == intake.Waiting:
		rows, err = q.ImportWork(ctx, id, most)
	case which.Work:
		rows, err = q.ImportUnwork(ctx, id, most)
	default:
		rows, err = q.ImportRows(ctx, dbsqlc.ImportRowsParams{
			ImportID: id, After: int32(which.After), Action: string(which.Action), Progress: string(which.Progress), Most: most, //nolint:gosec // a line
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read rows of import: %w", err)
	}
	return lines(rows)
}

// Mend replaces rows of a preview.
func (s *Store) Mend(ctx context.Context, id attendance.ID, fn func(context.Context, intake.Import, intake.Desk) ([]*intake.Row, error)) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		imp, err := t.lockImport(ctx, id)
		if err != nil {
			return err
		}
		rows, err := fn(ctx, imp, desk{roster{t.q}, id})
		if err != nil {
			return err
		}
		old, err := rowsOf(ctx, t.q, id, intake.Which{Lines: intake.LinesOf(rows)})
		if err != nil {
			return err
		}
		imp.Counts.Replace(old, rows)
		return errors.Join(putRows(ctx, t.q, id, rows), t.putImport(ctx, imp, t.now()))
	})
}

// Batch changes the roster, and keeps what became of rows in the same transaction.
func (s *Store) Batch(ctx context.Context, id attendance.ID, numbers []int, fn func(context.Context, intake.Import, []*intake.Row, intake.Office) error) error {
	_, err := s.change(ctx, func(ctx context.Context, t *tx, r *registrar) error {
		imp, err := t.lockImport(ctx, id) // a second worker waits here, and then finds the rows done
		if err != nil {
			return err
		}
		old, err := rowsOf(ctx, t.q, id, intake.Which{Lines: numbers})
		if err != nil {
			return err
		}
		rows := make([]*intake.Row, len(old))
		for i, o := range old {
			c := *o
			rows[i] = &c
		}
		if err := fn(ctx, imp, rows, importing{roster{t.q}, r, t}); err != nil {
			return err
		}
		imp.Counts.Replace(old, rows)
		return errors.Join(putRows(ctx, t.q, id, rows), t.putImport(ctx, imp, t.now()))
	})
	return err
}

func putRows(ctx context.Context, q *dbsqlc.Queries, id attendance.ID, rows []*intake.Row) error {
	put := make([]dbsqlc.PutImportRowParams, len(rows))
	for i, r := range rows {
		n, err := newRow(id, r)
		if err != nil {
			return err
		}
		put[i] = dbsqlc.PutImportRowParams{
			Action: n.Action, Progress: n.Progress, Keys: n.Keys, EntityID: n.EntityID, RowValues: n.RowValues, Changes: n.Changes,
			Faults: n.Faults, Before: n.Before, Digest: r.Digest, Sealed: n.Sealed, Why: r.Why, DoneAt: nullable(r.DoneAt), ImportID: id, Line: n.Line,
		}
	}
	var failed error
	q.PutImportRow(ctx, put).Exec(func(_ int, err error) {
		failed = errors.Join(failed, err)
	})
	return failed
}

func newRow(id attendance.ID, r *intake.Row) (dbsqlc.AddImportRowsParams, error) {
	values, err1 := json.Marshal(r.Values)
	changes, err2 := json.Marshal(r.Changes)
	faults, err3 := json.Marshal(r.Faults)
	keys := r.Keys
	if keys == nil {
		keys = []string{}
	}
	return dbsqlc.AddImportRowsParams{
		ImportID: id, Line: int32(r.Line), Action: string(r.Action), Progress: string(r.Progress), Keys: keys, EntityID: r.Entity, //nolint:gosec // a line
		RowValues: values, Changes: changes, Faults: faults, Before: r.Before, Sealed: r.Sealed,
	}, errors.Join(err1, err2, err3)
}

func lines(rows []dbsqlc.ImportRow) ([]*intake.Row, error) {
	out := make([]*intake.Row, len(rows))
	for i, r := range rows {
		out[i] = &intake.Row{
			Line: int(r.Line), Sealed: r.Sealed, Action: intake.Action(r.Action), Keys: r.Keys, Entity: r.EntityID, Before: r.Before,
			Progress: intake.Progress(r.Progress), Why: r.Why, Digest: r.Digest, DoneAt: moment(r.DoneAt),
		}
		err := errors.Join(json.Unmarshal(r.RowValues, &out[i].Values), json.Unmarshal(r.Changes, &out[i].Changes), json.Unmarshal(r.Faults, &out[i].Faults))
		if err != nil {
			return nil, fmt.Errorf("read line %d: %w", r.Line, err)
		}
	}
	return out, nil
}

func int32s(in []int) []int32 {
	out := make([]int32, len(in))
	for i, n := range in {
		out[i] = int32(n) //nolint:gosec // a line
	}
	return out
}
