// Package sheet draws reports: as Excel workbooks, as CSV files, and as data for a
// screen. Every number in them was computed by the domain; a sheet only shows it.
package sheet

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/arise-attendance/arise/api/attendance"
)

// Register writes the original's report: a row for each student by class roll, a
// column for each session, a letter in each cell. The first row is the original's
// titles; what it had not (ends, topics, totals, percent) stands below and beside
// them, and what the sheet is about on a second one.
func Register(w io.Writer, f Format, reg attendance.Register) error {
	zone, p := reg.Zone, reg.Policy
	t := table{
		sheet: "Attendance Report", apart: true, frozen: 3, filter: true, widths: []float64{13, 30, 20},
		about: about(reg, "Attendance report", period(reg)),
		heads: [][]cell{
			heads("Class Roll ID", "Student Name", "University Roll No."),
			{{}, {}, head("Ends")},
			{{}, {}, head("Topic")},
		},
	}
	for _, se := range reg.Sessions {
		t.heads[0] = append(t.heads[0], headTime(se.OpenedAt.In(zone), momentFormat))
		t.heads[1] = append(t.heads[1], headTime(se.EndAt().In(zone), untilFormat))
		t.heads[2] = append(t.heads[2], head(se.Topic))
		t.widths = append(t.widths, 18)
	}
	t.heads[0] = append(t.heads[0], heads(tallyTitles...)...)
	for i := range 2 {
		t.heads[i+1] = append(t.heads[i+1], make([]cell, len(tallyTitles))...)
	}
	t.rows = each(reg.Students, func(m attendance.Member) []cell {
		row := append(make([]cell, 0, len(t.heads[0])), count(m.Roll), text(m.Name), text(m.UniversityRoll))
		for _, st := range reg.Row(m.Student) {
			row = append(row, letter(st))
		}
		return append(row, tally(reg.CountStudent(m.Student), p)...)
	})
	there, absent, share := totals("Present", 3), totals("Absent", 3), totals("%", 3)
	for _, se := range reg.Sessions {
		n := reg.CountSession(se)
		if se.OpenAt(reg.Now) {
			there, absent, share = append(there, cell{}), append(absent, cell{}), append(share, cell{})
			continue
		}
		there, absent, share = append(there, count(n.There()).strong()), append(absent, count(n.Absent).strong()), append(share, percent(n, se.Policy).strong())
	}
	for _, c := range tally(reg.Total(), p) {
		there = append(there, c.strong())
	}
	t.totals = [][]cell{there, absent, share}
	return t.write(w, f)
}

// totals begins a row of them, its label before the first number.
func totals(label string, columns int) []cell {
	row := make([]cell, columns)
	row[columns-1] = text(label).strong()
	return row
}

// letter is a register's cell; who was not there stands out.
func letter(st attendance.Status) cell {
	c := centred(st.Letter())
	c.alarm = st == attendance.Absent
	return c
}

// about is what every report of one course says of itself.
func about(reg attendance.Register, title, period string) []fact {
	return []fact{
		{title, reg.School},
		{"Course", reg.Course.Code + " " + reg.Course.Name},
		{"Period", period},
		{"Policy", rule(reg.Policy)},
		{"As known on", reg.Now.In(reg.Zone)},
		{"Letters", legend},
	}
}

// period is the days that a register's sessions span.
func period(reg attendance.Register) string {
	n := len(reg.Sessions)
	if n == 0 {
		return "no class was held"
	}
	const day = "2 January 2006"
	first, last := reg.Sessions[0].OpenedAt.In(reg.Zone), reg.Sessions[n-1].OpenedAt.In(reg.Zone)
	return first.Format(day) + " to " + last.Format(day)
}

// Attachment is the Content-Disposition of a report; data for a screen has none.
func (f Format) Attachment(name string) string {
	if f == JSON {
		return ""
	}
	return Attachment(name + "." + string(f))
}

// Attachment is a Content-Disposition for a name in any script (RFC 6266).
func Attachment(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || strings.ContainsRune(`"\/;:`, r) {
			return '_'
		}
		return r
	}, name)
	return fmt.Sprintf(`attachment; filename="%s"; filename*=UTF-8''%s`, plain, url.PathEscape(name))
}
