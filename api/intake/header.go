package intake

import (
	"fmt"
	"slices"
	"strings"

	"github.com/arise-attendance/arise/api/attendance"
)

// Column is one column of a file and what it is taken for.
type Column struct {
	Header string `json:"header"`
	Field  string `json:"field,omitempty"` // empty: not used
}

// Mapping says for headers which field they hold, where the names do not say it
// or say it wrongly; "" is none.
type Mapping map[string]string

// columns finds out what each column holds: as the mapping says, or by a field's
// own name, or by one of its other names. Each field is taken once.
func columns(k Kind, header []string, said Mapping, given ...string) ([]Column, error) {
	s := specs[k]
	asked := Mapping{}
	for title, field := range said {
		if _, ok := s.field(field); !ok && field != "" {
			return nil, attendance.Invalid{Field: "mapping", Why: fmt.Sprintf("%q is no field of %s: use %s", field, k, strings.Join(s.names(), ", "))}
		}
		asked[normal(title)] = field
	}
	out := make([]Column, len(header))
	free, settled := map[string]bool{}, map[int]bool{}
	for _, f := range s.fields {
		free[f.Name] = true
	}
	take := func(i int, field string) {
		if field != "" && free[field] && !settled[i] {
			out[i].Field, free[field], settled[i] = field, false, true
		}
	}
	for i, title := range header {
		out[i].Header = title
		if field, ok := asked[normal(title)]; ok {
			take(i, field)
			settled[i] = true
		}
	}
	for _, f := range s.fields {
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			if i := slices.IndexFunc(header, func(h string) bool { return normal(h) == name }); i >= 0 {
				take(i, f.Name)
			}
		}
	}
	for _, g := range given {
		free[g] = false
	}
	return out, s.lacking(free, header)
}

// lacking refuses a file in which a field is missing that rows cannot be without.
func (s spec) lacking(free map[string]bool, header []string) error {
	var lack []string
	for _, group := range s.needs {
		if !slices.ContainsFunc(group, func(f string) bool { return !free[f] }) {
			lack = append(lack, strings.Join(group, " or "))
		}
	}
	if lack == nil {
		return nil
	}
	return wrongFile(fmt.Sprintf("is missing required columns: %s. Its columns are: %s. Rename them, or say with a mapping which is which",
		strings.Join(lack, ", "), strings.Join(header, ", ")))
}

func (s spec) names() []string {
	out := make([]string, len(s.fields))
	for i, f := range s.fields {
		out[i] = f.Name
	}
	return out
}
