package attendance

// Streak is a run of sessions attended, oldest first in the input.
type Streak struct {
	Current int // the run that ends at the newest session
	Longest int // the longest run of all
}

// StreakOf counts runs. Excused, not required and not taken sessions neither
// lengthen nor break a run.
func StreakOf(sessions []Status) Streak {
	var s Streak
	for _, st := range sessions {
		switch {
		case st.Attended():
			s.Current++
			s.Longest = max(s.Longest, s.Current)
		case st == Absent:
			s.Current = 0
		}
	}
	return s
}
