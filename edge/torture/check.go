package torture

import (
	"fmt"
	"slices"
)

// Harm is what a finding did to somebody's attendance.
type Harm int

// Harms, each a column of the table.
const (
	Lost    Harm = iota // acknowledged and gone
	Doubled             // counted twice
	Corrupt             // a wrong number, a made-up fact, a broken log, a place that does not come up
)

func (h Harm) String() string { return [...]string{"lost", "doubled", "corrupt"}[h] }

// Finding is one broken promise. Rule is the invariant of sync.md 10.
type Finding struct {
	Rule string
	Harm Harm
	Text string
}

func (f Finding) String() string { return fmt.Sprintf("%s %s: %s", f.Rule, f.Harm, f.Text) }

// Report is the judgement of one history.
type Report struct {
	Acknowledged int // questions with an OK
	Findings     []Finding
	Mutant       bool // findings are wanted
}

// Count is how many findings did a harm.
func (r Report) Count(h Harm) int {
	n := 0
	for _, f := range r.Findings {
		if f.Harm == h {
			n++
		}
	}
	return n
}

// Rules says by which exceptions a history is judged.
type Rules struct {
	// Lied: the medium said that it had stored what it had not. What was acknowledged
	// since and never reached the cloud may be gone, but nothing may be wrong.
	Lied bool
	// Drill: the history has no cloud, only what places show after each fault.
	Drill bool
}

// Check judges a history. One that proves nothing is a finding too.
func Check(events []Event, how Rules) Report {
	t := newTrial(events, how)
	var out Report
	for _, o := range t.ops {
		if o.ok() {
			out.Acknowledged++
		}
	}
	find := func(rule string, harm Harm, format string, args ...any) {
		out.Findings = append(out.Findings, Finding{rule, harm, fmt.Sprintf(format, args...)})
	}
	switch {
	case out.Acknowledged == 0:
		find("I0", Corrupt, "nothing was acknowledged: the run proves nothing")
	case !t.read[Cloud] && !how.Drill:
		find("I0", Corrupt, "the cloud was not read: the run proves nothing")
	}
	for _, e := range events {
		if e.Type == Broken {
			find("I0", Corrupt, "%s: %s", e.Place, e.Said)
		}
	}
	t.shown(find)
	if t.read[Cloud] {
		for _, rule := range []func(findFunc){t.once, t.made, t.folded, t.equal, t.chained, t.kept, t.rosters, t.drained, t.revoked} {
			rule(find)
		}
	}
	slices.SortStableFunc(out.Findings, func(a, b Finding) int { return int(a.Harm) - int(b.Harm) })
	return out
}

type findFunc func(rule string, harm Harm, format string, args ...any)
