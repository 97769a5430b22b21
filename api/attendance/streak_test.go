package attendance

import (
	"testing"

	"pgregory.net/rapid"
)

func pattern(letters string) []Status {
	of := map[rune]Status{'P': Present, 'L': Late, 'D': Duty, 'A': Absent, 'E': Excused, 'N': NotRequired, '.': Unmarked}
	var out []Status
	for _, c := range letters {
		out = append(out, of[c])
	}
	return out
}

func TestStreaksAreRunsOfAttendedClasses(t *testing.T) {
	t.Parallel()
	for letters, want := range map[string]Streak{
		"PPPPPPPAPAA": {0, 7}, // the original said 1 and 1
		"":            {0, 0},
		"P":           {1, 1},
		"A":           {0, 0},
		"APPP":        {3, 3},
		"PPAP":        {1, 2},
		"PLDP":        {4, 4},
		"PEPNP.P":     {4, 4}, // what does not count neither lengthens nor breaks
		"PPE":         {2, 2},
		"PPAE":        {0, 2},
		"EN.":         {0, 0},
	} {
		if got := StreakOf(pattern(letters)); got != want {
			t.Errorf("%q: got %d now and %d at best, want %d and %d", letters, got.Current, got.Longest, want.Current, want.Longest)
		}
	}
}

func TestStreaksAreWhatEveryRunSaysOneByOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := pattern(rapid.StringOfN(rapid.RuneFrom([]rune("PPPLDAEN.")), 0, 20, -1).Draw(t, "pattern"))
		run := func(from, to int) (n int, whole bool) { // attended between two places, unbroken
			for _, s := range all[from:to] {
				if s == Absent {
					return 0, false
				}
				if s.Attended() {
					n++
				}
			}
			return n, true
		}
		var want Streak
		for from := range all {
			for to := from; to <= len(all); to++ {
				n, whole := run(from, to)
				if whole {
					want.Longest = max(want.Longest, n)
				}
				if whole && to == len(all) {
					want.Current = max(want.Current, n)
				}
			}
		}
		if got := StreakOf(all); got != want {
			t.Fatalf("%v: got %+v, want %+v", all, got, want)
		}
	})
}
