package intake

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/arise-attendance/arise/api/attendance"
)

// WriteTemplate writes a file of a kind to fill in.
func WriteTemplate(w io.Writer, k Kind) error {
	if err := k.Known(); err != nil {
		return err
	}
	return writeCSV(w, Template(k))
}

// WriteErrors writes the rows that could not be taken, with the line and the
// reason behind the values: mend them there and upload that file.
func (s *Service) WriteErrors(ctx context.Context, w io.Writer, id attendance.ID) error {
	imp, err := s.Store.Import(ctx, id)
	if err != nil {
		return err
	}
	var header []string
	for _, f := range specs[imp.Kind].fields {
		if f.Name != Password {
			header = append(header, f.Name)
		}
	}
	out := [][]string{append(header, "line", "why")}
	for _, which := range []Which{{Action: Wrong, Most: MaxRows}, {Progress: Refused, Most: MaxRows}} {
		rows, err := s.Store.Rows(ctx, id, which)
		if err != nil {
			return err
		}
		for _, r := range rows {
			out = append(out, r.cells(header))
		}
	}
	return writeCSV(w, out)
}

func (r *Row) cells(header []string) []string {
	var out []string
	for _, f := range header[:len(header):len(header)] {
		out = append(out, r.Values[f])
	}
	return append(out, strconv.Itoa(r.Line), r.Reason())
}

// Reason says in one line why a row was not taken.
func (r *Row) Reason() string {
	var why []string
	for _, f := range r.Faults {
		name := f.Column
		if name == "" {
			name = f.Field
		}
		why = append(why, name+": "+f.Why)
	}
	if r.Why != "" {
		why = append(why, r.Why)
	}
	return strings.Join(why, "; ")
}
