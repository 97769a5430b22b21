package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite/internal/dbsqlc"
	"github.com/arise-attendance/arise/db/sqlite/journal"
)

// stored is a row of either table of facts.
type stored struct {
	ID          attendance.ID
	Ord         int64
	EffectiveMs int64
	Body        []byte
	Why         string
}

// fact decodes a row. A body that cannot be read is still a fact that is kept.
func (r stored) fact() (attendance.Fact, error) {
	f, err := attendance.Decode(r.Body)
	if err != nil && r.Why == "" {
		return f, fmt.Errorf("fact %s: %w", r.ID, err)
	}
	f.ID, f.Body, f.Ord, f.EffectiveMS, f.Why = r.ID, r.Body, attendance.HLC(r.Ord), r.EffectiveMs, attendance.Why(r.Why)
	return f, nil
}

// Append keeps facts: what was made here at the end of the log, what the cloud
// told beside it.
func (t *tx) Append(ctx context.Context, facts []attendance.Fact) ([]attendance.Kept, error) {
	if err := t.writable(); err != nil {
		return nil, err
	}
	kept := make([]attendance.Kept, len(facts))
	given := int64(0) // by the cloud, of what this drive had lost
	for i, f := range facts {
		var err error
		if kept[i], err = t.keep(ctx, f); err != nil {
			return nil, fmt.Errorf("keep fact %s: %w", f.ID, err)
		}
		if kept[i] == attendance.Fresh && f.Ruling != nil {
			if err := t.rule(ctx, f.ID, *f.Ruling); err != nil {
				return nil, fmt.Errorf("take in what %s decided: %w", f.ID, err)
			}
		}
		if f.Learnt && kept[i] == attendance.Fresh && f.Node == t.s.node {
			given++
		}
		t.touch(f.Session)
		t.ended(f)
	}
	if given == 0 {
		return kept, nil
	}
	return kept, t.q.CountFromCloud(ctx, given)
}

func (t *tx) keep(ctx context.Context, f attendance.Fact) (attendance.Kept, error) {
	old, table, err := t.find(ctx, f.ID)
	switch {
	case err != nil:
		return 0, err
	case table == nowhere:
		if again, err := t.clashed(ctx, f); again || err != nil {
			return attendance.Duplicate, err
		}
		return attendance.Fresh, t.insert(ctx, f)
	case !bytes.Equal(old.Body, f.Body):
		return t.other(ctx, table, old, f)
	case old.Why != "" && f.Why == "": // it waited, and now its place is known
		return attendance.Fresh, t.place(ctx, table, f)
	}
	return attendance.Duplicate, nil
}

type table int

const (
	nowhere table = iota
	inLog
	inLearnt
)

// find is where an id is stored. A clash is not: it only took the same id.
func (t *tx) find(ctx context.Context, id attendance.ID) (stored, table, error) {
	if _, seen := t.s.hot.ids[id]; !seen {
		return stored{}, nowhere, nil
	}
	r, err := t.q.Fact(ctx, id)
	if err == nil {
		return stored(r), inLog, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return stored{}, nowhere, err
	}
	l, err := t.q.Learnt(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return stored{}, nowhere, nil
	}
	return stored(l), inLearnt, err
}

func (t *tx) insert(ctx context.Context, f attendance.Fact) error {
	if _, seen := t.s.hot.ids[f.ID]; !seen {
		t.s.hot.ids[f.ID] = struct{}{}
		t.added = append(t.added, f.ID)
	}
	if f.Learnt {
		return t.q.LearnFact(ctx, dbsqlc.LearnFactParams{
			ID: f.ID, Kind: string(f.Kind), SessionID: f.Session, StudentID: f.Student, GestureID: f.Gesture,
			Ord: int64(f.Ord), EffectiveMs: f.EffectiveMS, Body: f.Body, Why: string(f.Why),
		})
	}
	if f.Kind == attendance.SessionOpened && t.s.low && !t.again {
		return ErrLow
	}
	l := &t.s.log
	seq, hash := l.seq+1, attendance.Chain(l.hash, l.seq+1-l.base, f.ID, f.Body)
	p := dbsqlc.AppendFactParams{
		Seq: seq, ID: f.ID, Kind: string(f.Kind), SessionID: f.Session, StudentID: f.Student, GestureID: f.Gesture,
		Ord: int64(f.Ord), EffectiveMs: f.EffectiveMS, Body: f.Body, Hash: hash[:], Why: string(f.Why),
	}
	if f.Device != nil {
		p.DeviceID = f.Device.ID
	}
	if err := t.q.AppendFact(ctx, p); err != nil {
		return err
	}
	l.seq, l.hash = seq, hash
	t.lines = append(t.lines, journal.Line{Seq: seq, ID: f.ID, Why: string(f.Why), Hash: hash, Body: f.Body})
	return nil
}

