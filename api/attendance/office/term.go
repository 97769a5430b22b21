package office

import (
	"context"

	"github.com/arise-attendance/arise/api/attendance"
)

// AddTerm adds a semester.
func (o Office) AddTerm(ctx context.Context, t attendance.Term) (attendance.ID, error) {
	if err := checkTerm(&t); err != nil {
		return attendance.ID{}, err
	}
	return o.add(ctx, func(ctx context.Context, d *desk, id attendance.ID) error {
		t.ID = id
		return d.PutTerm(ctx, t)
	})
}

// ChangeTerm replaces what a semester says of itself.
func (o Office) ChangeTerm(ctx context.Context, t attendance.Term) error {
	if err := checkTerm(&t); err != nil {
		return err
	}
	return o.change(ctx, func(ctx context.Context, d *desk) error {
		was, err := d.Term(ctx, t.ID)
		if err != nil {
			return err
		}
		t.Archived = was.Archived
		return d.PutTerm(ctx, t)
	})
}

// ArchiveTerm takes a semester away. Its courses go on: some end later than the
// semester on paper, and each is archived by itself. It reports false when no
// course was ever in it, so that it was deleted.
func (o Office) ArchiveTerm(ctx context.Context, id attendance.ID) (archived bool, err error) {
	err = o.change(ctx, func(ctx context.Context, d *desk) error {
		t, err := d.Term(ctx, id)
		if err != nil {
			return err
		}
		if archived, err = d.TermReferred(ctx, id); err != nil {
			return err
		}
		if !archived {
			return d.RemoveTerm(ctx, id)
		}
		t.Archived = true
		return d.PutTerm(ctx, t)
	})
	return archived, err
}

// RestoreTerm brings an archived semester back.
func (o Office) RestoreTerm(ctx context.Context, id attendance.ID) error {
	return o.change(ctx, func(ctx context.Context, d *desk) error {
		t, err := d.Term(ctx, id)
		if err != nil {
			return err
		}
		t.Archived = false
		return d.PutTerm(ctx, t)
	})
}

func checkTerm(t *attendance.Term) error {
	if err := clean(text{"name", &t.Name, maxName, false}); err != nil {
		return err
	}
	if !t.StartsOn.IsZero() && !t.EndsOn.IsZero() && t.EndsOn.Before(t.StartsOn) {
		return attendance.Invalid{Field: "ends_on", Why: "must not be before the first day"}
	}
	return nil
}
