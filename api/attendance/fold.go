package attendance

import (
	"cmp"
	"slices"
	"time"
)

// Vote is what one fact says of one student.
type Vote struct {
	Class  Class  `json:"class"`
	Actor  ID     `json:"actor,omitzero"`
	Ord    HLC    `json:"ord"`
	Fact   ID     `json:"fact"`
	Status Status `json:"status,omitempty"` // empty: the verdict was withdrawn
	Method Method `json:"method,omitempty"`
	Reason string `json:"reason,omitempty"`
	Seen   HLC    `json:"seen,omitempty"`
	Via    ID     `json:"via,omitzero"` // the decision by which it was placed; it has a seat of its own

	AtMS    int64 `json:"at_ms"`
	Segment ID    `json:"segment,omitzero"`
	MonoMS  int64 `json:"mono_ms,omitempty"`
}

// VoteOf reads a mark's vote. Nobody has seen what comes after them, whatever a
// mad clock made them say.
func VoteOf(f Fact) Vote {
	v := Vote{
		Class: f.Class, Actor: f.Actor, Ord: f.Ord, Fact: f.ID, Status: f.Status, Method: f.Method,
		Reason: f.Reason, Seen: min(f.Seen, f.Ord), AtMS: f.EffectiveMS, Segment: f.Segment, MonoMS: f.MonoMS,
	}
	switch f.Kind {
	case MarkSeen: // evidence says only that the student was there; lateness follows from time
		v.Status, v.Actor, v.Seen = Present, ID{}, 0
	case MarkCleared:
		if v.Status = Unmarked; f.Class == Evidence { // only what was placed is taken back
			v.Actor, v.Seen = ID{}, 0
		}
	}
	if f.Ruling != nil {
		v.Via = f.Ruling.seat(f.ID)
	}
	return v
}

// before is the total order of facts: by Ord, ties by id.
func (v Vote) before(w Vote) bool {
	if v.Ord != w.Ord {
		return v.Ord < w.Ord
	}
	return v.Fact.Compare(w.Fact) < 0
}

// earlier orders evidence: by when it happened, as the cloud corrected it, for a
// drive whose clock runs ahead must not turn a first arrival into a second.
func (v Vote) earlier(w Vote) bool {
	if v.AtMS != w.AtMS {
		return v.AtMS < w.AtMS
	}
	return v.before(w)
}

// State is the fold of all facts about one student in one session. It keeps the
// earliest evidence and, for each class and author, the latest verdict. Joining
// takes the minimum and maximum of each, so a state is a semilattice: any order,
// any repeats and any grouping of facts give the same state.
//
// What a person placed has a seat of its own for each time it was placed, evidence
// too, because only such evidence can be taken back.
type State struct {
	Evidence *Vote  `json:"evidence,omitempty"`
	Verdicts []Vote `json:"verdicts,omitempty"` // ordered by class, author and decision
}

// Add folds one fact in.
func (s State) Add(f Fact) State {
	v := VoteOf(f)
	if v.Class == Evidence && v.Via.IsZero() {
		return s.Join(State{Evidence: &v})
	}
	return s.Join(State{Verdicts: []Vote{v}})
}

// Join merges two states of the same student and session.
func (s State) Join(t State) State {
	out := State{Evidence: s.Evidence, Verdicts: slices.Clone(s.Verdicts)}
	if t.Evidence != nil && (out.Evidence == nil || t.Evidence.earlier(*out.Evidence)) {
		out.Evidence = t.Evidence
	}
	for _, v := range t.Verdicts {
		at, found := slices.BinarySearchFunc(out.Verdicts, v, sameSeat)
		switch {
		case !found:
			out.Verdicts = slices.Insert(out.Verdicts, at, v)
		case out.Verdicts[at].before(v):
			out.Verdicts[at] = v
		}
	}
	return out
}

// sameSeat compares who speaks in which class. Only what was placed has a decision.
func sameSeat(a, b Vote) int {
	return cmp.Or(cmp.Compare(a.Class, b.Class), a.Actor.Compare(b.Actor), a.Via.Compare(b.Via))
}

// arrival is the earliest evidence that stands.
func (s State) arrival() (Vote, bool) {
	var first Vote
	found := false
	if s.Evidence != nil {
		first, found = *s.Evidence, true
	}
	for _, v := range s.Verdicts {
		if v.Class == Evidence && v.Status != Unmarked && (!found || v.earlier(first)) {
			first, found = v, true
		}
	}
	return first, found
}

// top is the latest verdict of a class that stands: nobody who had seen it took
// it back. A withdrawal says nothing of a verdict its author never saw.
func (s State) top(c Class) (Vote, bool) {
	var best Vote
	found := false
	for _, v := range s.Verdicts {
		if v.Class == c && v.Status != Unmarked && !s.withdrawn(v) && (!found || best.before(v)) {
			best, found = v, true
		}
	}
	return best, found
}

// withdrawn leaves leaves alone: each speaks for itself, and is withdrawn by the word
// that follows in its own seat.
func (s State) withdrawn(v Vote) bool {
	return slices.ContainsFunc(s.Verdicts, func(w Vote) bool {
		return w.Class == v.Class && v.Class != Leave && w.Status == Unmarked && w.Seen >= v.Ord
	})
}

// Winner is the vote that shows: the latest verdict of the highest class that is
// not withdrawn, else the evidence. A leave yields to whatever says that the student
// was there, but for a bulk mark, which says so of everybody.
func (s State) Winner() (Vote, bool) {
	if v, ok := s.top(Office); ok {
		return v, true
	}
	below, ok := s.below()
	_, came := s.arrival()
	there := ok && below.Status.Attended() && (below.Class != Bulk || came)
	if v, on := s.top(Leave); on && !there {
		return v, true
	}
	return below, ok
}

// below is what would show if there were neither office nor leave.
func (s State) below() (Vote, bool) {
	for _, c := range [...]Class{Teacher, Bulk} {
		if v, ok := s.top(c); ok {
			return v, true
		}
	}
	return s.arrival()
}

// Latest is the highest order of any verdict: what somebody who looks at the
// screen now has seen.
func (s State) Latest() HLC {
	var top HLC
	for _, v := range s.Verdicts {
		if v.Class > Evidence {
			top = max(top, v.Ord)
		}
	}
	return top
}

// Conflict reports whether the winning verdict and another author's disagree and
// neither author had seen the other's. Bulk marks do not argue with anybody.
func (s State) Conflict() bool {
	w, ok := s.Winner()
	if !ok || w.Class < Teacher {
		return false
	}
	for _, v := range s.Verdicts {
		if v.Class >= Teacher && v.Actor != w.Actor && v.Status != Unmarked &&
			v.Status != w.Status && v.Ord > w.Seen && w.Ord > v.Seen {
			return true
		}
	}
	return false
}

// Standing is what the register shows of one student in one session.
type Standing struct {
	Session ID
	Student ID
	State   State

	// Derived from State by [Stand]; stored for queries.
	Status   Status
	Method   Method
	Reason   string
	At       time.Time // arrival, or when the verdict was given
	Conflict bool
}

// Stand derives what shows from a state, with the session's frozen policy.
func Stand(session Session, student ID, state State) Standing {
	st := Standing{Session: session.ID, Student: student, State: state, Conflict: state.Conflict()}
	w, ok := state.Winner()
	if !ok {
		return st
	}
	st.Status, st.Method, st.Reason = w.Status, w.Method, w.Reason
	st.At = time.UnixMilli(w.AtMS).UTC()
	if w.Class == Evidence && session.lateAt(w) {
		st.Status = Late
	}
	return st
}
