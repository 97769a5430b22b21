package attendance

import (
	"context"
	"time"
)

// Trends is how classes went, day by day.
type Trends struct {
	Days     []DaySum // days on which a class was held, oldest first
	Weekdays [7]DaySum
	Offline  Sum
	Online   Sum
	Courses  []CourseSum
	Counting int
}

// DaySum adds a day up.
type DaySum struct {
	Day           time.Time // its midnight on the campus
	Sessions      int
	Offline       int // counted as having been there, in a room
	Online        int
	OnlineClasses int
}

// There is how many counted as having been there.
func (d DaySum) There() int { return d.Offline + d.Online }

func (d *DaySum) add(s Sum) {
	d.Sessions += s.Sessions
	if s.Kind == Online {
		d.Online += s.There()
		d.OnlineClasses += s.Sessions
		return
	}
	d.Offline += s.There()
}

// trendDays is how many days are listed when no time is named.
const trendDays = 30

// Trends adds a scope up by day of the campus. Without a From, Days are the last
// thirty; all else is over the whole scope.
func (s *Service) Trends(ctx context.Context, tx Figures, scope Scope) (Trends, error) {
	l, err := s.ledger(ctx, tx, scope)
	if err != nil {
		return Trends{}, err
	}
	out := Trends{Counting: l.counting, Offline: Sum{Kind: Offline}, Online: Sum{Kind: Online}}
	if out.Courses, err = l.courses(ctx); err != nil {
		return out, err
	}
	midnights, err := l.midnights(ctx)
	if err != nil || len(midnights) == 0 {
		return out, err
	}
	sums, err := l.daySums(ctx, scope.From, midnights)
	if err != nil {
		return out, err
	}
	since := scope.From
	if since.IsZero() {
		end := scope.Until
		if end.IsZero() {
			end = l.now
		}
		since = dayFrom(end.Add(-1).In(l.school.Zone), 1-trendDays)
	}
	days := make([]DaySum, len(midnights))
	for _, sum := range sums {
		day := max(sum.Day-1, 0)
		days[day].add(sum)
		out.Weekdays[midnights[day].Weekday()].add(sum)
		total := &out.Offline
		if sum.Kind == Online {
			total = &out.Online
		}
		total.Sessions += sum.Sessions
		total.Tally = total.Plus(sum.Tally)
	}
	for i, d := range days {
		if d.Day = midnights[i]; d.Sessions > 0 && !d.Day.Before(since) {
			out.Days = append(out.Days, d)
		}
	}
	return out, nil
}

// midnights begin the days from the first class to the last.
func (l *ledger) midnights(ctx context.Context) ([]time.Time, error) {
	first, err := l.tx.FirstCounted(ctx, l.stored)
	if err != nil {
		return nil, err
	}
	for _, reg := range l.live {
		for _, se := range reg.Ended() {
			if first.IsZero() || se.OpenedAt.Before(first) {
				first = se.OpenedAt
			}
		}
	}
	if first.IsZero() {
		return nil, nil
	}
	if l.scope.From.After(first) {
		first = l.scope.From
	}
	end := l.now
	if !l.scope.Until.IsZero() {
		end = l.scope.Until
	}
	var out []time.Time
	for day := dayFrom(first.In(l.school.Zone), 0); !day.After(end) || len(out) == 0; day = dayFrom(day, 1) {
		out = append(out, day)
	}
	return out, nil
}
