package attendance

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"
)

// nearEnough is how far a pendrive's wall clock may be off before the cloud
// corrects the times of its facts.
const nearEnough = 2 * time.Second

// receive decodes one line and fixes, once and for ever, when it happened. A
// line that cannot be read is kept as it came.
func receive(up Upload, sent Sent, now time.Time) (f Fact, adjusted bool) {
	f, err := Decode(sent.Body)
	origin := Origin{Incarnation: up.Incarnation, Seq: sent.Seq}
	if err != nil || f.ID != sent.ID || f.Node != up.Node {
		id := sent.ID
		if id.IsZero() {
			id = Derive("line", up.Incarnation[:], binary.BigEndian.AppendUint64(nil, uint64(sent.Seq)))
		}
		return Fact{
			ID: id, Node: up.Node, Body: sent.Body, Why: WhyPoison, Origin: origin,
			EffectiveMS: now.UnixMilli(), Ord: HLCAt(now),
		}, false
	}
	f.Origin = origin
	there := f.Ord
	f.EffectiveMS = effective(f.Stamp, up.Clock, now)
	sane := func(h HLC) bool { return !h.Time().After(now.Add(MaxAhead)) } // a node is never trusted into the future
	if f.Ord = f.HLC; !sane(f.HLC) {
		f.Ord = HLC(f.EffectiveMS<<hlcShift) + HLC(sent.Seq&0xffff)
	}
	if sane(f.Seen) {
		f.Ord = f.Ord.past(f.Seen)
	}
	return f, f.EffectiveMS != f.WallMS || f.Ord != there
}

