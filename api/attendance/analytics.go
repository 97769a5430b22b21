package attendance

import (
	"cmp"
	"slices"
)

// Risk is a student below the school's minimum.
type Risk struct {
	Member
	Tally
}

// Enrolled are the students of the course now, by roll.
func (r Register) Enrolled() Roster { return r.Roster.At(r.Now) }

// Total counts every student in every session that has ended.
func (r Register) Total() Tally { return r.Count().Sum().Tally }

// Plus adds two tallies.
func (t Tally) Plus(u Tally) Tally {
	return Tally{
		Present: t.Present + u.Present, Late: t.Late + u.Late, Absent: t.Absent + u.Absent,
		Excused: t.Excused + u.Excused, Duty: t.Duty + u.Duty,
	}
}

// AtRisk are those enrolled now who stand below the minimum, worst first, then by
// roll. Nobody is at risk before their first class.
func (r Register) AtRisk() []Risk { return r.Count().atRisk(r.Enrolled()) }

func (c CourseCount) atRisk(enrolled Roster) []Risk {
	var out []Risk
	students := c.ByStudent()
	for _, m := range enrolled {
		if st := students[m.Student]; st.Band.Low() {
			out = append(out, Risk{Member: m, Tally: st.Tally})
		}
	}
	slices.SortStableFunc(out, func(a, b Risk) int {
		x, _ := a.Percent(c.Policy)
		y, _ := b.Percent(c.Policy)
		return cmp.Compare(x, y)
	})
	return out
}

// ByStudent finds each student's.
func (c CourseCount) ByStudent() map[ID]StudentCount {
	out := make(map[ID]StudentCount, len(c.Students))
	for _, st := range c.Students {
		out[st.Student] = st
	}
	return out
}
