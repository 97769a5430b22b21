package torture

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"sync"
	"text/tabwriter"
)

// row is one fault in the table.
type row struct {
	fault  string
	tries  int
	report Report
}

var table struct {
	sync.Mutex
	rows []row
}

// tell adds a row; runs of the same fault are added up.
func tell(r row) {
	table.Lock()
	defer table.Unlock()
	for i := range table.rows {
		if old := &table.rows[i]; old.fault == r.fault {
			old.tries += r.tries
			old.report.Acknowledged += r.report.Acknowledged
			old.report.Findings = append(old.report.Findings, r.report.Findings...)
			return
		}
	}
	table.rows = append(table.rows, r)
}

// printTable prints what the faults did.
func printTable(to io.Writer) {
	table.Lock()
	defer table.Unlock()
	if len(table.rows) == 0 {
		return
	}
	order := func(name string) int {
		i := slices.IndexFunc(faults, func(f known) bool { return f.name == name })
		if i < 0 {
			return len(faults) // mutants
		}
		return i
	}
	slices.SortStableFunc(table.rows, func(a, b row) int { return cmp.Compare(order(a.fault), order(b.fault)) })
	out := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "\nfault\ttries\tacknowledged\tlost\tdoubled\tcorrupt\tverdict")
	for _, r := range table.rows {
		verdict := "kept every promise"
		switch harm := len(r.report.Findings) > 0; {
		case r.report.Mutant && harm:
			verdict = "found out"
		case r.report.Mutant:
			verdict = "NOT FOUND OUT"
		case harm:
			verdict = "BROKEN: " + r.report.Findings[0].Rule
		}
		fmt.Fprintf(out, "%s\t%d\t%d\t%d\t%d\t%d\t%s\n", r.fault, r.tries, r.report.Acknowledged,
			r.report.Count(Lost), r.report.Count(Doubled), r.report.Count(Corrupt), verdict)
	}
	_ = out.Flush() // to the terminal
}
