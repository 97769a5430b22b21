package attendance

import (
	"testing"
	"time"
)

var kolkata = time.FixedZone("IST", 5*3600+1800)

// course is a register of three students, the third of whom came late in the month
// and the first of whom left, over some sessions.
func course(now time.Time, sessions ...Session) Register {
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, kolkata) }
	r := Register{
		Course: Course{Code: "CS301"}, Sessions: sessions, Zone: kolkata, Policy: DefaultPolicy(), Now: now, Cells: map[ID]map[ID]Status{},
		Roster: Roster{
			{Student: student(1), Roll: 1, From: day(1), To: day(20)},
			{Student: student(2), Roll: 2, From: day(1)},
			{Student: student(3), Roll: 3, From: day(10)},
			{Student: student(4), Roll: 4, From: day(1).AddDate(0, 1, 0)},
		},
	}
	r.Students = r.Roster.latest()
	return r
}

func class(n int, at time.Time) Session {
	return Session{ID: small('S', n), OpenedAt: at, ClosesAt: at.Add(time.Hour), ClosedAt: at.Add(time.Hour), Policy: DefaultPolicy()}
}

func (r Register) mark(session int, student ID, st Status) {
	id := small('S', session)
	if r.Cells[id] == nil {
		r.Cells[id] = map[ID]Status{}
	}
	r.Cells[id][student] = st
}

func letters(days [][]Status) (out string) {
	for _, day := range days {
		for _, st := range day {
			out += st.Letter()
		}
		out += "."
	}
	return out
}

func TestAMonthsRegister(t *testing.T) {
	t.Parallel()
	utc := func(d, h, m int) time.Time { return time.Date(2026, 11, d, h, m, 0, 0, time.UTC) }
	reg := course(utc(30, 12, 0),
		class(1, utc(1, 0, 0).Add(-6*time.Hour)), // 31 October 23:30 on the campus
		class(2, utc(1, 0, 0).Add(-5*time.Hour)), // 1 November 00:30
		class(3, utc(2, 18, 29)),                 // 2 November 23:59
		class(4, utc(2, 18, 30)),                 // 3 November 00:00
		class(5, utc(3, 9, 0)),
		class(6, utc(12, 4, 0)),
		class(7, utc(25, 4, 0)),
		class(8, utc(30, 19, 0)), // 1 December 00:30
	)
	for n, st := range map[int]Status{2: Present, 3: Late, 4: Absent, 5: Duty, 6: Excused, 7: Present} {
		reg.mark(n, student(2), st)
	}
	reg.mark(6, student(3), Present)
	m := reg.Monthly(Month{2026, time.November})
	if len(m.Days) != 30 || len(m.Sessions) != 6 || m.WorkingDays() != 5 {
		t.Fatalf("got %d days, %d sessions, %d with a class, want 30, 6 and 5", len(m.Days), len(m.Sessions), m.WorkingDays())
	}
	if len(m.Rows) != 3 || m.Rows[0].Roll != 1 || m.Rows[2].Roll != 3 {
		t.Fatalf("got %+v, want everybody of the month, who left and who came too, and nobody of the next", m.Rows)
	}
	for i, want := range []string{
		"A.A.AA.........A.............–......",
		"P.L.AD.........E.............P......",
		"–.–.––.........P.............A......",
	} {
		if got := letters(m.Rows[i].Days); got != want {
			t.Errorf("roll %d: got %s, want %s", i+1, got, want)
		}
	}
	for i, want := range []Tally{{Absent: 5}, {Present: 2, Late: 1, Absent: 1, Excused: 1, Duty: 1}, {Present: 1, Absent: 1}} {
		if m.Rows[i].Tally != want {
			t.Errorf("roll %d: got %+v, want %+v", i+1, m.Rows[i].Tally, want)
		}
	}
	// Excused leaves the total: 4 of 5, not of 6.
	if pct, _ := m.Rows[1].Percent(m.Policy); pct != 80 {
		t.Errorf("got %v %%, want 80", pct)
	}
	if got, want := m.Days[2].Tally, (Tally{Absent: 3, Duty: 1}); got != want {
		t.Errorf("the third: got %+v, want both sessions: %+v", got, want)
	}
	if want := (Tally{Present: 3, Late: 1, Absent: 7, Excused: 1, Duty: 1}); m.Sum != want {
		t.Errorf("in all: got %+v, want %+v", m.Sum, want)
	}
	if !m.Days[6].Off() || m.Days[0].Off() || m.Days[8].Off() {
		t.Error("want a Saturday off, a Sunday with a class and a Monday not")
	}
}

