package attendance

import (
	"context"
	"fmt"
	"time"
)

// Overview is how a school stands.
type Overview struct {
	Students int // enrolled now in the scope's courses; without a term everybody who was not archived
	Courses  int
	Sessions int // that have ended
	Online   int
	Week     int // began since midnight seven days ago
	Month    int // began in this month
	There    int // counted as having been there
	AtRisk   int // students below the minimum of a course
	Share
	Lines    []CourseSum
	Counting int // courses whose last changes are not in these figures yet
}

// CourseSum is how a course stands.
type CourseSum struct {
	CourseLine
	CourseTotal
}

// Share adds courses up whose policies may differ: each counts a late as its own
// policy says.
type Share struct {
	Attended float64
	Held     int
}

// Add takes a tally in.
func (s *Share) Add(t Tally, p Policy) {
	s.Attended += t.Attended(p)
	s.Held += t.Held()
}

// Percent is as [Tally.Percent].
func (s Share) Percent() (float64, bool) {
	if s.Held == 0 {
		return 0, false
	}
	return 100 * s.Attended / float64(s.Held), true
}

// Band is as [Tally.Band].
func (s Share) Band(p Policy) Band {
	pct, ok := s.Percent()
	return p.band(pct, ok)
}

// Overview adds a scope up.
func (s *Service) Overview(ctx context.Context, tx Figures, scope Scope) (Overview, error) {
	l, err := s.ledger(ctx, tx, scope, Parts{Footings: true, Bands: scope.whole()})
	if err != nil {
		return Overview{}, err
	}
	out := Overview{Courses: len(l.lines), Counting: l.counting, Lines: l.courses()}
	for _, c := range out.Lines {
		out.Sessions += c.Sessions
		out.Online += c.Online
		out.There += c.There()
		out.Share.Add(c.Tally, c.Policy)
	}
	l.recent(&out)
	if out.AtRisk, err = l.atRisk(ctx); err != nil {
		return out, fmt.Errorf("count who is at risk: %w", err)
	}
	if scope.Term.IsZero() {
		out.Students, err = tx.People(ctx)
	} else {
		out.Students, err = tx.PeopleIn(ctx, ids(l.lines), l.now)
	}
	return out, err
}

func ids(lines []CourseLine) []ID {
	out := make([]ID, len(lines))
	for i, c := range lines {
		out[i] = c.ID
	}
	return out
}

// courses adds each course up.
func (l *ledger) courses() []CourseSum {
	out, at := make([]CourseSum, len(l.lines)), make(map[ID]int, len(l.lines))
	for i, c := range l.lines {
		out[i].CourseLine, at[c.ID] = c, i
		if l.scope.whole() {
			out[i].CourseTotal = c.Stored
		}
	}
	if !l.scope.whole() {
		since, end := bounds(l.scope.From, l.scope.Until)
		for _, s := range l.strips {
			c := &out[at[s.Course]]
			for f := range s.Sessions.All() {
				if f.OpenedMS >= since && f.OpenedMS < end {
					c.add(f)
				}
			}
		}
		return out
	}
	for _, c := range l.live {
		out[at[c.Course]].CourseTotal = c.Sum()
	}
	return out
}

// recent counts this week's and this month's classes.
func (l *ledger) recent(out *Overview) {
	today := l.now.In(l.school.Zone)
	week, _ := bounds(dayFrom(today, -7), time.Time{})
	month, _ := bounds(time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, l.school.Zone), time.Time{})
	since, end := bounds(l.scope.From, l.scope.Until)
	since = max(since, min(week, month))
	for _, s := range l.strips {
		for f := range s.Sessions.All() {
			if f.OpenedMS < since {
				break // the rest is older
			}
			if f.OpenedMS >= end {
				continue
			}
			if f.OpenedMS >= week {
				out.Week++
			}
			if f.OpenedMS >= month {
				out.Month++
			}
		}
	}
}

// dayFrom is the start of a day in the zone of t, some days later or earlier.
func dayFrom(t time.Time, days int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+days, 0, 0, 0, 0, t.Location())
}
