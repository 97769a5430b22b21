package sheet

import (
	"fmt"
	"io"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Format is what a report is written as.
type Format string

// Formats.
const (
	JSON Format = "json" // for a screen
	XLSX Format = "xlsx" // for people
	CSV  Format = "csv"  // for programs: one line of titles, no totals
)

// Types of content.
const (
	ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	CSVType     = "text/csv; charset=utf-8"
	JSONType    = "application/json"
)

// ContentType of a format.
func (f Format) ContentType() string {
	switch f {
	case XLSX:
		return ContentType
	case CSV:
		return CSVType
	}
	return JSONType
}

// table is a report as rows of cells, whatever it is written as. Rows are made
// one by one: a school's do not fit into memory.
type table struct {
	sheet  string // its name in the workbook
	about  []fact // what it is about: above the table, or on a sheet of its own
	apart  bool   // on a sheet of its own
	widths []float64
	heads  [][]cell // one or more rows of titles
	frozen int      // columns that stay in sight
	filter bool
	rows   func(emit func([]cell) error) error
	totals [][]cell
}

// fact is one line of what a report is about.
type fact struct {
	label string
	value any
}

// cell is a value and how it looks. A string is always text: never a formula.
type cell struct {
	value any
	style
}

type style struct {
	bold, shade, alarm, centre, wrap bool
	format                           string // Excel's; "" is general
}

// Formats of numbers and times.
const (
	dateFormat    = "dd-mmm-yyyy"
	momentFormat  = "dd-mmm-yyyy hh:mm" // as the original printed a session's start
	clockFormat   = "hh:mm"
	untilFormat   = `"to "hh:mm`
	weekdayFormat = "ddd"
	dayFormat     = "d"
	percentFormat = "0.0%"
	pointsFormat  = "0.0##"
)

func text(s string) cell    { return cell{value: s} }
func count(n int) cell      { return cell{value: n} }
func centred(s string) cell { return cell{value: s, style: style{centre: true}} }

func head(s string) cell {
	return cell{value: s, style: style{bold: true, centre: true, wrap: true}}
}

func headTime(at time.Time, format string) cell {
	return cell{value: at, style: style{bold: true, centre: true, format: format}}
}

func when(at time.Time, zone *time.Location, format string) cell {
	if at.IsZero() {
		return cell{}
	}
	return cell{value: at.In(zone), style: style{format: format}}
}

// percent is a share of one hundred as Excel counts; empty where nothing was held.
func percent(t attendance.Tally, p attendance.Policy) cell {
	pct, held := t.Percent(p)
	if !held {
		return cell{}
	}
	return cell{value: pct / 100, style: style{format: percentFormat}}
}

func (c cell) strong() cell { c.bold = true; return c }

func heads(titles ...string) []cell {
	out := make([]cell, len(titles))
	for i, t := range titles {
		out[i] = head(t)
	}
	return out
}

// tallyTitles head the columns of a tally.
var tallyTitles = []string{"Present", "Late", "Absent", "Excused", "Duty", "Held", "Attended", "%"}

func tally(t attendance.Tally, p attendance.Policy) []cell {
	return []cell{
		count(t.Present), count(t.Late), count(t.Absent), count(t.Excused), count(t.Duty), count(t.Held()),
		{value: t.Attended(p), style: style{format: pointsFormat}},
		percent(t, p),
	}
}

// legend explains the letters.
const legend = "P present, L late, A absent, E excused, D on duty, – not enrolled or not required, · not taken yet"

// rule tells which policy the percentages follow.
func rule(p attendance.Policy) string {
	return fmt.Sprintf("Version %d: late counts %g %%, duty as present, excused leaves the total; %g %% or more is enough",
		p.Version, 100*p.LateWeight, p.Minimum)
}

// write writes a table; JSON is each report's own affair.
func (t table) write(w io.Writer, f Format) error {
	if f == CSV {
		return t.csv(w)
	}
	return t.xlsx(w)
}

// each is rows that are there already.
func each[T any](all []T, row func(T) []cell) func(func([]cell) error) error {
	return func(emit func([]cell) error) error {
		for _, v := range all {
			if err := emit(row(v)); err != nil {
				return err
			}
		}
		return nil
	}
}
