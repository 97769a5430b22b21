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

	Enrolled Roster // their enrolments, where a whole course was counted
	here     bool   // enrolled when it was
}

// CourseCount is a course's register, added up. It is derived: whoever has the
// register can make it again.
type CourseCount struct {
	Course   ID
	Policy   Policy
	Sessions []SessionCount // those that have ended, oldest first
	Students []StudentCount // everyone ever enrolled, by roll
	Enrolled int            // when it was counted
	Until    time.Time      // when somebody's enrolment begins or ends next; zero: never
}

// Count adds a register up.
func (r Register) Count() CourseCount {
	ended := r.Ended()
	out := CourseCount{Course: r.Course.ID, Policy: r.Policy, Sessions: make([]SessionCount, len(ended))}
	for i, se := range ended {
		out.Sessions[i] = SessionCount{Session: se.ID, OpenedAt: se.OpenedAt, Kind: se.Kind}
	}
	mine := map[ID]Roster{}
	for _, m := range r.Roster {
		mine[m.Student] = append(mine[m.Student], m)
	}
	for _, m := range r.Students {
		statuses, expected := r.statuses(ended, m.Student, mine[m.Student])
		for i, was := range expected {
			if was {
				out.Sessions[i].Expected++
				out.Sessions[i].Count(statuses[i])
			}
		}
		one := r.count(m.Student, statuses)
		one.Enrolled = mine[m.Student]
		if _, one.here = one.Enrolled.ByStudent(m.Student, r.Now); one.here {
			out.Enrolled++
		}
		out.Students = append(out.Students, one)
	}
	out.Until = r.Roster.changes(r.Now)
	return out
}

// Student adds up one student's sessions that have ended.
func (r Register) Student(student ID) StudentCount { return r.count(student, r.Statuses(student)) }

func (r Register) count(student ID, statuses []Status) StudentCount {
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
	out, _ := r.statuses(r.Ended(), student, mine)
	return out
}

// statuses are of the student whose enrolments mine are; expected says in which
// sessions they had to be.
func (r Register) statuses(ended []Session, student ID, mine Roster) (out []Status, expected []bool) {
	out, expected = make([]Status, len(ended)), make([]bool, len(ended))
	for i := range ended {
		out[i] = NotRequired
		if _, expected[i] = mine.ByStudent(student, ended[i].OpenedAt); expected[i] {
			out[i] = r.expected(ended[i], student)
		}
	}
	return out, expected
}

// Sum adds a course's sessions up.
func (c CourseCount) Sum() CourseTotal {
	var t CourseTotal
	for _, s := range c.Sessions {
		t.add(Footing{Online: s.Kind == Online, Expected: s.Expected, Tally: s.Tally})
	}
	return t
}

// CourseTotal is all of a course's sessions added up.
type CourseTotal struct {
	Sessions int
	Online   int
	Expected int
	Tally
}

func (t *CourseTotal) add(f Footing) {
	t.Sessions++
	t.Expected += f.Expected
	t.Tally = t.Plus(f.Tally)
	if f.Online {
		t.Online++
	}
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
