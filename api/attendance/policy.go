package attendance

import "math"

// Policy says what counts. A session carries the policy of the day it was held;
// changing the school's policy does not rewrite history.
type Policy struct {
	Version      int     `json:"version"`
	LateAfterMin int     `json:"late_after_min"` // minutes after the start; 0: nobody is late
	LateWeight   float64 `json:"late_weight"`    // what a late counts, 0 to 1
	Minimum      float64 `json:"minimum"`        // percent; at or above is safe
	Critical     float64 `json:"critical"`       // percent; below is critical
}

// DefaultPolicy is the original's thresholds, with late counted in full.
func DefaultPolicy() Policy {
	return Policy{Version: 1, LateAfterMin: 10, LateWeight: 1, Minimum: 75, Critical: 60}
}

// orDefault repairs a policy that an old or damaged fact left empty or mad.
func (p Policy) orDefault() Policy {
	percent := func(v float64) bool { return v >= 0 && v <= 100 }
	if p.Version <= 0 || p.LateAfterMin > 24*60 || !percent(100*p.LateWeight) || !percent(p.Minimum) || !percent(p.Critical) {
		return DefaultPolicy()
	}
	return p
}

// Tally counts one student's sessions of one course.
type Tally struct {
	Present, Late, Absent, Excused, Duty int
}

// Count adds one session. What was not taken, or not required, counts nowhere.
func (t *Tally) Count(s Status) {
	switch s {
	case Present:
		t.Present++
	case Late:
		t.Late++
	case Absent:
		t.Absent++
	case Excused:
		t.Excused++
	case Duty:
		t.Duty++
	}
}

// Held is the denominator: excused sessions leave it.
func (t Tally) Held() int { return t.Present + t.Late + t.Absent + t.Duty }

// Attended is the numerator under a policy.
func (t Tally) Attended(p Policy) float64 {
	return float64(t.Present+t.Duty) + p.LateWeight*float64(t.Late)
}

// Weight is what one class of a status adds to the numerator.
func (p Policy) Weight(s Status) float64 {
	var t Tally
	t.Count(s)
	return t.Attended(p)
}

// Percent is 100 · attended ÷ held, unrounded; 0 and false when nothing was held.
// Compare this number, round only to show it.
func (t Tally) Percent(p Policy) (float64, bool) {
	if t.Held() == 0 {
		return 0, false
	}
	return 100 * t.Attended(p) / float64(t.Held()), true
}

// Band is how a percentage stands against the thresholds.
type Band string

// Bands. NoneYet is not a judgement: nothing was held.
const (
	NoneYet  Band = "none"
	Safe     Band = "safe"
	Warning  Band = "warning"
	Critical Band = "critical"
)

// Band compares the unrounded percentage: at the minimum is safe.
func (t Tally) Band(p Policy) Band {
	pct, ok := t.Percent(p)
	return p.band(pct, ok)
}

// Low reports whether it is below the minimum.
func (b Band) Low() bool { return b == Warning || b == Critical }

// Rounded is a percentage as people see it, to one decimal, as the original did. No
// course holds the two thousand classes it would take to show 75.0 for less than 75.
func Rounded(pct float64) float64 { return math.Round(pct*10) / 10 }

func (p Policy) band(pct float64, ok bool) Band {
	switch {
	case !ok:
		return NoneYet
	case pct >= p.Minimum-epsilon:
		return Safe
	case pct >= p.Critical-epsilon:
		return Warning
	}
	return Critical
}

// epsilon forgives what binary fractions do to 0.75·n; a whole class is never
// that small.
const epsilon = 1e-9

// Needed is how many classes in a row must be attended to reach the minimum:
// ceil((m·held − attended) ÷ (1 − m)).
func (t Tally) Needed(p Policy) int {
	m := p.Minimum / 100
	short := m*float64(t.Held()) - t.Attended(p)
	if short <= epsilon {
		return 0
	}
	if m >= 1 {
		return -1 // one absence and 100 % is out of reach
	}
	return int(math.Ceil(short/(1-m) - epsilon))
}

// Spare is how many classes can be missed while staying at the minimum:
// floor(attended ÷ m − held).
func (t Tally) Spare(p Policy) int {
	m := p.Minimum / 100
	if m <= 0 {
		return math.MaxInt32
	}
	return max(0, int(math.Floor(t.Attended(p)/m-float64(t.Held())+epsilon)))
}
