package attendance

import (
	"context"
	"slices"
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

func (d *DaySum) add(f Footing) {
	d.Sessions++
	if f.Online {
		d.Online += f.There()
		d.OnlineClasses++
		return
	}
	d.Offline += f.There()
}

func (d *DaySum) plus(o DaySum) {
	d.Sessions += o.Sessions
	d.Offline += o.Offline
	d.Online += o.Online
	d.OnlineClasses += o.OnlineClasses
}

// trendDays is how many days are listed when no time is named.
const trendDays = 30

// Trends adds a scope up by day of the campus. Without a From, Days are the last
// thirty; all else is over the whole scope.
func (s *Service) Trends(ctx context.Context, tx Figures, scope Scope) (Trends, error) {
	l, err := s.ledger(ctx, tx, scope, Parts{Footings: true})
	if err != nil {
		return Trends{}, err
	}
	out := Trends{Counting: l.counting, Courses: l.courses(), Offline: Sum{Kind: Offline}, Online: Sum{Kind: Online}}
	end := l.now
	if !scope.Until.IsZero() {
		end = scope.Until
	}
	days := calendar{days: []DaySum{{Day: dayFrom(end.In(l.school.Zone), 0)}}}
	since, until := bounds(scope.From, scope.Until)
	for _, strip := range l.strips {
		day := 0
		for f := range strip.Sessions.All() {
			if f.OpenedMS < since {
				break // the rest is older
			}
			if f.OpenedMS >= until {
				continue
			}
			day = days.find(day, f.OpenedMS)
			days.days[day].add(f)
			total := &out.Offline
			if f.Online {
				total = &out.Online
			}
			total.Sessions++
			total.Tally = total.Plus(f.Tally)
		}
	}
	listed := scope.From
	if listed.IsZero() {
		listed = dayFrom(end.Add(-1).In(l.school.Zone), 1-trendDays)
	}
	for _, d := range slices.Backward(days.days) {
		out.Weekdays[d.Day.Weekday()].plus(d)
		if d.Sessions > 0 && !d.Day.Before(listed) {
			out.Days = append(out.Days, d)
		}
	}
	return out, nil
}

// calendar is days of the campus, newest first, as far back as somebody looked.
type calendar struct {
	days []DaySum
	from []int64 // the days' midnights, in milliseconds
}

// find is the day of a time that lies in one day or before it; what lies after the
// first is of the first.
func (c *calendar) find(day int, ms int64) int {
	for ; ; day++ {
		if day == len(c.days) {
			c.days = append(c.days, DaySum{Day: dayFrom(c.days[day-1].Day, -1)})
		}
		if day == len(c.from) {
			c.from = append(c.from, c.days[day].Day.UnixMilli())
		}
		if ms >= c.from[day] {
			return day
		}
	}
}
