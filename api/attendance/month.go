package attendance

import (
	"fmt"
	"time"
)

// Month is a month of the calendar.
type Month struct {
	Year  int
	Month time.Month
}

// ParseMonth reads one such as 2026-11.
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return Month{}, Invalid{Field: "month", Why: fmt.Sprintf("%q is not a month: write one such as 2026-11", clip(s))}
	}
	return Month{t.Year(), t.Month()}, nil
}

// MonthOf is the month in which a time falls in a zone.
func MonthOf(at time.Time, zone *time.Location) Month {
	y, m, _ := at.In(zone).Date()
	return Month{y, m}
}

func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m.Year, m.Month) }

// Span is from its first midnight until the next month's, in a zone.
func (m Month) Span(zone *time.Location) (from, until time.Time) {
	return time.Date(m.Year, m.Month, 1, 0, 0, 0, 0, zone), time.Date(m.Year, m.Month+1, 1, 0, 0, 0, 0, zone)
}

// MonthRegister is a course's register of one month, a column for each day.
type MonthRegister struct {
	Register // of the month's sessions alone
	Month    Month
	Days     []MonthDay
	Rows     []MonthRow
	Sum      Tally // over all students
}

// MonthDay is one day of the month: its date at midnight, and the sessions that
// began on it, oldest first.
type MonthDay struct {
	Date     time.Time
	Sessions []Session
	Tally    // of those that have ended
}

// Off is a weekend's day on which no class was held.
func (d MonthDay) Off() bool {
	day := d.Date.Weekday()
	return len(d.Sessions) == 0 && (day == time.Saturday || day == time.Sunday)
}

// MonthRow is one student's month.
type MonthRow struct {
	Member
	Days [][]Status // for each day, a status for each of its sessions
	Tally
}

// WorkingDays are those on which a class was held and has ended.
func (m MonthRegister) WorkingDays() int {
	n := 0
	for _, d := range m.Days {
		for _, se := range d.Sessions {
			if !se.OpenAt(m.Now) {
				n++
				break
			}
		}
	}
	return n
}

// Monthly is the register of one month. A session belongs to the day on which it
// began where the campus is; a student has a row who was enrolled at any time of it.
func (r Register) Monthly(month Month) MonthRegister {
	from, until := month.Span(r.Zone)
	out := MonthRegister{Register: r.Between(from, until), Month: month}
	out.Students = r.Roster.during(from, until).latest()
	first := map[int]int{} // the first session of each day, as an index
	for day := from; day.Before(until); day = NextDay(day) {
		out.Days = append(out.Days, MonthDay{Date: day})
	}
	for i, se := range out.Sessions {
		d := se.OpenedAt.In(r.Zone).Day() - 1
		if len(out.Days[d].Sessions) == 0 {
			first[d] = i
		}
		out.Days[d].Sessions = append(out.Days[d].Sessions, se)
		if !se.OpenAt(r.Now) {
			out.Days[d].Tally = out.Days[d].Plus(out.CountSession(se))
		}
	}
	for _, m := range out.Students {
		row, cells := MonthRow{Member: m, Days: make([][]Status, len(out.Days)), Tally: out.CountStudent(m.Student)}, out.Row(m.Student)
		for d, day := range out.Days {
			if n := len(day.Sessions); n > 0 {
				row.Days[d] = cells[first[d] : first[d]+n]
			}
		}
		out.Rows = append(out.Rows, row)
	}
	out.Sum = out.Total()
	return out
}

// NextDay is the next midnight: a day may have 23 hours or 25.
func NextDay(day time.Time) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, day.Location())
}

// Midnight is when the day of a time began in a zone.
func Midnight(at time.Time, zone *time.Location) time.Time {
	y, m, d := at.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}
