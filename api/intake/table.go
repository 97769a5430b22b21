package intake

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/arise-attendance/arise/api/attendance"
)

// Limits of a file. A whole university fits; a mistake or an attack does not.
const (
	MaxBytes   = 20 << 20
	MaxRows    = 50_000
	maxColumns = 200
)

// Table is a file as text under a header.
type Table struct {
	Format    string // "csv" or "xlsx"
	Encoding  string // of a CSV, as it was found out
	Delimiter string // of a CSV
	Header    []string
	Lines     []Line
}

// Line is one row and where it stands in the file.
type Line struct {
	No    int // as a text editor or a spreadsheet counts, from 1
	Cells []string
}

// Read finds out what a file is and reads it. Blank lines are passed over, and
// zeros at the front of a number stay.
func Read(raw []byte) (Table, error) {
	switch {
	case len(raw) == 0:
		return Table{}, wrongFile("is empty")
	case len(raw) > MaxBytes:
		return Table{}, wrongFile("is larger than 20 MB: split it, or save only the columns that are needed")
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")):
		return readXLSX(raw)
	case bytes.HasPrefix(raw, []byte("\xd0\xcf\x11\xe0")):
		return Table{}, wrongFile("is an old or a locked Excel workbook: save it as .xlsx without a password, or as CSV")
	case bytes.HasPrefix(raw, []byte("%PDF")):
		return Table{}, wrongFile("is a PDF: export the list as CSV or .xlsx")
	}
	return readCSV(raw)
}

// add takes one row of a file in; the first that is not blank is the header.
func (t *Table) add(no int, cells []string) error {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	switch {
	case len(cells) == 0:
		return nil
	case len(cells) > maxColumns:
		return tooWide(no)
	case t.Header == nil:
		for _, c := range cells {
			title, _ := clean(c, longest)
			t.Header = append(t.Header, title)
		}
		return nil
	case len(t.Lines) == MaxRows:
		return wrongFile(fmt.Sprintf("has more than %d rows: split it", MaxRows))
	}
	// A clone: a reader's own slice may be as wide as a spreadsheet can be.
	t.Lines = append(t.Lines, Line{No: no, Cells: append([]string(nil), cells...)})
	return nil
}

func (t *Table) check() error {
	switch {
	case t.Header == nil:
		return wrongFile("is empty")
	case len(t.Lines) == 0:
		return wrongFile("has a header and no rows")
	}
	return nil
}

func tooWide(no int) error {
	return wrongFile(fmt.Sprintf("has more than %d columns on line %d: is it a list of rows under one header?", maxColumns, no))
}

func wrongFile(why string) error { return attendance.Invalid{Field: "file", Why: why} }