// clash keeps a second body of an id, once, so that the cloud hears of it too.
func (t *tx) clash(ctx context.Context, f attendance.Fact) error {
	f.Why = attendance.WhyHashConflict
	if f.Learnt {
		return t.insert(ctx, f)
	}
	if again, err := t.clashed(ctx, f); again || err != nil {
		return err
	}
	return t.insert(ctx, f)
}

// clashed reports whether this very body is kept as a second one of its id.
func (t *tx) clashed(ctx context.Context, f attendance.Fact) (bool, error) {
	if _, seen := t.s.hot.ids[f.ID]; !seen {
		return false, nil
	}
	bodies, err := t.q.Clashes(ctx, f.ID)
	return slices.ContainsFunc(bodies, func(b []byte) bool { return bytes.Equal(b, f.Body) }), err
}

func (t *tx) place(ctx context.Context, at table, f attendance.Fact) error {
	if at == inLearnt {
		return t.q.PlaceLearnt(ctx, f.EffectiveMS, int64(f.Ord), f.ID)
	}
	return t.q.PlaceFact(ctx, f.EffectiveMS, int64(f.Ord), f.ID)
}

func (t *tx) Known(ctx context.Context, ids []attendance.ID) (map[attendance.ID]bool, error) {
	out := make(map[attendance.ID]bool, len(ids))
	for _, id := range ids {
		if _, seen := t.s.hot.ids[id]; !seen {
			continue
		}
		_, at, err := t.find(ctx, id)
		if err != nil {
			return nil, err
		}
		if at == nowhere { // what the cloud refused for another body of its id is stored all the same
			bodies, err := t.q.Clashes(ctx, id)
			if err != nil {
				return nil, err
			}
			if len(bodies) == 0 {
				continue
			}
		}
		out[id] = true
	}
	return out, nil
}

func (t *tx) Facts(ctx context.Context, session attendance.ID, which attendance.Which) ([]attendance.Fact, error) {
	mine, err := t.q.FactsOf(ctx, session, which.Student, which.Gesture)
	if err != nil {
		return nil, err
	}
	told, err := t.q.LearntOf(ctx, session, which.Student, which.Gesture)
	if err != nil {
		return nil, err
	}
	out := make([]attendance.Fact, 0, len(mine)+len(told))
	for _, r := range mine {
		f, err := stored(r).fact()
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	for _, r := range told {
		f, err := stored(r).fact()
		if err != nil {
			return nil, err
		}
		f.Learnt = true
		out = append(out, f)
	}
	opened := slices.ContainsFunc(out, func(f attendance.Fact) bool { return f.Kind == attendance.SessionOpened })
	rest, err := t.unfolded(ctx, session, which, opened)
	if err != nil && !errors.Is(err, attendance.ErrNotFound) {
		return nil, err
	}
	out = append(out, rest...)
	slices.SortFunc(out, func(a, b attendance.Fact) int {
		return cmp.Or(cmp.Compare(a.Ord, b.Ord), a.ID.Compare(b.ID))
	})
	return out, nil
}

func (t *tx) LastOrd(ctx context.Context) (attendance.HLC, error) {
	ord, err := t.q.LastOrd(ctx)
	return attendance.HLC(ord), err
}
