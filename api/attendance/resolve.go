package attendance

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
)

// line is one line of an upload, read as far as it can be.
type line struct {
	Sent
	fact Fact
	err  error
}

func readLines(sent []Sent) []line {
	out := make([]line, len(sent))
	for i, l := range sent {
		out[i].Sent = l
		out[i].fact, out[i].err = Decode(l.Body)
	}
	return out
}

// receive fixes, once and for ever, when a line happened. One that cannot be read is
// kept as it came.
func (t timing) receive(up Upload, l line) (f Fact, adjusted bool) {
	f = l.fact
	origin := Origin{Incarnation: up.Incarnation, Seq: l.Seq}
	if l.err != nil || f.ID != l.ID || f.Node != up.Node {
		id := l.ID
		if id.IsZero() {
			id = Derive("line", up.Incarnation[:], binary.BigEndian.AppendUint64(nil, uint64(l.Seq)))
		}
		return Fact{
			ID: id, Node: up.Node, Body: l.Body, Why: WhyPoison, Origin: origin,
			EffectiveMS: t.now.UnixMilli(), Ord: HLCAt(t.now),
		}, false
	}
	f.Origin = origin
	there := f.Ord
	f.EffectiveMS, f.Clocking = t.effective(f.Stamp)
	sane := func(h HLC) bool { return !h.Time().After(t.now.Add(MaxAhead)) } // a node is never trusted into the future
	if f.Ord = f.HLC; !sane(f.HLC) {
		f.Ord = HLC(f.EffectiveMS<<hlcShift) + HLC(l.Seq&0xffff)
	}
	switch r := f.Ruling; {
	case r != nil && !sane(r.Ord):
	case r != nil && r.Back.IsZero() && f.IsMark():
		f.Ord = r.Ord
	case r != nil:
		f.Ord = f.Ord.past(r.Ord)
	case sane(f.Seen):
		f.Ord = f.Ord.past(f.Seen)
	}
	return f, f.EffectiveMS != f.WallMS || f.Ord != there
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// resolve gives every fact that cannot be placed its reason, and returns those of
// their sessions that are known, locked.
func resolve(ctx context.Context, tx Inbound, node ID, facts []Fact) (map[ID]Session, error) {
	entitled, err := tx.Entitled(ctx, node)
	if err != nil {
		return nil, err
	}
	known, err := tx.LockSessions(ctx, sessionsOf(facts))
	if err != nil {
		return nil, err
	}
	r := resolver{
		tx: tx, node: node, entitled: entitled, sessions: maps.Clone(known), rosters: map[ID]classlist{}, people: map[ID]bool{},
	}
	for i := range facts {
		if facts[i].Why != "" {
			continue
		}
		if facts[i].Why, err = r.why(ctx, facts[i]); err != nil {
			return nil, err
		}
	}
	return known, nil
}

type resolver struct {
	tx       Inbound
	node     ID
	entitled map[ID]bool
	sessions map[ID]Session // known before, and opened earlier in this batch
	rosters  map[ID]classlist
	people   map[ID]bool
}

// classlist is a course's roster, and each student's part of it.
type classlist struct {
	Roster
	of map[ID]Roster
}

// why is empty when the fact can be placed.
func (r *resolver) why(ctx context.Context, f Fact) (Why, error) {
	switch {
	case f.V > Version:
		return WhyUnknownKind, nil
	case f.Class > Teacher: // an office does not sit in a classroom
		return WhyNotEntitled, nil
	case f.Kind == SessionOpened:
		return r.whyOpening(f), nil
	case f.Kind != SessionExtended && f.Kind != SessionEnded && !f.IsVoid() && !f.IsMark() && f.Kind != Note && f.Kind != WalkedIn:
		return WhyUnknownKind, nil
	case f.Kind == MarkSeen && f.Student.IsZero() && f.Device != nil && f.Device.Slot != 0:
		return WhyUnknownPerson, nil // a scanner of ours names a finger, and nobody said whose
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
	case !r.entitled[se.Course] && se.Node != r.node: // its own class was its to hold, or the office said so
		return WhyNotEntitled, nil
	case f.WalkIn: // follows what the office decides, and follows again when that is undone
		return WhyWalkIn, nil
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
	if _, ok := roster.of[f.Student].ByStudent(f.Student, se.OpenedAt); ok {
		return "", nil
	}
	known, err := r.knows(ctx, f.Student)
	if err == nil && !known {
		return WhyUnknownPerson, nil
	}
	return WhyNotEnrolled, err
}

// knows reports whether there is such a student at all.
func (r *resolver) knows(ctx context.Context, student ID) (bool, error) {
	if known, asked := r.people[student]; asked {
		return known, nil
	}
	known, err := r.tx.KnowsStudent(ctx, student)
	if err != nil {
		return false, fmt.Errorf("look for student %s: %w", student, err)
	}
	r.people[student] = known
	return known, nil
}

func (r *resolver) whyOpening(f Fact) Why {
	se, known := r.sessions[f.Session]
	switch {
	case known && se.Node != f.Node:
		return WhyNotEntitled
	case known && se.Opened != f.Stamp: // opened at another moment: which came first must not matter
		return WhyHashConflict
	case !r.entitled[f.Opening.Course]:
		return WhyNotEntitled
	case !known:
		r.sessions[f.Session] = open(f)
	}
	return ""
}

func (r *resolver) roster(ctx context.Context, course ID) (classlist, error) {
	if got, ok := r.rosters[course]; ok {
		return got, nil
	}
	all, err := r.tx.Roster(ctx, course)
	if err != nil {
		return classlist{}, fmt.Errorf("read roster: %w", err)
	}
	got := classlist{all, map[ID]Roster{}}
	for _, m := range all {
		got.of[m.Student] = append(got.of[m.Student], m)
	}
	r.rosters[course] = got
	return got, nil
}
