package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"golang.org/x/perf/benchfmt"
)

const module = "github.com/arise-attendance/arise/"

// measured are figures by benchmark and unit: as many as it ran times.
type measured map[string]map[string][]float64

func table(in io.Reader, out io.Writer) error {
	all, conditions, err := read(in)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "\n%s\n\n", strings.Join(conditions, "\n")); err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "WHAT\tMEASURED\tTARGET\tBARE LIMIT\tRATIO\tVERDICT")
	for _, r := range rows {
		for _, line := range r.lines(all) {
			fmt.Fprintln(w, line)
		}
	}
	return w.Flush()
}

// read collects every figure, and under which conditions they were measured.
func read(in io.Reader) (measured, []string, error) {
	all, conditions := measured{}, []string(nil)
	r := benchfmt.NewReader(in, "go test")
	for r.Scan() {
		result, ok := r.Result().(*benchfmt.Result)
		if !ok {
			continue // a line that only looked like one
		}
		for _, c := range result.Config {
			word := c.Key + ": " + string(c.Value)
			if c.Key != "pkg" && c.File && !slices.Contains(conditions, word) {
				conditions = append(conditions, word)
			}
		}
		name := strings.TrimPrefix(result.GetConfig("pkg"), module) + "." + nameOf(result.Name)
		if all[name] == nil {
			all[name] = map[string][]float64{}
		}
		for _, v := range result.Values {
			all[name][v.Unit] = append(all[name][v.Unit], v.Value)
			if v.OrigUnit != "" { // as it was printed: megabytes come as bytes
				all[name][v.OrigUnit] = append(all[name][v.OrigUnit], v.OrigValue)
			}
		}
	}
	return all, conditions, r.Err()
}

// nameOf leaves out how many processors it ran on.
func nameOf(n benchfmt.Name) string {
	base, parts := n.Parts()
	out := string(base)
	for _, p := range parts {
		if p[0] == '/' {
			out += string(p)
		}
	}
	return out
}

// lines are the row's in the table: several for a *, and one even if nothing was
// measured.
func (r row) lines(all measured) []string {
	prefix, many := strings.CutSuffix(r.of, "*")
	if !many {
		return []string{r.line(r.what, all[r.of])}
	}
	var out []string
	for name, figures := range all {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			out = append(out, r.line(fmt.Sprintf(r.what, strings.ReplaceAll(rest, "_", " ")), figures))
		}
	}
	slices.Sort(out)
	if len(out) == 0 {
		out = []string{r.line(fmt.Sprintf(r.what, r.of), nil)}
	}
	return out
}

func (r row) line(what string, figures map[string][]float64) string {
	got, ok := median(figures[r.unit])
	if !ok {
		return what + "\t-\t-\t-\t-\tnot measured"
	}
	target, bound, limit, ratio, verdict := "-", cmp.Or(r.most, r.least), "-", "-", "-"
	base, beside := median(figures[r.bare])
	if beside {
		limit, ratio = show(base)+suffix(r.bare), fmt.Sprintf("%.2f", got/base)
	}
	if bound > 0 {
		target = fmt.Sprintf("%g%s", bound, suffix(r.unit))
		if r.times {
			target, bound = fmt.Sprintf("%g x bare", bound), bound*base
		}
		sign, kept := "<= ", got <= bound
		if r.least > 0 {
			sign, kept = ">= ", got >= bound
		}
		target = sign + target
		switch {
		case r.times && !beside:
			verdict = "not measured"
		case kept:
			verdict = "kept"
		default:
			verdict = "missed"
		}
	}
	return strings.Join([]string{what, show(got) + suffix(r.unit), target, limit, ratio, verdict}, "\t")
}

// suffix is a unit as people read it.
func suffix(unit string) string {
	switch {
	case unit == "sec/op":
		return " s"
	case strings.Contains(unit, "/"):
		_, per, _ := strings.Cut(unit, "/")
		return "/" + per
	}
	return " " + unit[strings.LastIndex(unit, "-")+1:]
}

// show gives three digits, and all before the point.
func show(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

func median(all []float64) (float64, bool) {
	if len(all) == 0 {
		return 0, false
	}
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2], true
}
