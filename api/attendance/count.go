package attendance

import (
	"slices"
	"time"
)

// SessionCount is what one session that has ended adds up to.
type SessionCount struct {
	Session  ID
	OpenedAt time.Time
	Kind     SessionKind
	Expected int // everyone enrolled when it began
	Tally
}

// StudentCount is what one student's sessions of a course add up to.
type StudentCount struct {
	Student ID
	Tally
	Streak
	Missed int  // absent in so many sessions at the end
	Band   Band // under the course's policy
	Cells  Cells
}

// CourseCount is a course's register, added up. It is derived: whoever has the
// register can make it again.
type CourseCount struct {
	Course   ID
	Policy   Policy
	Sessions []SessionCount // those that have ended, oldest first
	Students []StudentCount // everyone ever enrolled, by roll
}

// Count adds a register up.
func (r Register) Count() CourseCount {
	out := CourseCount{Course: r.Course.ID, Policy: r.Policy, Sessions: r.SessionCounts()}
	for _, m := range r.Students {
		out.Students = append(out.Students, r.Student(m.Student))
	}
	return out
}

// SessionCounts adds up each session that has ended, oldest first.
func (r Register) SessionCounts() []SessionCount {
	var out []SessionCount
	for _, se := range r.Ended() {
		out = append(out, SessionCount{
			Session: se.ID, OpenedAt: se.OpenedAt, Kind: se.Kind, Expected: len(r.Roster.At(se.OpenedAt)), Tally: r.CountSession(se),
		})
	}
	return out
}

// Student adds up one student's sessions that have ended.
func (r Register) Student(student ID) StudentCount {
	statuses := r.Statuses(student)
	out := CountStatuses(statuses, r.Policy)
	out.Student, out.Cells = student, CellsOf(statuses)
	return out
}

// Statuses are what stands of a student in each session that has ended, oldest
// first: NotRequired where they were not enrolled when it began.
func (r Register) Statuses(student ID) []Status {
	var mine Roster
	for _, m := range r.Roster {
		if m.Student == student {
			mine = append(mine, m)
		}
	}
	ended := r.Ended()
	out := make([]Status, len(ended))
	for i, se := range ended {
		out[i] = NotRequired
		if _, expected := mine.ByStudent(student, se.OpenedAt); expected {
			out[i] = r.expected(se, student)
		}
	}
	return out
}

// CountStatuses adds up one student's sessions, oldest first.
func CountStatuses(statuses []Status, p Policy) StudentCount {
	out := StudentCount{Streak: StreakOf(statuses)}
	for _, st := range statuses {
		out.Tally.Count(st)
	}
	for _, st := range slices.Backward(statuses) {
		if st.Attended() {
			break
		}
		if st == Absent {
			out.Missed++
		}
	}
	out.Band = out.Tally.Band(p)
	return out
}

// settleFor is how long after its time was up a session that nobody ended is
// left out of stored counts. Until then a mark that was made while it ran may
// still be on its way into the database.
const settleFor = 10 * time.Minute

// SettledBy is the latest end of a session that stands even if nobody ended it.
func SettledBy(now time.Time) time.Time { return now.Add(-settleFor) }

// Settled leaves out sessions that may still change without anybody being told.
func (r Register) Settled() Register {
	var kept []Session
	for _, se := range r.Sessions {
		if !se.ClosedAt.IsZero() || !se.ClosesAt.After(SettledBy(r.Now)) {
			kept = append(kept, se)
		}
	}
	r.Sessions = kept
	r.Policy = policyOf(kept, r.Now, r.Policy)
	return r
}
