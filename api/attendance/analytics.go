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
func (r Register) Total() Tally {
	var t Tally
	for _, se := range r.Ended() {
		t = t.Plus(r.CountSession(se))
	}
	return t
}

// Plus adds two tallies.
func (t Tally) Plus(u Tally) Tally {
	return Tally{
		Present: t.Present + u.Present, Late: t.Late + u.Late, Absent: t.Absent + u.Absent,
		Excused: t.Excused + u.Excused, Duty: t.Duty + u.Duty,
	}
}

// AtRisk are those enrolled now who stand below the minimum, worst first, then by
// roll. Nobody is at risk before their first class.
func (r Register) AtRisk() []Risk {
	var out []Risk
	for _, m := range r.Enrolled() {
		t := r.CountStudent(m.Student)
		if t.Band(r.Policy).Low() {
			out = append(out, Risk{Member: m, Tally: t})
		}
	}
	slices.SortStableFunc(out, func(a, b Risk) int {
		x, _ := a.Percent(r.Policy)
		y, _ := b.Percent(r.Policy)
		return cmp.Compare(x, y)
	})
	return out
}