func TestADayHasAsManyHoursAsItHas(t *testing.T) {
	t.Parallel()
	paris, err := Zone("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	reg := course(noon)
	reg.Zone = paris
	for _, m := range []Month{{2026, time.March}, {2026, time.October}} {
		days := reg.Monthly(m).Days
		if len(days) != 31 || days[30].Date.Day() != 31 || days[30].Date.Hour() != 0 {
			t.Errorf("%s: got %d days until %v", m, len(days), days[len(days)-1].Date)
		}
	}
	for _, bad := range []string{"", "2026-13", "2026-1", "11-2026", "2026-11-01"} {
		if m, err := ParseMonth(bad); err == nil {
			t.Errorf("%q: got %v, want it refused", bad, m)
		}
	}
}

func TestShortages(t *testing.T) {
	t.Parallel()
	at := func(d int) time.Time { return time.Date(2026, 11, d, 4, 0, 0, 0, time.UTC) }
	reg := course(at(28), class(1, at(11)), class(2, at(12)), class(3, at(13)), class(4, at(14)))
	for n := 1; n <= 3; n++ {
		reg.mark(n, student(2), Present)
	}
	reg.mark(1, student(3), Late)
	reg.mark(2, student(3), Excused)
	got := reg.Shortages(0)
	if len(got) != 2 || got[0].Roll != 2 || got[1].Roll != 3 {
		t.Fatalf("got %+v, want those enrolled now", got)
	}
	if yes, judged := got[0].Eligible(); !yes || !judged || got[0].Needed(reg.Policy) != 0 {
		t.Errorf("got %v, want 75 of 100 to be enough", got[0])
	}
	// 1 of 3: after five more in a row 6 of 8.
	if yes, judged := got[1].Eligible(); yes || !judged || got[1].Held() != 3 || got[1].Needed(reg.Policy) != 5 {
		t.Errorf("got %+v, short by %d, want 1 of 3, short by 5", got[1], got[1].Needed(reg.Policy))
	}
	if got := reg.Shortages(75); len(got) != 1 || got[0].Roll != 3 {
		t.Errorf("below 75: got %+v, want not those at 75", got)
	}
	none := course(at(28))
	if got := none.Shortages(0); len(got) != 2 {
		t.Errorf("before the first class: got %d, want everybody", len(got))
	} else if yes, judged := got[0].Eligible(); yes || judged {
		t.Error("before the first class: want no judgement")
	}
	if got := none.Shortages(100); len(got) != 0 {
		t.Errorf("before the first class: got %d below 100, want nobody", len(got))
	}
	reg.Course.Archived = true
	reg.Now = at(28).AddDate(5, 0, 0)
	for i := range reg.Roster {
		reg.Roster[i].To = at(20)
	}
	if got := reg.Shortages(0); len(got) != 3 {
		t.Errorf("a course that is over: got %d, want those of its last class", len(got))
	}
}

func TestAStudentsOwnSheet(t *testing.T) {
	t.Parallel()
	at := func(d int) time.Time { return time.Date(2026, 11, d, 4, 0, 0, 0, time.UTC) }
	reg := course(at(28), class(1, at(5)), class(2, at(12)), class(3, at(22)))
	reg.mark(2, student(3), Excused)
	reg.Reasons = map[ID]map[ID]string{small('S', 2): {student(3): "Medical"}}
	got, known := reg.OfStudent(student(3))
	if !known || len(got.Lines) != 2 || got.Lines[0].Reason != "Medical" || got.Lines[0].Status != Excused || got.Lines[1].Status != Absent || got.Tally != (Tally{Absent: 1, Excused: 1}) {
		t.Errorf("got %+v, want the two classes since they came", got)
	}
	if got, known := reg.OfStudent(student(9)); known {
		t.Errorf("a stranger: got %+v", got)
	}
}

func TestRegistersNobodyTook(t *testing.T) {
	t.Parallel()
	at := func(d int) time.Time { return time.Date(2026, 11, d, 20, 0, 0, 0, time.UTC) } // the next day on the campus
	running := class(3, at(13))
	running.ClosedAt = time.Time{}
	reg := course(at(13).Add(time.Minute), class(1, at(11)), class(2, at(12)), running)
	reg.mark(1, student(2), Absent)
	reg.mark(2, student(2), Unmarked) // a verdict that was withdrawn
	got := reg.UntakenIn()
	if len(got) != 1 || got[0].Session.ID != small('S', 2) || got[0].Day.Day() != 13 {
		t.Errorf("got %+v, want the second alone, on the campus's day", got)
	}
	reg.Roster = nil
	if got := reg.UntakenIn(); len(got) != 0 {
		t.Errorf("got %+v, want nothing of a class without students", got)
	}
}

func TestAClassThatIsUsuallyHeldIsMissed(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, kolkata) // a Monday
	at := func(weeks, hour, minute int) time.Time {
		return day.AddDate(0, 0, -7*weeks).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	}
	evening := day.Add(20 * time.Hour)
	term := Term{StartsOn: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), EndsOn: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}
	for _, c := range []struct {
		name   string
		began  []time.Time
		now    time.Time
		change func(*Course, *Term)
		want   bool
	}{
		{"three of four Mondays", []time.Time{at(1, 9, 0), at(2, 9, 0), at(4, 9, 0)}, evening, nil, true},
		{"twice on one Monday is one", []time.Time{at(1, 9, 0), at(1, 11, 0), at(2, 9, 0)}, evening, nil, false},
		{"two of four Mondays", []time.Time{at(1, 9, 0), at(3, 9, 0)}, evening, nil, false},
		{"the fifth week does not count", []time.Time{at(1, 9, 0), at(2, 9, 0), at(5, 9, 0)}, evening, nil, false},
		{"it met", []time.Time{at(0, 15, 0), at(1, 9, 0), at(2, 9, 0), at(3, 9, 0)}, evening, nil, false},
		{"Tuesdays are not Mondays", []time.Time{at(1, 24, 0), at(2, 24, 0), at(3, 24, 0)}, evening, nil, false},
		{"midnight is the campus's", []time.Time{at(1, 0, 10), at(2, 0, 10), at(3, 23, 59)}, day.Add(24 * time.Hour), nil, true},
		{"today, before its latest start", []time.Time{at(1, 9, 0), at(2, 9, 30), at(3, 9, 0)}, day.Add(9*time.Hour + 29*time.Minute), nil, false},
		{"today, after it", []time.Time{at(1, 9, 0), at(2, 9, 30), at(3, 9, 0)}, day.Add(9*time.Hour + 30*time.Minute), nil, true},
		{"the term has ended", []time.Time{at(1, 9, 0), at(2, 9, 0), at(3, 9, 0)}, evening, func(_ *Course, t *Term) { t.EndsOn = t.EndsOn.AddDate(0, 0, -1) }, false},
		{"the term has not begun", []time.Time{at(1, 9, 0), at(2, 9, 0), at(3, 9, 0)}, evening, func(_ *Course, t *Term) { t.StartsOn = t.EndsOn.AddDate(0, 0, 1) }, false},
		{"nobody said when the term is", []time.Time{at(1, 9, 0), at(2, 9, 0), at(3, 9, 0)}, evening, func(_ *Course, t *Term) { *t = Term{} }, true},
		{"the course is over", []time.Time{at(1, 9, 0), at(2, 9, 0), at(3, 9, 0)}, evening, func(c *Course, _ *Term) { c.Archived = true }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			course, term := Course{Code: "CS301"}, term
			if c.change != nil {
				c.change(&course, &term)
			}
			got, missed := Missed(course, term, day, c.now, c.began)
			if missed != c.want {
				t.Errorf("got %v, want %v", missed, c.want)
			}
			if missed && (got.Held != 3 || got.Usual.IsZero() || !got.Day.Equal(day)) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestAbsentees(t *testing.T) {
	t.Parallel()
	at := func(d int) time.Time { return time.Date(2026, 11, d, 4, 0, 0, 0, time.UTC) }
	running := class(2, at(12))
	running.ClosedAt = time.Time{}
	reg := course(at(12).Add(time.Minute), class(1, at(11)), running)
	reg.mark(1, student(1), Late)
	reg.mark(1, student(2), Excused)
	reg.mark(2, student(2), Absent)
	got := reg.Absentees()
	if len(got) != 2 || got[0].Roll != 2 || got[0].Status != Excused || got[1].Roll != 3 || got[1].Status != Absent {
		t.Errorf("got %+v, want the excused and the absent of the class that has ended", got)
	}
}
