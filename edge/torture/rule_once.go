package torture

import (
	"slices"

	"github.com/arise-attendance/arise/api/attendance"
)

// once is I1: what was acknowledged is in Postgres exactly once.
func (t *trial) once(find findFunc) {
	for id, rows := range t.stored {
		if len(rows) > 1 {
			find("I1", Doubled, "fact %s is stored %d times", id, len(rows))
		}
	}
	for _, o := range t.ops {
		if !o.ok() {
			continue
		}
		switch o.Kind {
		case Verdict:
			id := o.markID()
			if _, waits := t.aside[id]; waits && t.how.Lied {
				continue // for its class, whose opening the medium forgot
			}
			if len(t.stored[id]) == 0 && t.demanded(o, id) {
				find("I1", Lost, "%s: verdict %s on student %s (%s) was acknowledged%s", o.Place, o.Status, o.Student, id, t.whereElse(id))
			}
		case Open:
			t.sessionFact(find, o, attendance.SessionOpened)
		case End:
			t.sessionFact(find, o, attendance.SessionEnded)
		}
	}
	for who, ops := range t.marks {
		t.scans(find, who, ops)
	}
}

func (t *trial) whereElse(id attendance.ID) string {
	if e, there := t.aside[id]; there {
		return " and waits in the inbox: " + e.Said
	}
	if t.sent[id] {
		return ", was received by the cloud, and is nowhere"
	}
	return " and never reached the cloud"
}

func (t *trial) sessionFact(find findFunc, o *op, kind attendance.Kind) {
	n := 0
	for _, f := range t.sessions[o.Session] {
		if f.Kind == kind {
			n++
		}
	}
	switch {
	case n == 0 && t.demanded(o, attendance.ID{}):
		find("I1", Lost, "%s: %s of session %s was acknowledged and is not in the cloud", o.Place, o.Kind, o.Session)
	case n > 1 && kind == attendance.SessionOpened:
		find("I1", Doubled, "session %s was opened %d times", o.Session, n)
	}
}

// scans have no id that their client knows: a place accepts one finger in a class
// once, and says "already" to the next.
func (t *trial) scans(find findFunc, who pupil, ops []*op) {
	asked, accepted, already, again := map[string]bool{}, map[string]bool{}, "", false
	for _, o := range ops {
		if o.Kind != Scan {
			continue
		}
		asked[o.Place] = asked[o.Place] || !o.no
		if !o.ok() || !t.demanded(o, attendance.ID{}) {
			continue
		}
		switch o.said {
		case Accepted:
			again = again || accepted[o.Place]
			accepted[o.Place] = true
		case Already:
			already = o.Place
		}
	}
	n := t.seen[who]
	switch {
	case again && !t.how.Lied:
		find("I1", Lost, "student %s was accepted twice at one place: the first finger had been forgotten", who.student)
	case n < len(accepted), n == 0 && already != "":
		find("I1", Lost, "student %s: %d places accepted the finger, the cloud holds %d", who.student, max(1, len(accepted)), n)
	case n > len(asked) && !t.how.Lied: // a drive that forgot a finger asks for it again; it counts once
		find("I1", Doubled, "student %s touched at %d places, the cloud holds %d fingers", who.student, len(asked), n)
	}
}

// shown is I1 at the drive: after each fault it shows what it acknowledged before,
// or what was on its way. It also holds for what all places show in the end.
func (t *trial) shown(find findFunc) {
	for i, e := range t.events {
		if e.Type == Gone && !t.how.Lied && t.openedBefore(e, i) {
			find("I1", Lost, "%s knows nothing of session %s, whose opening was acknowledged: %s", e.Place, e.Session, e.Said)
		}
		who := pupil{e.Session, e.Student}
		if (e.Type != Shown && e.Type != Standing) || !t.alone(who, e.Place) || t.how.Lied {
			continue
		}
		ok, last := t.may(who, i)
		switch {
		case slices.Contains(ok, e.Status):
		case e.Status == attendance.Unmarked:
			find("I1", Lost, "%s shows nothing of student %s, want one of %q: %q was acknowledged", e.Place, e.Student, ok, last)
		case slices.ContainsFunc(t.marks[who], func(o *op) bool { return o.Status == e.Status }), e.Status == attendance.Present:
			find("I1", Lost, "%s shows %q of student %s, want one of %q: %q was acknowledged", e.Place, e.Status, e.Student, ok, last)
		default:
			find("I1", Corrupt, "%s shows %q of student %s, which nobody ever said", e.Place, e.Status, e.Student)
		}
	}
}

func (t *trial) openedBefore(e Event, now int) bool {
	return slices.ContainsFunc(t.ops, func(o *op) bool {
		return o.Kind == Open && o.Session == e.Session && o.Place == e.Place && o.okAt < now
	})
}

// alone reports whether one drive only marked a student; where several did, order
// is the fold's affair and I3 judges it.
func (t *trial) alone(who pupil, place string) bool {
	return !slices.ContainsFunc(t.marks[who], func(o *op) bool {
		return o.Place != t.marks[who][0].Place || place != Cloud && o.Place != place
	})
}

// may lists what a student may show at a moment of the history: the last verdict
// that was acknowledged, or a later one that got no answer; below them, a finger.
// Each student's marks are asked for one after the other.
func (t *trial) may(who pupil, now int) (statuses []attendance.Status, last attendance.Status) {
	finger, sure := false, false
	for _, o := range t.marks[who] {
		if o.at > now || o.no {
			continue
		}
		switch {
		case o.Kind == Scan:
			finger, sure = true, sure || o.okAt < now
		case o.okAt < now:
			statuses, last = []attendance.Status{o.Status}, o.Status
		default:
			statuses = append(statuses, o.Status)
		}
	}
	if last == "" {
		if finger {
			statuses = append(statuses, attendance.Present, attendance.Late)
		}
		if !sure {
			statuses = append(statuses, attendance.Unmarked)
		} else {
			last = attendance.Present
		}
	}
	return statuses, last
}
