package sqlite

import (
	"context"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite/internal/dbsqlc"
)

// Unplaced are lines of the log that a person must place: this pendrive could
// not, or the cloud did not.
func (t *tx) Unplaced(ctx context.Context, session attendance.ID) ([]attendance.Fact, error) {
	var rows []dbsqlc.AsideRow
	if session.IsZero() {
		all, err := t.q.Aside(ctx)
		if err != nil {
			return nil, err
		}
		rows = all
	} else {
		some, err := t.q.AsideOf(ctx, session)
		if err != nil {
			return nil, err
		}
		rows = each(some, func(r dbsqlc.AsideOfRow) dbsqlc.AsideRow { return dbsqlc.AsideRow(r) })
	}
	out := make([]attendance.Fact, 0, len(rows))
	for _, r := range rows {
		why := r.Why
		if why == "" {
			why = r.Answer
		}
		f, err := stored{ID: r.ID, Ord: r.Ord, EffectiveMs: r.EffectiveMs, Body: r.Body, Why: why}.fact()
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// Waiting are facts that the cloud told before it told of their session.
func (t *tx) Waiting(ctx context.Context, session attendance.ID) ([]attendance.Fact, error) {
	rows, err := t.q.LearntWaiting(ctx, session)
	if err != nil {
		return nil, err
	}
	out := make([]attendance.Fact, 0, len(rows))
	for _, r := range rows {
		f, err := stored(r).fact()
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// Correct takes the cloud's time and order over for a line. seq is the line's
// number on the wire.
func (t *tx) Correct(ctx context.Context, seq, effectiveMS int64, ord attendance.HLC) (attendance.Fact, error) {
	f, at, err := t.line(ctx, seq)
	if err != nil {
		return f, err
	}
	f.EffectiveMS, f.Ord = effectiveMS, ord
	t.touch(f.Session)
	return f, t.q.CorrectFact(ctx, effectiveMS, int64(ord), at)
}

// Refuse notes why the cloud keeps a line aside.
func (t *tx) Refuse(ctx context.Context, seq int64, why attendance.Why) (attendance.Fact, error) {
	f, at, err := t.line(ctx, seq)
	if err != nil {
		return f, err
	}
	keep := string(f.Why)
	if keep == "" && (f.IsMark() || f.IsVoid()) {
		keep = string(why)
	}
	if err := t.q.RefuseFact(ctx, keep, string(why), at); err != nil {
		return f, err
	}
	t.touch(f.Session)
	if why == attendance.WhyHashConflict { // the cloud's body of this id may have come first
		return f, t.q.PreferLearnt(ctx, f.ID)
	}
	return f, nil
}

// rule keeps what was decided about a fact that is aside here, or that this was
// taken back. Teacher and office decide without knowing of each other, and either
// may be taken back: what stands is asked of all of them, never of the last.
func (t *tx) rule(ctx context.Context, id attendance.ID, r attendance.Ruling) error {
	if err := t.q.KeepRuling(ctx, id, r.Of, r.Sum, r.Back); err != nil {
		return err
	}
	rows, err := t.q.BodiesOf(ctx, r.Of)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if (attendance.Fact{Body: row.Body}).Sum() != r.Sum {
			continue
		}
		if err := t.q.RuleFact(ctx, r.Sum, row.Seq); err != nil {
			return err
		}
	}
	return nil
}

// line is a line of the log by its number on the wire, and its number here.
func (t *tx) line(ctx context.Context, seq int64) (attendance.Fact, int64, error) {
	if err := t.writable(); err != nil {
		return attendance.Fact{}, 0, err
	}
	at := seq + t.s.log.base
	r, err := t.q.Line(ctx, at)
	if err != nil {
		return attendance.Fact{}, at, missing(err, "line of the log", attendance.ID{})
	}
	f, err := stored(r).fact()
	return f, at, err
}
