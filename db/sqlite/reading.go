package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/arise-attendance/arise/api/attendance"
)

// other keeps another body of an id. Two servers make two of one scan: what marks the
// same is one mark, and what waits here has found its place when the cloud placed it as
// it was heard elsewhere. All else is a clash.
func (t *tx) other(ctx context.Context, at table, was stored, f attendance.Fact) (attendance.Kept, error) {
	mine, err := was.fact()
	same := err == nil && mine.SameReading(f)
	switch {
	case same && f.Why != "" && f.Why != attendance.WhyHashConflict, same && was.Why == "" && mine.SameMark(f):
		return attendance.Duplicate, nil
	case same && was.Why != "" && f.Learnt && at == inLog:
		return t.cover(ctx, f)
	}
	return attendance.Clash, t.clash(ctx, f)
}

// cover takes the cloud's body in beside a line that waits here no more.
func (t *tx) cover(ctx context.Context, f attendance.Fact) (attendance.Kept, error) {
	_, err := t.q.Learnt(ctx, f.ID)
	if !errors.Is(err, sql.ErrNoRows) {
		return attendance.Duplicate, err
	}
	if err := t.insert(ctx, f); err != nil {
		return 0, err
	}
	return attendance.Fresh, t.q.CoverFact(ctx, f.ID)
}
