package attendance

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Signal is a hint that a code of an online class was passed on. It changes no
// status: a person looks, and decides.
type Signal struct {
	Kind     SignalKind
	Students []ID // in the order they answered
	Why      string
}

// SignalKind names a hint.
type SignalKind string

// Kinds of signal.
const (
	SameBrowser SignalKind = "same_browser" // several students answered in one browser
	Burst       SignalKind = "burst"        // several from one address, almost at once
	TooFast     SignalKind = "too_fast"     // before anybody could have read and typed it
)

// What makes a signal. An address from which more than crowdOf students answer is
// a campus or a carrier, not a room of friends: there many at once say nothing.
const (
	burstOf     = 3
	burstWithin = 2 * time.Second
	crowdOf     = 12
	readFor     = 2 * time.Second
)

// Signals looks for codes that were passed on.
func Signals(answers []Answered) []Signal {
	answers = slices.Clone(answers)
	slices.SortStableFunc(answers, func(a, b Answered) int {
		return cmp.Or(a.At.Compare(b.At), a.Student.Compare(b.Student))
	})
	out := []Signal{}
	for _, same := range alike(answers, func(a Answered) []byte { return a.Browser }) {
		if len(same) > 1 {
			out = append(out, Signal{SameBrowser, studentsOf(same), fmt.Sprintf("%d students answered in the same browser", len(same))})
		}
	}
	for _, same := range alike(answers, func(a Answered) []byte { return a.Address }) {
		if len(same) > crowdOf {
			continue
		}
		for _, b := range bursts(same) {
			out = append(out, Signal{Burst, studentsOf(b), fmt.Sprintf(
				"%d students answered from one address within %d seconds: they may share a room, or one of them has the others' sign-ins", len(b), int(burstWithin.Seconds()))})
		}
	}
	for _, a := range answers {
		shown := time.UnixMilli(a.Step * OTPStep.Milliseconds())
		if after := a.At.Sub(shown); after >= 0 && after < readFor {
			out = append(out, Signal{TooFast, []ID{a.Student}, fmt.Sprintf(
				"answered %.1f seconds after the code appeared, sooner than one can read and type it", after.Seconds())})
		}
	}
	return out
}

// alike groups answers by a hash; those without one are in no group.
func alike(answers []Answered, by func(Answered) []byte) [][]Answered {
	at := map[string]int{}
	var out [][]Answered
	for _, a := range answers {
		k := string(by(a))
		if k == "" {
			continue
		}
		i, known := at[k]
		if !known {
			i = len(out)
			at[k], out = i, append(out, nil)
		}
		out[i] = append(out[i], a)
	}
	return out
}

// bursts are the longest runs of answers that all lie within burstWithin.
func bursts(answers []Answered) [][]Answered {
	var out [][]Answered
	for from := 0; from < len(answers); {
		to := from + 1
		for to < len(answers) && answers[to].At.Sub(answers[from].At) <= burstWithin {
			to++
		}
		if to-from < burstOf {
			from++
			continue
		}
		out = append(out, answers[from:to])
		from = to
	}
	return out
}

func studentsOf(answers []Answered) []ID {
	out := make([]ID, len(answers))
	for i, a := range answers {
		out[i] = a.Student
	}
	return out
}
