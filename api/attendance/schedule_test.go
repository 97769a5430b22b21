package attendance

import (
	"errors"
	"testing"
	"time"
)

func TestAScheduleIsDueWhereTheCampusIs(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		got, err := time.ParseInLocation("2006-01-02 15:04", s, kolkata)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for _, tc := range []struct {
		s        Schedule
		at, want string
	}{
		{Schedule{Every: EveryDay, Hour: 7}, "2026-11-22 06:59", "2026-11-22 07:00"},
		{Schedule{Every: EveryDay, Hour: 7}, "2026-11-22 07:00", "2026-11-23 07:00"},
		{Schedule{Every: EveryDay, Hour: 0}, "2026-12-31 12:00", "2027-01-01 00:00"},
		{Schedule{Every: EveryWeek, Weekday: time.Monday, Hour: 7}, "2026-11-22 12:00", "2026-11-23 07:00"},
		{Schedule{Every: EveryWeek, Weekday: time.Monday, Hour: 7}, "2026-11-23 07:00", "2026-11-30 07:00"},
		{Schedule{Every: EveryMonth, Hour: 6}, "2026-11-22 12:00", "2026-12-01 06:00"},
		{Schedule{Every: EveryMonth, Hour: 6}, "2026-12-01 05:00", "2026-12-01 06:00"},
		{Schedule{Every: EveryMonth, Hour: 6}, "2026-12-31 23:00", "2027-01-01 06:00"},
	} {
		if got := tc.s.After(at(tc.at).UTC(), kolkata); !got.Equal(at(tc.want)) {
			t.Errorf("%s %v at %d after %s: got %v, want %s", tc.s.Every, tc.s.Weekday, tc.s.Hour, tc.at, got, tc.want)
		}
	}
}

func TestAScheduledReportIsOfWhatHasEnded(t *testing.T) {
	t.Parallel()
	due := time.Date(2026, 3, 1, 0, 30, 0, 0, kolkata) // still February in Greenwich
	for _, tc := range []struct {
		every           Every
		kind            string
		from, to, month string
	}{
		{EveryDay, "absentees", "2026-02-28", "2026-02-28", ""},
		{EveryWeek, "shortage", "2026-02-22", "2026-02-28", ""},
		{EveryMonth, "shortage", "2026-02-01", "2026-02-28", ""},
		{EveryMonth, "month", "", "", "2026-02"},
	} {
		got := Schedule{Every: tc.every, Asked: Asked{Kind: tc.kind}}.Due(due.UTC(), kolkata)
		if got.From != tc.from || got.To != tc.to || got.Month != tc.month {
			t.Errorf("%s, every %s: got %+v, want %s to %s %s", tc.kind, tc.every, got, tc.from, tc.to, tc.month)
		}
	}
}

func TestOneTimeThatAScheduleIsDueIsOnePaper(t *testing.T) {
	t.Parallel()
	s := Schedule{ID: Derive("s"), Every: EveryDay, NextAt: time.Date(2026, 3, 1, 7, 0, 0, 0, time.UTC)}
	one, two := s.Paper(s.NextAt, kolkata), s.Paper(s.NextAt.Add(time.Hour), kolkata)
	if one.ID != two.ID || one.Asked != two.Asked {
		t.Errorf("got %+v and %+v, want the same", one, two)
	}
	s.NextAt = s.NextAt.AddDate(0, 0, 1)
	if next := s.Paper(s.NextAt, kolkata); next.ID == one.ID {
		t.Error("the next day: got the same paper")
	}
}

func TestASchedulesMistakesAreNamed(t *testing.T) {
	t.Parallel()
	good := Schedule{Every: EveryDay, To: []string{"a@b.example"}, Asked: Asked{Kind: "shortage"}}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for field, spoil := range map[string]func(*Schedule){
		"every":   func(s *Schedule) { s.Every = "year" },
		"every ":  func(s *Schedule) { s.Every, s.Asked.Kind = EveryWeek, "absentees" },
		"every  ": func(s *Schedule) { s.Asked.Kind = "month" },
		"weekday": func(s *Schedule) { s.Weekday = 7 },
		"hour":    func(s *Schedule) { s.Hour = 24 },
		"to":      func(s *Schedule) { s.To = nil },
	} {
		s := good
		spoil(&s)
		var bad Invalid
		if err := s.Check(); !errors.As(err, &bad) || bad.Field != field[:len(bad.Field)] {
			t.Errorf("%s: got %v", field, err)
		}
	}
}
