package attendance

import (
	"crypto/rand"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// computer is one whose clock people set and whose lid they close.
type computer struct {
	wall time.Time
	mono time.Duration
}

func (c *computer) pass(d time.Duration) { c.wall, c.mono = c.wall.Add(d), c.mono+d }

func TestNobodyWhoSetsTheClockEndsAClassOrMakesAnybodyLate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		years := func(from, to int) *rapid.Generator[int64] {
			return rapid.Int64Range(int64(from)*365*86400, int64(to)*365*86400)
		}
		pc := &computer{wall: noon.Add(time.Duration(years(-20, 80).Draw(t, "clock off, s")) * time.Second), mono: time.Hour}
		world := Steady(func() time.Time { return pc.wall }, func() time.Duration { return pc.mono })
		world.Rand = rand.Reader
		clock, err := NewClock(world, 0)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := clock.Stamp()
		if err != nil {
			t.Fatal(err)
		}
		began, truth := world.Now(), time.Duration(0)
		se := Session{Opened: opened, OpenedAt: began, ClosesAt: began.Add(time.Hour), Policy: DefaultPolicy()}
		last := opened
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			d := time.Duration(rapid.Int64Range(1, 15*60).Draw(t, "passes, s")) * time.Second
			pc.pass(d)
			truth += d
			pc.wall = pc.wall.Add(time.Duration(years(-20, 80).Draw(t, "clock set, s")) * time.Second)
			s, err := clock.Stamp()
			if err != nil {
				t.Fatal(err)
			}
			late := truth > time.Duration(se.Policy.LateAfterMin)*time.Minute
			if got := se.lateAt(Vote{Segment: s.Segment, MonoMS: s.MonoMS, AtMS: s.WallMS}); got != late {
				t.Fatalf("after %v: got late %t, want %t", truth, got, late)
			}
			if got, want := se.OpenAt(world.Now()), truth < time.Hour; got != want {
				t.Fatalf("after %v: got open %t, want %t", truth, got, want)
			}
			if s.HLC <= last.HLC || s.Segment != opened.Segment {
				t.Fatalf("got %+v after %+v, want a later one of the same segment", s, last)
			}
			last = s
		}
		// The cloud hears of it an hour after the last mark.
		sample := Sample{WallMS: world.Now().UnixMilli(), Segment: last.Segment, MonoMS: last.MonoMS}
		began2, ended := effective(opened, sample, noon.Add(truth)), effective(last, sample, noon.Add(truth))
		if got := time.Duration(ended-began2) * time.Millisecond; (got - truth.Truncate(time.Millisecond)).Abs() > nearEnough {
			t.Fatalf("in the cloud %v passed, want %v", got, truth)
		}
	})
}

func TestASteadyClockGoesOnWhileTheComputerSleeps(t *testing.T) {
	t.Parallel()
	pc := &computer{wall: noon}
	world := Steady(func() time.Time { return pc.wall }, func() time.Duration { return pc.mono })
	pc.pass(8 * time.Hour)
	if got := world.Now(); !got.Equal(noon.Add(8 * time.Hour)) {
		t.Errorf("got %v, want eight hours later", got)
	}
}
