package attendance

import (
	"fmt"
	"time"
)

// Every is how often a report is made by itself.
type Every string

// Rhythms.
const (
	EveryDay   Every = "day"
	EveryWeek  Every = "week"
	EveryMonth Every = "month"
)

// Schedule has a report made regularly, and mailed. Whatever it is made of ended the
// day before: a day, the seven days, or the calendar month.
type Schedule struct {
	ID      ID
	Account ID
	Asked   Asked // without days
	Every   Every
	Weekday time.Weekday // with week
	Hour    int          // of the campus's day
	To      []string
	NextAt  time.Time
	LastAt  time.Time // zero: not yet
}

// Check refuses what nobody can mean.
func (s Schedule) Check() error {
	monthly := s.Asked.Kind == "month"
	switch {
	case s.Every != EveryDay && s.Every != EveryWeek && s.Every != EveryMonth:
		return Invalid{Field: "every", Why: "must be day, week or month"}
	case s.Weekday < time.Sunday || s.Weekday > time.Saturday:
		return Invalid{Field: "weekday", Why: "must be from 0, Sunday, to 6, Saturday"}
	case s.Hour < 0 || s.Hour > 23:
		return Invalid{Field: "hour", Why: "must be from 0 to 23"}
	case s.Asked.Kind == "absentees" && s.Every != EveryDay:
		return Invalid{Field: "every", Why: "absentees are those of one day: choose day"}
	case monthly && s.Every != EveryMonth:
		return Invalid{Field: "every", Why: "a month's register is made once a month: choose month"}
	case len(s.To) == 0 || len(s.To) > 10:
		return Invalid{Field: "to", Why: "must name 1 to 10 addresses"}
	}
	return nil
}

// After is the next time that a schedule is due, later than at. A month's is due on
// its first day.
func (s Schedule) After(at time.Time, zone *time.Location) time.Time {
	local := at.In(zone)
	day := local.Day()
	if s.Every == EveryMonth {
		day = 1
	}
	for n := 0; ; n++ {
		next := time.Date(local.Year(), local.Month(), day+n, s.Hour, 0, 0, 0, zone)
		fits := s.Every == EveryDay || s.Every == EveryWeek && next.Weekday() == s.Weekday || s.Every == EveryMonth && next.Day() == 1
		if fits && next.After(at) {
			return next
		}
	}
}

// Due is what a schedule asks for when it is due at a time.
func (s Schedule) Due(at time.Time, zone *time.Location) Asked {
	out, local := s.Asked, at.In(zone)
	day := func(ago int) string {
		return time.Date(local.Year(), local.Month(), local.Day()-ago, 12, 0, 0, 0, zone).Format(time.DateOnly)
	}
	switch s.Every {
	case EveryDay:
		out.From, out.To = day(1), day(1)
	case EveryWeek:
		out.From, out.To = day(7), day(1)
	case EveryMonth:
		first := time.Date(local.Year(), local.Month()-1, 1, 12, 0, 0, 0, zone)
		if out.Kind == "month" {
			out.Month = first.Format("2006-01")
			return out
		}
		out.From, out.To = first.Format(time.DateOnly), first.AddDate(0, 1, -1).Format(time.DateOnly)
	}
	return out
}

// Paper is the report of one time that a schedule was due. The same time is the same
// paper, however many servers see that it is due.
func (s Schedule) Paper(at time.Time, zone *time.Location) Paper {
	return Paper{
		ID:      Derive("schedule", s.ID[:], fmt.Appendf(nil, "%d", s.NextAt.UnixMilli())),
		Account: s.Account, Asked: s.Due(s.NextAt, zone), State: Queued, AskedAt: at, To: s.To,
	}
}
