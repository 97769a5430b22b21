package attendance

import (
	"cmp"
	"slices"
	"time"
)

// Course is what is taught.
type Course struct {
	ID             ID
	Code           string
	Name           string
	DefaultMinutes int
	Archived       bool
}

// Instructor is a teacher as a classroom server knows them. PINHash is an
// argon2id verifier; a PIN itself is stored nowhere.
type Instructor struct {
	ID      ID
	Name    string
	PINHash string
}

// Member is one student's enrolment in one course, from a date to a date. A
// student who left and came back has two.
type Member struct {
	Student        ID
	Course         ID
	Roll           int // unique in the course at any one time
	Name           string
	UniversityRoll string
	EnrolmentNo    string
	From           time.Time
	To             time.Time // zero: still enrolled
}

// At reports whether the enrolment held at a time.
func (m Member) At(at time.Time) bool {
	return !at.Before(m.From) && (m.To.IsZero() || at.Before(m.To))
}

// Roster is every enrolment of one course, past and present, by roll.
type Roster []Member

// At is who was enrolled at a time: the students a session expects. Nobody is
// expected twice, even if two of their enrolments overlap.
func (r Roster) At(at time.Time) Roster {
	var out Roster
	seen := make(map[ID]bool, len(r))
	for _, m := range r {
		if m.At(at) && !seen[m.Student] {
			seen[m.Student] = true
			out = append(out, m)
		}
	}
	return out
}

// ByRoll finds who held a roll number at a time.
func (r Roster) ByRoll(roll int, at time.Time) (Member, bool) {
	for _, m := range r {
		if m.Roll == roll && m.At(at) {
			return m, true
		}
	}
	return Member{}, false
}

// ByStudent finds a student's enrolment at a time.
func (r Roster) ByStudent(id ID, at time.Time) (Member, bool) {
	for _, m := range r {
		if m.Student == id && m.At(at) {
			return m, true
		}
	}
	return Member{}, false
}

// ByUniversityRoll finds a student by the number the university gave, as typed.
func (r Roster) ByUniversityRoll(roll string, at time.Time) (Member, bool) {
	for _, m := range r {
		if m.UniversityRoll == roll && m.At(at) {
			return m, true
		}
	}
	return Member{}, false
}

// latest is the newest enrolment of each student, by roll.
func (r Roster) latest() Roster {
	newest := map[ID]Member{}
	for _, m := range r {
		if have, ok := newest[m.Student]; !ok || have.From.Before(m.From) {
			newest[m.Student] = m
		}
	}
	out := make(Roster, 0, len(newest))
	for _, m := range newest {
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b Member) int {
		return cmp.Or(cmp.Compare(a.Roll, b.Roll), a.Student.Compare(b.Student))
	})
	return out
}

// changes is when an enrolment begins or ends next; zero: none will.
func (r Roster) changes(after time.Time) time.Time {
	var next time.Time
	for _, m := range r {
		for _, at := range []time.Time{m.From, m.To} {
			if at.After(after) && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return next
}
