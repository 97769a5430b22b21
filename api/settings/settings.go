// Package settings reads a program's settings from its environment. Their names
// are part of the product: each program has one table, which is also its help,
// and a name of ours that is not in it is a mistake worth stopping for.
package settings

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// Setting is one line of a table.
type Setting struct {
	Name    string
	Default string // as printed; what a program does without is said in Meaning
	Meaning string
}

// Table is all settings of a program.
type Table struct {
	Settings []Setting
	Prefix   string   // names with it must be in the table
	Others   []string // but for these prefixes, which belong to other programs
}

// Values are what was set, with defaults filled in.
type Values map[string]string

// Read takes the last value of each name in "NAME=value" lines. NAME_FILE names
// a file that holds the value, for secrets.
func (t Table) Read(environ []string) (Values, error) {
	set := Values{}
	var wrong []error
	for _, line := range environ {
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			continue
		}
		base := strings.TrimSuffix(name, "_FILE")
		switch {
		case t.has(name):
			set[name] = strings.TrimSpace(value)
		case base != name && t.has(base) && value != "":
			raw, err := os.ReadFile(value) //nolint:gosec // the operator names the file
			if err != nil {
				wrong = append(wrong, fmt.Errorf("%s: %w", name, err))
				continue
			}
			set[base] = strings.TrimSpace(string(raw))
		case t.ours(name):
			wrong = append(wrong, fmt.Errorf("%s is not a setting of this program: -h lists them", name))
		}
	}
	for _, s := range t.Settings {
		if set[s.Name] == "" {
			set[s.Name] = s.Default
		}
	}
	return set, errors.Join(wrong...)
}

func (t Table) has(name string) bool {
	return slices.ContainsFunc(t.Settings, func(s Setting) bool { return s.Name == name })
}

func (t Table) ours(name string) bool {
	return strings.HasPrefix(name, t.Prefix) &&
		!slices.ContainsFunc(t.Others, func(p string) bool { return strings.HasPrefix(name, p) })
}

// Print writes the table for people.
func (t Table) Print(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, s := range t.Settings {
		def := ""
		if s.Default != "" {
			def = " (" + s.Default + ")"
		}
		if _, err := fmt.Fprintf(tw, "  %s%s\t%s\n", s.Name, def, s.Meaning); err != nil {
			return err
		}
	}
	return tw.Flush()
}

// Int reads a whole number between two bounds.
func (v Values) Int(name string, least, most int) (int, error) {
	n, err := strconv.Atoi(v[name])
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%s: %q is not a number between %d and %d", name, v[name], least, most)
	}
	return n, nil
}

// List reads what is separated by commas; empty: none.
func (v Values) List(name string) []string {
	var out []string
	for part := range strings.SplitSeq(v[name], ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// Bool reads 1, true, yes or on; empty, 0, false, no or off.
func (v Values) Bool(name string) (bool, error) {
	switch strings.ToLower(v[name]) {
	case "1", "true", "yes", "on":
		return true, nil
	case "", "0", "false", "no", "off":
		return false, nil
	}
	return false, fmt.Errorf("%s: %q is neither 1 nor 0", name, v[name])
}
