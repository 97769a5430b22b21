package sheet

import (
	"io"
	"strings"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Month writes a month's register: a row for each student, a column for each day.
// Weekends without a class are shaded.
func Month(w io.Writer, f Format, m attendance.MonthRegister) error {
	if f == JSON {
		return encode(w, monthBody(m))
	}
	p := m.Policy
	t := table{
		sheet: "Month register", frozen: 3, widths: []float64{14, 30, 20},
		about: append(about(m.Register, "Month register", m.Days[0].Date.Format("January 2006")), fact{"Days with a class", m.WorkingDays()}),
		heads: [][]cell{heads("", "", ""), heads("Class Roll ID", "Student Name", "University Roll No.")},
		rows:  each(m.Rows, func(r attendance.MonthRow) []cell { return monthRow(m, r) }),
	}
	there, absent, share := totals("Present", 3), totals("Absent", 3), totals("%", 3)
	for _, d := range m.Days {
		name, number := headTime(d.Date, weekdayFormat), headTime(d.Date, dayFormat)
		name.shade, number.shade = d.Off(), d.Off()
		t.heads[0], t.heads[1] = append(t.heads[0], name), append(t.heads[1], number)
		t.widths = append(t.widths, 5)
		a, b, c := cell{}, cell{}, percent(d.Tally, p).strong()
		if d.Held() > 0 {
			a, b = count(d.There()).strong(), count(d.Absent).strong()
		}
		a.shade, b.shade, c.shade = d.Off(), d.Off(), d.Off()
		there, absent, share = append(there, a), append(absent, b), append(share, c)
	}
	t.heads[0] = append(t.heads[0], make([]cell, len(tallyTitles))...)
	t.heads[1] = append(t.heads[1], heads(tallyTitles...)...)
	for _, c := range tally(m.Sum, p) {
		there = append(there, c.strong())
	}
	t.totals = [][]cell{there, absent, share}
	return t.write(w, f)
}

// monthRow has the letters of a day's sessions side by side, in order.
func monthRow(m attendance.MonthRegister, r attendance.MonthRow) []cell {
	row := []cell{count(r.Roll), text(r.Name), text(r.UniversityRoll)}
	for i, day := range r.Days {
		var b strings.Builder
		alarm := false
		for _, st := range day {
			b.WriteString(st.Letter())
			alarm = alarm || st == attendance.Absent
		}
		c := cell{style: style{centre: true, alarm: alarm, shade: m.Days[i].Off()}}
		if b.Len() > 0 {
			c.value = b.String()
		}
		row = append(row, c)
	}
	return append(row, tally(r.Tally, m.Policy)...)
}

// MonthBody is a month's register.
type MonthBody struct {
	Course         SheetCourse    `json:"course"`
	Month          string         `json:"month" example:"2026-11"`
	Zone           string         `json:"zone" doc:"Whose midnights end the days."`
	WorkingDays    int            `json:"working_days" doc:"Days on which a class was held."`
	MinimumPercent float64        `json:"minimum_percent"`
	PolicyVersion  int            `json:"policy_version"`
	KnownAt        time.Time      `json:"known_at"`
	Days           []MonthDay     `json:"days"`
	Students       []MonthStudent `json:"students" doc:"By class roll."`
	Total          SheetTally     `json:"total"`
}

// MonthDay is a day of a month's register.
type MonthDay struct {
	Date     string         `json:"date" format:"date"`
	Off      bool           `json:"off" doc:"A weekend's day without a class."`
	Sessions []SheetSession `json:"sessions"`
	Total    SheetTally     `json:"total"`
}

// MonthStudent is a row of a month's register.
type MonthStudent struct {
	SheetStudent
	Marks [][]string `json:"marks" doc:"For each day, a status for each of its sessions: present, late, absent, excused, duty, not_required or unmarked."`
	Total SheetTally `json:"total"`
}

func monthBody(m attendance.MonthRegister) MonthBody {
	out := MonthBody{
		Course: courseBody(m.Course), Month: m.Month.String(), Zone: m.Zone.String(), WorkingDays: m.WorkingDays(),
		MinimumPercent: m.Policy.Minimum, PolicyVersion: m.Policy.Version, KnownAt: utc(m.Now),
		Days: []MonthDay{}, Students: []MonthStudent{}, Total: tallyBody(m.Sum, m.Policy),
	}
	for _, d := range m.Days {
		day := MonthDay{Date: d.Date.Format(time.DateOnly), Off: d.Off(), Sessions: []SheetSession{}, Total: tallyBody(d.Tally, m.Policy)}
		for _, se := range d.Sessions {
			day.Sessions = append(day.Sessions, sessionBody(se))
		}
		out.Days = append(out.Days, day)
	}
	for _, r := range m.Rows {
		row := MonthStudent{SheetStudent: memberBody(r.Member), Marks: make([][]string, len(r.Days)), Total: tallyBody(r.Tally, m.Policy)}
		for i, day := range r.Days {
			row.Marks[i] = []string{}
			for _, st := range day {
				row.Marks[i] = append(row.Marks[i], code(st))
			}
		}
		out.Students = append(out.Students, row)
	}
	return out
}
