package torture

import "github.com/arise-attendance/arise/api/attendance"

// op is a question and what became of it.
type op struct {
	Event
	at   int // its place in the history
	okAt int // the answer's; none: never
	said string
	no   bool // refused
}

const never = int(^uint(0) >> 1)

func (o *op) ok() bool { return o.okAt != never }

// pupil is one student in one session.
type pupil struct{ session, student attendance.ID }

// trial is a history, looked up in the ways that rules ask.
type trial struct {
	how    Rules
	events []Event
	ops    []*op
	marks  map[pupil][]*op // scans and verdicts, in order

	read      map[string]bool
	stored    map[attendance.ID][]Event
	facts     map[attendance.ID]attendance.Fact
	sessions  map[attendance.ID][]attendance.Fact
	seen      map[pupil]int  // scans that the cloud holds
	shut      map[string]int // when a place was revoked
	aside     map[attendance.ID]Event
	sent      map[attendance.ID]bool
	standings map[string]map[pupil]Event
	unread    []Event // stored, but nobody can decode it
}

func newTrial(events []Event, how Rules) *trial {
	t := &trial{
		how: how, events: events, marks: map[pupil][]*op{}, read: map[string]bool{},
		stored: map[attendance.ID][]Event{}, facts: map[attendance.ID]attendance.Fact{}, aside: map[attendance.ID]Event{},
		sessions: map[attendance.ID][]attendance.Fact{}, seen: map[pupil]int{}, shut: map[string]int{},
		sent: map[attendance.ID]bool{}, standings: map[string]map[pupil]Event{},
	}
	byOp := map[int]*op{}
	for i, e := range events {
		switch e.Type {
		case Invoke:
			o := &op{Event: e, at: i, okAt: never}
			byOp[e.Op] = o
			t.ops = append(t.ops, o)
			if e.Kind == Scan || e.Kind == Verdict {
				who := pupil{e.Session, e.Student}
				t.marks[who] = append(t.marks[who], o)
			}
		case OK:
			if o := byOp[e.Op]; o != nil {
				o.okAt, o.said = i, e.Said
			}
		case Fail:
			if o := byOp[e.Op]; o != nil {
				o.no = true
			}
		case Revoked:
			t.shut[e.Place] = i
		case Read:
			t.read[e.Place] = true
		case Sent:
			t.sent[e.ID] = true
		case Stored:
			t.store(e)
		case Aside:
			t.aside[e.ID] = e
		case Standing:
			if t.standings[e.Place] == nil {
				t.standings[e.Place] = map[pupil]Event{}
			}
			t.standings[e.Place][pupil{e.Session, e.Student}] = e
		}
	}
	return t
}

func (t *trial) store(e Event) {
	t.stored[e.ID] = append(t.stored[e.ID], e)
	f, err := attendance.Decode(e.Body)
	if err != nil || f.ID != e.ID {
		t.unread = append(t.unread, e)
		return
	}
	f.Ord, f.EffectiveMS = e.Ord, e.EffectiveMS
	if _, again := t.facts[e.ID]; again {
		return
	}
	t.facts[e.ID] = f
	t.sessions[f.Session] = append(t.sessions[f.Session], f)
	if f.Kind == attendance.MarkSeen {
		t.seen[pupil{f.Session, f.Student}]++
	}
}

// demanded reports whether an acknowledged question must have left a fact in the
// cloud: not after its place was shut out, and not where the medium lied and the
// cloud was never told.
func (t *trial) demanded(o *op, fact attendance.ID) bool {
	if t.how.Lied && !t.sent[fact] {
		return false
	}
	shut, was := t.shut[o.Place]
	return !was || o.at < shut
}

// markID is the fact that a teacher's tap leaves.
func (o *op) markID() attendance.ID { return attendance.Derive("mark", o.Gesture[:], o.Student[:]) }
