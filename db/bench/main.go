// Command bench reads what `go test -bench` printed and prints one table: what was
// measured, how much it may be, and whether it is. A promise that is not kept is
// shown and fails nothing: another machine, or a busy one, is no defect.
package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"golang.org/x/perf/benchfmt"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// measured are figures by benchmark and unit: as many as it ran times.
type measured map[string]map[string][]float64

func run(in io.Reader, out io.Writer) error {
	all, conditions, err := read(in)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, "\n%s\n\n", strings.Join(conditions, "\n"))
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "WHAT\tFIGURE\tTARGET\tRATIO\tVERDICT")
	for _, r := range rows {
		for _, line := range r.lines(all) {
			fmt.Fprintln(table, line)
		}
	}
	if err := table.Flush(); err != nil {
		return err
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
		name := nameOf(result.Name)
		if all[name] == nil {
			all[name] = map[string][]float64{}
		}
		for _, v := range result.Values {
			all[name][v.Unit] = append(all[name][v.Unit], v.Value)
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
		return what + "\tnot measured\t\t\t-"
	}
	limit, unit := cmp.Or(r.most, r.least), suffix(r.unit)
	bound, of, words := limit, limit, fmt.Sprintf("%g%s", limit, unit)
	if r.beside != "" {
		base, ok := median(figures[r.beside])
		if !ok {
			return what + "\t" + show(got) + unit + "\tnothing beside it\t\t-"
		}
		bound, of, words = limit*base, base, fmt.Sprintf("%g × %s%s", limit, show(base), unit)
	}
	sign, kept := "at most", got <= bound
	if r.least > 0 {
		sign, kept = "at least", got >= bound
	}
	verdict := "missed"
	if kept {
		verdict = "kept"
	}
	return fmt.Sprintf("%s\t%s%s\t%s %s\t%.2f\t%s", what, show(got), unit, sign, words, got/of, verdict)
}

// suffix is a unit as people read it.
func suffix(unit string) string {
	switch {
	case unit == "sec/op":
		return " s"
	case strings.HasSuffix(unit, "-ms"):
		return " ms"
	}
	return " " + unit
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
