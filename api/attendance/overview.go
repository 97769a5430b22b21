package attendance

import (
	"context"
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
	l, err := s.ledger(ctx, tx, scope)
	if err != nil {
		return Overview{}, err
	}
	out := Overview{Courses: len(l.lines), Counting: l.counting}
	if out.Lines, err = l.courses(ctx); err != nil {
		return out, err
	}
	for _, c := range out.Lines {
		out.Sessions += c.Sessions
		out.Online += c.Online
		out.There += c.There()
		out.Share.Add(c.Tally, c.Policy)
	}
	if err := l.recent(ctx, &out); err != nil {
		return out, err
	}
	risk, err := l.atRisk(ctx)
	if err != nil {
		return out, err
	}
	out.AtRisk = len(risk)
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
func (l *ledger) courses(ctx context.Context) ([]CourseSum, error) {
	out, at := make([]CourseSum, len(l.lines)), make(map[ID]int, len(l.lines))
	for i, c := range l.lines {
		out[i].CourseLine, at[c.ID] = c, i
	}
	for _, reg := range l.live {
		out[at[reg.Course.ID]].CourseTotal = reg.Count().Sum()
	}
	if l.scope.From.IsZero() && l.scope.Until.IsZero() {
		for _, id := range l.stored {
			c := &out[at[id]]
			c.CourseTotal = c.Stored
		}
		return out, nil
	}
	sums, err := l.tx.CourseSums(ctx, l.stored, l.scope.From, l.scope.Until)
	for _, sum := range sums {
		out[at[sum.Course]].add(sum)
	}
	return out, err
}

// recent counts this week's and this month's classes.
func (l *ledger) recent(ctx context.Context, out *Overview) error {
	today := l.now.In(l.school.Zone)
	week, month := dayFrom(today, -7), time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, l.school.Zone)
	bounds := []time.Time{week, month}
	if month.Before(week) {
		bounds = []time.Time{month, week}
	}
	sums, err := l.daySums(ctx, later(l.scope.From, bounds[0]), bounds)
	for _, sum := range sums {
		if sum.Day > 0 && !bounds[sum.Day-1].Before(week) {
			out.Week += sum.Sessions
		}
		if sum.Day > 0 && !bounds[sum.Day-1].Before(month) {
			out.Month += sum.Sessions
		}
	}
	return err
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// dayFrom is the start of a day in the zone of t, some days later or earlier.
func dayFrom(t time.Time, days int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+days, 0, 0, 0, 0, t.Location())
}
