package attendance

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// lettered is a register of one student with a letter for each session, a day apart;
// P is present, A absent, E excused.
func lettered(letters string) (Register, ID) {
	student, began := Derive("student"), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	r := Register{
		Course: Course{ID: Derive("course")}, Policy: DefaultPolicy(), Zone: time.UTC, Cells: map[ID]map[ID]Status{},
		Roster: Roster{{Student: student, Roll: 1, From: began.AddDate(-1, 0, 0)}}, Now: began.AddDate(1, 0, 0),
	}
	for i, l := range letters {
		at := began.AddDate(0, 0, i)
		se := Session{ID: Derive("session", []byte{byte(i)}), OpenedAt: at, ClosesAt: at.Add(time.Hour), ClosedAt: at.Add(time.Hour), Policy: DefaultPolicy()}
		r.Sessions = append(r.Sessions, se)
		r.Cells[se.ID] = map[ID]Status{student: map[rune]Status{'P': Present, 'A': Absent, 'E': Excused}[l]}
	}
	return r, student
}

func TestAStudentHearsOnceAndOnlyWhatIsNew(t *testing.T) {
	t.Parallel()
	rules := DefaultNoticeRules()
	for _, tc := range []struct {
		name    string
		letters string
		told    Band
		through int // sessions that the notice counted
		want    string
	}{
		{"nobody is warned before the fifth class", "AAAA", NoneYet, 0, ""},
		{"an excused class is none", "AAAAE", NoneYet, 0, ""},
		{"the fifth class may be the one", "AAAAA", NoneYet, 0, "critical 0/5"},
		{"below the minimum is a warning", "PPPAPPAPPA", NoneYet, 0, "warning 7/10"},
		{"at the minimum is none", "PPPAPPPA", NoneYet, 0, ""},
		{"the same again is not news", "PPPAPPAPPA", Warning, 10, ""},
		{"worse is", "PPPAPPAPPAAAAA", Warning, 10, "critical 7/14"},
		{"better is not", "PPPAAAPPPPP", Critical, 6, ""},
		{"who recovered may be warned again later", "PPPAAAPPPPPPPPP", Critical, 6, "closed"},
		{"a notice that was wrong is taken back", "PPPPPPAPPA", Warning, 10, "corrected safe 8/10 closed"},
		{"one that was too harsh as well", "PPPPAAPA", Critical, 8, "corrected warning 5/8 closed"},
		{"and then the new one holds", "PPPPAAPAAAA", Critical, 8, "corrected warning 5/8 closed critical 5/11"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r, student := lettered(tc.letters)
			told := map[ID]Notice{}
			if tc.told != NoneYet {
				told[student] = Notice{ID: Derive("told"), Student: student, Band: tc.told, Through: r.Sessions[tc.through-1].OpenedAt}
			}
			tell, closed := rules.Warn(r, told)
			var got []string
			for _, n := range tell {
				what := fmt.Sprintf("%s %d/%d", n.Band, n.Tally.Present, n.Tally.Held())
				if !n.Corrects.IsZero() {
					what = "corrected " + what + " closed"
				}
				got = append(got, what)
			}
			if s := strings.Join(got, " "); len(closed) > 0 && !strings.Contains(s, "closed") {
				got = append(got, "closed")
			}
			if s := strings.Join(got, " "); s != tc.want {
				t.Errorf("got %q, want %q", s, tc.want)
			}
		})
	}
}

func TestQuietHoursEnd(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("IST", 19800)
	at := func(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 30, 0, 0, zone) }
	end := func(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, zone) }
	for _, tc := range []struct {
		from, to int
		at, want time.Time
	}{
		{20, 8, at(2, 19), time.Time{}},
		{20, 8, at(2, 20), end(3, 8)},
		{20, 8, at(3, 7), end(3, 8)},
		{20, 8, at(3, 8), time.Time{}},
		{12, 14, at(3, 13), end(3, 14)},
		{12, 14, at(3, 14), time.Time{}},
		{9, 9, at(3, 9), time.Time{}},
	} {
		if got := (NoticeRules{QuietFrom: tc.from, QuietTo: tc.to}).QuietUntil(tc.at); !got.Equal(tc.want) {
			t.Errorf("quiet %d-%d at %v: got %v, want %v", tc.from, tc.to, tc.at, got, tc.want)
		}
	}
}

func TestASessionThatIsNotCompleteWarnsNobody(t *testing.T) {
	t.Parallel()
	r, _ := lettered("AAAAA")
	last := r.Sessions[4]
	if got := len(r.complete(map[ID]bool{last.ID: true}, r.Now).Sessions); got != 4 {
		t.Errorf("awaited: got %d sessions, want 4", got)
	}
	if got := len(r.complete(nil, last.ClosedAt.Add(-1)).Sessions); got != 4 {
		t.Errorf("just ended: got %d sessions, want 4", got)
	}
	if got := len(r.complete(nil, last.ClosedAt).Sessions); got != 5 {
		t.Errorf("held long enough: got %d sessions, want 5", got)
	}
}

func TestNoticeRulesMakeSense(t *testing.T) {
	t.Parallel()
	for field, spoil := range map[string]func(*NoticeRules){
		"notices.min_sessions": func(n *NoticeRules) { n.MinHeld = 0 },
		"notices.hold_hours":   func(n *NoticeRules) { n.HoldHours = 337 },
		"notices.quiet_from":   func(n *NoticeRules) { n.QuietFrom = 24 },
		"notices.quiet_to":     func(n *NoticeRules) { n.QuietTo = -1 },
	} {
		s := settled()
		s.Notices = DefaultNoticeRules()
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		spoil(&s.Notices)
		var bad Invalid
		if err := s.Check(); !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("got %v, want %s refused", err, field)
		}
	}
}
