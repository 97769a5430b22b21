package sqlite

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite/journal"
)

// openJournal makes the register and the journal tell the same: lines that only the
// journal has come back, with the ids and bodies they had, and lines that only the
// register has are copied. It has the turn, and nobody listens yet.
func (s *Store) openJournal(ctx context.Context, rec *recovery) error {
	me, err := s.owner(ctx)
	if err != nil {
		return err
	}
	var missing []journal.Line
	seen := map[attendance.ID]struct{}{}
	j, found, err := journal.Open(s.dir, journal.Options{Segment: s.opt.Sizes.Segment, Open: s.opt.openSegment}, func(l journal.Line) error {
		seen[l.ID] = struct{}{}
		_, here := s.hot.ids[l.ID]
		if l.Seq > s.log.pruned && (!here || l.Why == string(attendance.WhyHashConflict)) {
			l.Body = bytes.Clone(l.Body)
			missing = append(missing, l)
		}
		return nil
	})
	if err != nil {
		return explain(err)
	}
	s.journal = j
	before, known := me, owner{}
	if found.Owner != nil && json.Unmarshal(found.Owner, &known) == nil {
		if !bytes.Equal(known.Key, me.Key) {
			missing = nil // the journal of another pendrive
		} else if me.Node.IsZero() {
			me = known // it was paired, and the register's end is lost
		}
	}
	back := 0
	err = s.alone(ctx, func(ctx context.Context, t *tx) (err error) {
		if before.Node != me.Node {
			if err := t.adopt(ctx, me); err != nil {
				return err
			}
		}
		back, err = t.takeBack(ctx, me.Node, missing)
		return err
	})
	if err != nil {
		return fmt.Errorf("take back what the journal has: %w", err)
	}
	if err := s.noteRecovery(ctx, rec, back, missing); err != nil {
		return err
	}
	if err := s.copyOut(ctx, seen); err != nil {
		return err
	}
	s.due.backup = s.due.backup || rec != nil || found.Holes > 0
	return s.own(ctx)
}

// takeBack keeps lines again, in their order. It returns how many were missing.
func (t *tx) takeBack(ctx context.Context, node attendance.ID, lines []journal.Line) (int, error) {
	before := t.s.log.seq
	facts := make([]attendance.Fact, 0, len(lines))
	for _, l := range lines {
		f, err := attendance.Decode(l.Body)
		if err == nil && !node.IsZero() && f.Node != node {
			continue // somebody put another pendrive's journal here
		}
		f.ID, f.Body, f.Why = l.ID, l.Body, attendance.Why(l.Why)
		if err != nil {
			f.Why = attendance.WhyPoison
		}
		facts = append(facts, f)
	}
	if len(facts) == 0 {
		return 0, nil
	}
	err := attendance.Rejoin(ctx, t, facts)
	return int(t.s.log.seq - before), err
}

// noteRecovery tells people what became of the register, and starts a new life when
// it is not line for line what it was: then the cloud, too, is asked for what is
// missing.
func (s *Store) noteRecovery(ctx context.Context, rec *recovery, back int, missing []journal.Line) error {
	if rec == nil && back == 0 {
		return nil
	}
	same := rec == nil && len(missing) > 0 && s.log.seq == missing[len(missing)-1].Seq && s.log.hash == missing[len(missing)-1].Hash
	if rec == nil {
		rec = &recovery{why: errors.New("the drive had not kept the end of the register"), source: fromRegister, kept: s.log.seq - int64(back)}
	}
	return s.alone(ctx, func(ctx context.Context, t *tx) error {
		err := t.q.NoteRecovery(ctx, noteOf(rec, back, t.nowMS()))
		if err == nil && !same {
			err = t.reborn(ctx)
		}
		return err
	})
}

// mostBehind is how far the journal can be behind the register after a cut: a few
// groups. One that is further behind is new, and a backup is due.
const mostBehind = 5000

// copyOut writes the register's last lines to the journal that it lacks.
func (s *Store) copyOut(ctx context.Context, seen map[attendance.ID]struct{}) error {
	from := max(s.log.pruned, s.log.base, s.log.seq-mostBehind)
	rows, err := s.q.WholeLinesAfter(ctx, from, mostBehind)
	if err != nil {
		return err
	}
	var lines []journal.Line
	for _, r := range rows {
		if _, ok := seen[r.ID]; !ok {
			lines = append(lines, journal.Line{Seq: r.Seq, ID: r.ID, Why: r.Why, Hash: [32]byte(r.Hash), Body: r.Body})
		}
	}
	s.due.backup = s.due.backup || len(lines) == mostBehind
	if err := s.own(ctx); err != nil {
		return err
	}
	return explain(s.journal.Append(lines))
}

// owner reads who this pendrive is.
func (s *Store) owner(ctx context.Context) (owner, error) {
	r, err := s.q.Identity(ctx)
	return owner{Key: r.Key, Node: r.NodeID, Name: r.Name, Institution: r.Institution, Cloud: r.CloudURL}, err
}

// own tells the journal who this pendrive is.
func (s *Store) own(ctx context.Context) error {
	o, err := s.owner(ctx)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return explain(s.journal.Own(raw))
}

// alone runs fn in a transaction of its own while its caller has the turn and no
// group is open. What it appends is in the journal already.
func (s *Store) alone(ctx context.Context, fn func(context.Context, *tx) error) error {
	if _, err := s.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return explain(err)
	}
	t := &tx{s: s, q: s.q, touched: map[attendance.ID]bool{}, again: true}
	err := fn(ctx, t)
	if err == nil {
		_, err = s.conn.ExecContext(ctx, "COMMIT")
	}
	if err != nil {
		s.hot.undo(t)
		s.log = s.durable
		_, _ = s.conn.ExecContext(ctx, "ROLLBACK") // SQLite may have done it already
		return explain(err)
	}
	s.durable = s.log
	return nil
}
