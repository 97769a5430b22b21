package sqlite

import (
	"context"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// How much of the log stays on the drive once the cloud has confirmed it. What was
// not confirmed is never deleted, however old.
const (
	keepFor     = 90 * 24 * time.Hour
	pruneAtOnce = 2000 // lines: marks wait no longer than that takes
)

// prune lets lines leave the drive from the start of the log that are confirmed and
// old, or more than it shall hold. What they folded to stays, so that every figure
// is what it was. It has the turn.
func (s *Store) prune(ctx context.Context, now time.Time) error {
	crowded, err := s.crowded(ctx)
	if err != nil {
		return err
	}
	rows, err := s.q.OldestLines(ctx, s.log.acked, pruneAtOnce)
	if err != nil {
		return explain(err)
	}
	before := now.Add(-keepFor).UnixMilli()
	through := s.log.pruned
	touched := map[attendance.ID]bool{}
	reader := &tx{s: s, q: s.q, readOnly: true}
	for _, r := range rows {
		if r.EffectiveMs > before && !crowded {
			break
		}
		if !r.SessionID.IsZero() {
			se, err := reader.session(ctx, r.SessionID)
			if err == nil && se.ClosedAt.IsZero() {
				break // a class that runs has all its facts
			}
			touched[r.SessionID] = true
		}
		through = r.Seq
	}
	if through == s.log.pruned {
		return nil
	}
	if len(rows) == pruneAtOnce {
		s.due.prune = now // there is more
	}
	return s.alone(ctx, func(ctx context.Context, t *tx) error {
		for id := range touched {
			if err := t.q.MarkPruned(ctx, id); err != nil {
				return err
			}
			if err := t.q.DropLearnt(ctx, id, before); err != nil {
				return err
			}
		}
		if err := t.q.DropLines(ctx, through); err != nil {
			return err
		}
		t.s.log.pruned = through
		return t.q.SetPruned(ctx, through)
	})
}

// crowded reports whether the register is larger than it shall be.
func (s *Store) crowded(ctx context.Context) (bool, error) {
	var pages, free, size int64
	for name, into := range map[string]*int64{"page_count": &pages, "freelist_count": &free, "page_size": &size} {
		if err := s.conn.QueryRowContext(ctx, "PRAGMA "+name).Scan(into); err != nil {
			return false, explain(err)
		}
	}
	return (pages-free)*size > s.opt.Sizes.Keep, nil
}

// unfolded are facts in place of those of a session that have left the drive. Facts
// that are still here, folded or kept aside, speak for themselves.
func (t *tx) unfolded(ctx context.Context, session attendance.ID, which attendance.Which, opened bool) ([]attendance.Fact, error) {
	row, err := t.q.Session(ctx, session)
	if err != nil || !row.Pruned || !which.Gesture.IsZero() {
		return nil, missing(err, "session", session)
	}
	se, err := t.session(ctx, session)
	if err != nil {
		return nil, err
	}
	var students []attendance.ID
	if !which.Student.IsZero() {
		students = append(students, which.Student)
	}
	standings, err := t.Standings(ctx, session, students...)
	if err != nil {
		return nil, err
	}
	var out []attendance.Fact
	for _, f := range attendance.Unfold(se, standings) {
		if f.Kind == attendance.SessionOpened && opened || !f.IsMark() && !which.Student.IsZero() {
			continue
		}
		if _, at, err := t.find(ctx, f.ID); err != nil {
			return nil, err
		} else if at == nowhere {
			out = append(out, f)
		}
	}
	return out, nil
}
