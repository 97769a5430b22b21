package attendance

import (
	"slices"
	"time"
)

// Untaken is a register that nobody took: a session in which nobody was marked, or
// a class that is usually held on that day of the week and was not.
type Untaken struct {
	Course  Course
	Day     time.Time // midnight
	Session Session   // zero: no class was opened
	Usual   time.Time // when it usually begins, where none was opened
	Held    int       // of the four weeks before, where none was opened
}

// A habit is what was done in most of the last four weeks.
const (
	habitWeeks  = 4
	habitNeeded = 3
)

// HabitFrom is the earliest day that [Missed] looks at.
func HabitFrom(day time.Time) time.Time { return weeksBefore(day, habitWeeks) }

// weeksBefore is the midnight so many weeks earlier.
func weeksBefore(day time.Time, weeks int) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d-7*weeks, 0, 0, 0, 0, day.Location())
}

// UntakenIn are the sessions of a register that ended without a mark although
// somebody was enrolled, oldest first.
func (r Register) UntakenIn() []Untaken {
	var out []Untaken
	for _, se := range r.Ended() {
		if !r.Taken(se) && len(r.Roster.At(se.OpenedAt)) > 0 {
			out = append(out, Untaken{Course: r.Course, Day: Midnight(se.OpenedAt, r.Zone), Session: se})
		}
	}
	return out
}

// Missed says whether a course that usually meets on a day of the week did not
// meet on a day (given as its midnight on the campus): it met on that weekday in at
// least three of the four weeks before. began are the starts of its sessions since
// [HabitFrom]. Outside its term nothing is missed, nor today before its latest
// usual start.
func Missed(course Course, term Term, day, now time.Time, began []time.Time) (Untaken, bool) {
	if course.Archived || !term.Holds(day) {
		return Untaken{}, false
	}
	zone := day.Location()
	on := func(day time.Time) (last time.Time, any bool) {
		for _, at := range began {
			if Midnight(at, zone).Equal(day) && (!any || at.After(last)) {
				last, any = at, true
			}
		}
		return last, any
	}
	if _, met := on(day); met {
		return Untaken{}, false
	}
	held, usual := 0, time.Duration(0)
	for week := 1; week <= habitWeeks; week++ {
		if at, met := on(weeksBefore(day, week)); met {
			held++
			usual = max(usual, wallClock(at.In(zone)))
		}
	}
	y, m, d := day.Date()
	due := time.Date(y, m, d, 0, 0, int(usual/time.Second), 0, zone)
	if held < habitNeeded || now.Before(due) {
		return Untaken{}, false
	}
	return Untaken{Course: course, Day: day, Usual: due, Held: held}, true
}

// wallClock is what a clock on the wall shows.
func wallClock(at time.Time) time.Duration {
	h, m, s := at.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
}

// Holds reports whether a day (its midnight) lies within the term, both ends
// included; an end that nobody gave is open.
func (t Term) Holds(day time.Time) bool {
	date := func(at time.Time) int { y, m, d := at.Date(); return (y*100+int(m))*100 + d }
	return (t.StartsOn.IsZero() || date(t.StartsOn) <= date(day)) && (t.EndsOn.IsZero() || date(day) <= date(t.EndsOn))
}

// SortUntaken orders them by day, course and time.
func SortUntaken(all []Untaken) {
	slices.SortStableFunc(all, func(a, b Untaken) int {
		if c := a.Day.Compare(b.Day); c != 0 {
			return c
		}
		if a.Course.Code != b.Course.Code {
			if a.Course.Code < b.Course.Code {
				return -1
			}
			return 1
		}
		return a.Session.OpenedAt.Compare(b.Session.OpenedAt)
	})
}
