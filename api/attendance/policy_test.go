package attendance

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// clerk counts in quarters of a class and in whole percent, so it never rounds.
type clerk struct {
	Tally
	weight4, minimum, critical int
}

func (c clerk) policy() Policy {
	return Policy{Version: 1, LateWeight: float64(c.weight4) / 4, Minimum: float64(c.minimum), Critical: float64(c.critical)}
}

func (c clerk) reaches(percent int) bool {
	got := 4*(c.Present+c.Duty) + c.weight4*c.Late
	return 100*got >= percent*4*(c.Present+c.Late+c.Absent+c.Duty)
}

// needed attends classes one by one until the minimum is reached.
func (c clerk) needed() int {
	for n := range 50_000 {
		if c.reaches(c.minimum) {
			return n
		}
		c.Present++
	}
	return -1
}

// spare misses classes one by one as long as the minimum holds.
func (c clerk) spare() int {
	for n := 0; ; n++ {
		c.Absent++
		if !c.reaches(c.minimum) {
			return n
		}
	}
}

func drawClerk(t *rapid.T) clerk {
	n := rapid.IntRange(0, 40)
	return clerk{
		Tally:   Tally{Present: n.Draw(t, "present"), Late: n.Draw(t, "late"), Absent: n.Draw(t, "absent"), Excused: n.Draw(t, "excused"), Duty: n.Draw(t, "duty")},
		weight4: rapid.IntRange(0, 4).Draw(t, "late weight in quarters"),
		minimum: rapid.OneOf(rapid.SampledFrom([]int{50, 60, 66, 75, 80, 100}), rapid.IntRange(1, 100)).Draw(t, "minimum"),
	}
}

func TestNeededAndSpareAreWhatSimulationFinds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawClerk(t)
		if got, want := c.Needed(c.policy()), c.needed(); got != want {
			t.Fatalf("needed: got %d, want %d", got, want)
		}
		if got, want := c.Spare(c.policy()), c.spare(); got != want {
			t.Fatalf("spare: got %d, want %d", got, want)
		}
	})
}

func TestABandIsExactAtItsThresholds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawClerk(t)
		c.critical = rapid.IntRange(0, c.minimum).Draw(t, "critical")
		want := Critical
		switch {
		case c.Held() == 0:
			want = NoneYet
		case c.reaches(c.minimum):
			want = Safe
		case c.reaches(c.critical):
			want = Warning
		}
		if got := c.Band(c.policy()); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
		if safe := c.Held() == 0 || c.Band(c.policy()) == Safe; safe != (c.Needed(c.policy()) == 0) {
			t.Fatalf("band %q but %d classes needed", c.Band(c.policy()), c.Needed(c.policy()))
		}
	})
}

func TestThePercentagesOfTheOriginalAreMended(t *testing.T) {
	t.Parallel()
	p := DefaultPolicy()
	for _, tc := range []struct {
		name          string
		tally         Tally
		percent       float64
		band          Band
		needed, spare int
	}{
		{"6 of 10 needs 6 more, not 2", Tally{Present: 6, Absent: 4}, 60, Warning, 6, 0},
		{"2 of 2 is 100 %, however many courses there are", Tally{Present: 2}, 100, Safe, 0, 0},
		{"exactly 75 % is safe", Tally{Present: 3, Absent: 1}, 75, Safe, 0, 0},
		{"just below 75 %", Tally{Present: 749, Absent: 251}, 74.9, Warning, 4, 0},
		{"exactly 60 % warns", Tally{Present: 3, Absent: 2}, 60, Warning, 3, 0},
		{"just below 60 % is critical", Tally{Present: 599, Absent: 401}, 59.9, Critical, 604, 0},
		{"nothing attended", Tally{Absent: 1}, 0, Critical, 3, 0},
		{"nothing held is no judgement", Tally{}, 0, NoneYet, 0, 0},
		{"only excused is no judgement", Tally{Excused: 4}, 0, NoneYet, 0, 0},
		{"excused leaves the denominator", Tally{Present: 3, Absent: 1, Excused: 96}, 75, Safe, 0, 0},
		{"duty counts as present", Tally{Duty: 3, Absent: 1}, 75, Safe, 0, 0},
		{"late counts in full by default", Tally{Late: 3, Absent: 1}, 75, Safe, 0, 0},
		{"30 of 30 may miss 10", Tally{Present: 30}, 100, Safe, 0, 10},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, ok := tc.tally.Percent(p)
			if math.Abs(got-tc.percent) > 1e-9 || ok != (tc.tally.Held() > 0) {
				t.Errorf("percent: got %v %t, want %v", got, ok, tc.percent)
			}
			if got := tc.tally.Band(p); got != tc.band {
				t.Errorf("band: got %q, want %q", got, tc.band)
			}
			if got := tc.tally.Needed(p); got != tc.needed {
				t.Errorf("needed: got %d, want %d", got, tc.needed)
			}
			if got := tc.tally.Spare(p); got != tc.spare {
				t.Errorf("spare: got %d, want %d", got, tc.spare)
			}
		})
	}
}

func TestHalfALate(t *testing.T) {
	t.Parallel()
	p := DefaultPolicy()
	p.LateWeight = 0.5
	if got, _ := (Tally{Present: 2, Late: 2}).Percent(p); got != 75 {
		t.Errorf("got %v, want 75", got)
	}
}

func TestBinaryFractionsCostNobodyAClass(t *testing.T) {
	t.Parallel()
	// 7 ÷ 0.07 is 99.99999999999999 in float64.
	if got := (Tally{Present: 7}).Spare(Policy{Minimum: 7}); got != 93 {
		t.Errorf("7 of 7 at 7 %%: got %d spare, want 93", got)
	}
}

func TestAnUnreachableOrAbsentMinimumIsSaid(t *testing.T) {
	t.Parallel()
	if got := (Tally{Present: 9, Absent: 1}).Needed(Policy{Minimum: 100}); got != -1 {
		t.Errorf("100 %% after an absence: got %d needed, want -1", got)
	}
	if got := (Tally{Absent: 9}).Spare(Policy{}); got != math.MaxInt32 {
		t.Errorf("no minimum: got %d spare, want no limit", got)
	}
}

func TestATallyCountsEachStatusOnce(t *testing.T) {
	t.Parallel()
	var got Tally
	for _, s := range []Status{Present, Late, Late, Absent, Excused, Duty, NotRequired, Unmarked, "ill"} {
		got.Count(s)
	}
	if want := (Tally{Present: 1, Late: 2, Absent: 1, Excused: 1, Duty: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got.Held() != 5 {
		t.Errorf("got %d held, want 5: excused and not required leave the denominator", got.Held())
	}
}
