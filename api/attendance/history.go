package attendance

import "time"

// Every number about a class or a student is CountSession or [Register.Student],
// over the same cells that the register shows; only who was enrolled when a session
// began is counted in it.

// CountSession counts the students of one session. While it runs, those nobody
// has marked yet count nowhere.
func (r Register) CountSession(se Session) Tally {
	var t Tally
	for _, m := range r.Roster.At(se.OpenedAt) {
		t.Count(r.expected(se, m.Student))
	}
	return t
}

// CountStudent counts one student's sessions that have ended.
func (r Register) CountStudent(student ID) Tally { return r.Student(student).Tally }

// Ended are the sessions whose result stands, oldest first.
func (r Register) Ended() []Session {
	out := make([]Session, 0, len(r.Sessions))
	for _, se := range r.Sessions {
		if !se.OpenAt(r.Now) {
			out = append(out, se)
		}
	}
	return out
}

// There is how many count as having been there, each in full.
func (t Tally) There() int { return t.Present + t.Late + t.Duty }

// Count counts a session's rows as [Register.CountSession] does.
func (l Live) Count() Tally {
	var t Tally
	for _, r := range l.Rows {
		t.Count(r.Shown(l.Session, l.Now))
	}
	return t
}

// EndAt is when a session ended, or is to end.
func (s Session) EndAt() time.Time {
	if !s.ClosedAt.IsZero() {
		return s.ClosedAt
	}
	return s.ClosesAt
}
