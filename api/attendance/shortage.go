package attendance

import "time"

// Shortage is how one student stands in one course against what is needed to sit
// its exam.
type Shortage struct {
	Course Course
	Member
	Tally
	Policy Policy
}

// Eligible compares as [Tally.Band] does; false and false before the first class.
func (s Shortage) Eligible() (yes, judged bool) {
	band := s.Band(s.Policy)
	return band == Safe, band != NoneYet
}

// Shortages are the students of the course, by roll. With below, only those whose
// unrounded percentage is less; who has had no class yet is not among them.
func (r Register) Shortages(below float64) []Shortage {
	var out []Shortage
	for _, m := range r.Roster.At(r.asOf()) {
		s := Shortage{Course: r.Course, Member: m, Tally: r.CountStudent(m.Student), Policy: r.Policy}
		if pct, judged := s.Percent(r.Policy); below > 0 && (!judged || pct >= below-epsilon) {
			continue
		}
		out = append(out, s)
	}
	return out
}

// asOf is whose enrolments a list speaks of: those of now, and those of the last
// class where the course is over and everybody has left.
func (r Register) asOf() time.Time {
	if n := len(r.Sessions); r.Course.Archived && n > 0 {
		return r.Sessions[n-1].OpenedAt
	}
	return r.Now
}