// effective is the best estimate of when a fact happened. A clock that agrees
// with ours is believed. Otherwise, within the segment of the sample, the
// monotonic distance to now is exact (Cristian's method); across segments the
// same offset is the best guess, and nothing happens in the future. A sample that
// no clock can show is none.
func effective(s Stamp, sample Sample, now time.Time) int64 {
	offset, at := now.UnixMilli()-sample.WallMS, min(s.WallMS, maxMS)
	switch {
	case sample.WallMS <= 0, sample.WallMS > maxMS, abs(offset) <= nearEnough.Milliseconds():
	case !s.Segment.IsZero() && s.Segment == sample.Segment && s.MonoMS <= maxMS && sample.MonoMS >= 0:
		at = now.UnixMilli() - (sample.MonoMS - s.MonoMS)
	default:
		at += offset
	}
	return max(0, min(at, now.UnixMilli()))
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// resolve gives every fact that cannot be placed its reason.
func (s *Service) resolve(ctx context.Context, tx Inbound, node ID, facts []Fact) error {
	entitled, err := tx.Entitled(ctx, node)
	if err != nil {
		return err
	}
	known, err := tx.LockSessions(ctx, sessionsOf(facts))
	if err != nil {
		return err
	}
	r := resolver{tx: tx, node: node, entitled: entitled, sessions: known, rosters: map[ID]Roster{}}
	for i := range facts {
		if facts[i].Why != "" {
			continue
		}
		if facts[i].Why, err = r.why(ctx, facts[i]); err != nil {
			return err
		}
	}
	return nil
}

type resolver struct {
	tx       Inbound
	node     ID
	entitled map[ID]bool
	sessions map[ID]Session // known before, and opened earlier in this batch
	rosters  map[ID]Roster
}

// why is empty when the fact can be placed.
func (r *resolver) why(ctx context.Context, f Fact) (Why, error) {
	switch {
	case f.V > Version:
		return WhyUnknownKind, nil
	case f.Class > Teacher: // an office does not sit in a classroom
		return WhyNotEntitled, nil
	case f.Kind == SessionOpened:
		return r.whyOpening(ctx, f)
	case f.Kind != SessionExtended && f.Kind != SessionEnded && !f.IsVoid() && !f.IsMark() && f.Kind != Note:
		return WhyUnknownKind, nil
	case f.IsMark() && f.Student.IsZero() && f.Session.IsZero():
		return WhyUnplaced, nil
	}
	se, ok := r.sessions[f.Session]
	switch {
	case !ok:
		return WhyUnknownSession, nil
	case f.Kind == SessionExtended, f.Kind == SessionEnded:
		if se.Node != r.node {
			return WhyNotEntitled, nil
		}
		return "", nil
	case !r.entitled[se.Course]:
		return WhyNotEntitled, nil
	case f.IsVoid(), f.Kind == Note && f.Student.IsZero():
		return "", nil
	}
	roster, err := r.roster(ctx, se.Course)
	if err != nil {
		return "", err
	}
	if f.Student.IsZero() {
		if _, ok := roster.ByRoll(f.Roll, se.OpenedAt); ok {
			return WhyUnplaced, nil // somebody has the roll, yet the pendrive could not be sure of the class
		}
		return WhyNotEnrolled, nil
	}
	if _, ok := roster.ByStudent(f.Student, se.OpenedAt); !ok {
		return WhyNotEnrolled, nil
	}
	return "", nil
}

func (r *resolver) whyOpening(ctx context.Context, f Fact) (Why, error) {
	se, known := r.sessions[f.Session]
	if known && se.Node != f.Node {
		return WhyNotEntitled, nil
	}
	if known && se.Opened != f.Stamp { // opened at another moment: which came first must not matter
		return WhyHashConflict, nil
	}
	if !r.entitled[f.Opening.Course] {
		return WhyNotEntitled, nil
	}
	if _, err := r.tx.Course(ctx, f.Opening.Course); errors.Is(err, ErrNotFound) {
		return WhyNotEntitled, nil
	} else if err != nil {
		return "", fmt.Errorf("read course: %w", err)
	}
	if !known {
		r.sessions[f.Session] = open(f)
	}
	return "", nil
}

func (r *resolver) roster(ctx context.Context, course ID) (Roster, error) {
	if got, ok := r.rosters[course]; ok {
		return got, nil
	}
	got, err := r.tx.Roster(ctx, course)
	if err != nil {
		return nil, fmt.Errorf("read roster: %w", err)
	}
	r.rosters[course] = got
	return got, nil
}

// Settle places what waited in the inbox for a session that is known by now, and
// returns how many facts found their place.
func (s *Service) Settle(ctx context.Context, tx Inbound, session ID) (int, error) {
	waiting, err := tx.Waiting(ctx, session)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	var facts []Fact
	for _, w := range waiting {
		f := w
		f.Why = ""
		batch := []Fact{f}
		if err := s.resolve(ctx, tx, f.Node, batch); err != nil {
			return 0, err
		}
		if batch[0].Why == "" {
			facts = append(facts, f)
		}
	}
	if len(facts) == 0 {
		return 0, nil
	}
	if _, err := merge(ctx, tx, facts); err != nil {
		return 0, err
	}
	ids := make([]ID, len(facts))
	for i, f := range facts {
		ids[i] = f.ID
	}
	return len(ids), tx.Placed(ctx, ids)
}

// Waiter is what a pendrive's store adds for facts that came down before the
// session they belong to.
type Waiter interface {
	Waiting(ctx context.Context, session ID) ([]Fact, error)
}

// Learn folds facts that the cloud sent down into a pendrive's own view. What
// the pendrive made itself is not touched: its view is the fold of both. A fact
// of a session that is not here waits until the session comes: the feed's order
// is not that of the classroom.
func (s *Service) Learn(ctx context.Context, tx Tx, facts []Fact) error {
	here, err := tx.LockSessions(ctx, sessionsOf(facts))
	if err != nil {
		return fmt.Errorf("lock sessions: %w", err)
	}
	opened := map[ID]bool{}
	for _, f := range facts {
		if _, known := here[f.Session]; f.Kind == SessionOpened && !known {
			opened[f.Session] = true
		}
	}
	for i := range facts {
		f := &facts[i]
		f.Learnt = true
		s.clock.Observe(f.HLC)
		_, known := here[f.Session]
		switch {
		case f.IsMark() && (f.Session.IsZero() || f.Student.IsZero()):
			f.Why = WhyUnplaced
		case !f.Session.IsZero() && !known && !opened[f.Session]:
			f.Why = WhyUnknownSession
		}
	}
	if w, ok := tx.(Waiter); ok {
		for _, id := range sortedIDs(opened) {
			waited, err := w.Waiting(ctx, id)
			if err != nil {
				return fmt.Errorf("read what waits for session %s: %w", id, err)
			}
			for _, f := range waited {
				f.Why, f.Learnt = "", true
				facts = append(slices.Clip(facts), f) // what lies behind the slice is the caller's
			}
		}
	}
	_, err = merge(ctx, tx, facts)
	return err
}
