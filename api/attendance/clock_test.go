package attendance

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// hands are a computer's two clocks, moved one by one.
type hands struct {
	wall time.Time
	mono time.Duration
}

func (h *hands) pass(d time.Duration) { h.wall, h.mono = h.wall.Add(d), h.mono+d }
func (h *hands) set(d time.Duration)  { h.wall = h.wall.Add(d) }

func (h *hands) world() World {
	return World{
		Now:  func() time.Time { return h.wall },
		Mono: func() time.Duration { return h.mono },
		Rand: rand.NewChaCha8([32]byte{7}),
	}
}

func clockOf(t interface{ Fatal(...any) }, h *hands, after HLC) func() Stamp {
	c, err := NewClock(h.world(), after)
	if err != nil {
		t.Fatal(err)
	}
	return func() Stamp {
		s, err := c.Stamp()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

func TestOrderRisesStrictlyHoweverTheWallClockIsSet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := &hands{wall: noon}
		after := HLCAt(noon.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "stored hours ahead")) * time.Hour))
		stamp := clockOf(t, h, after)
		last := Stamp{HLC: after}
		for range rapid.IntRange(1, 30).Draw(t, "stamps") {
			h.pass(time.Duration(rapid.IntRange(0, 5000).Draw(t, "ms")) * time.Millisecond)
			if rapid.IntRange(0, 3).Draw(t, "set") == 0 {
				h.set(time.Duration(rapid.IntRange(-20*365, 80*365).Draw(t, "days")) * 24 * time.Hour)
			}
			s := stamp()
			if s.HLC <= last.HLC {
				t.Fatalf("got %d after %d, want it to rise", s.HLC, last.HLC)
			}
			if s.WallMS != h.wall.UnixMilli() {
				t.Fatalf("got wall %d, want %d, true or not", s.WallMS, h.wall.UnixMilli())
			}
			if s.HLC < HLCAt(h.wall) {
				t.Fatalf("got order %v, want at least %v", s.HLC.Time(), h.wall)
			}
			last = s
		}
	})
}

func TestWithinASegmentTheDistanceIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := &hands{wall: noon, mono: time.Duration(rapid.IntRange(0, 1<<40).Draw(t, "up since"))}
		stamp := clockOf(t, h, 0)
		first, began, drift := stamp(), h.mono, time.Duration(0)
		for range rapid.IntRange(1, 20).Draw(t, "stamps") {
			d := time.Duration(rapid.IntRange(0, 600_000).Draw(t, "ms")) * time.Millisecond
			step := time.Duration(rapid.IntRange(-1200, 1200).Draw(t, "step ms")) * time.Millisecond
			h.pass(d)
			h.set(step)
			drift += step
			s := stamp()
			restarted := s.Segment != first.Segment
			if want := drift > 2*time.Second || drift < -2*time.Second; restarted != want {
				t.Fatalf("drift %v: got a new segment %t, want %t", drift, restarted, want)
			}
			if restarted {
				if s.MonoMS != 0 {
					t.Fatalf("a new segment starts at %d ms, want 0", s.MonoMS)
				}
				if got, exact := s.Since(first); exact || got != time.Duration(s.WallMS-first.WallMS)*time.Millisecond {
					t.Fatalf("across segments: got %v exact %t, want the wall's difference, inexact", got, exact)
				}
				first, began, drift = s, h.mono, 0
				continue
			}
			if got, exact := s.Since(first); !exact || got != h.mono-began {
				t.Fatalf("got %v exact %t, want %v", got, exact, h.mono-began)
			}
		}
	})
}

func TestASetClockStartsASegmentAndOnlyThen(t *testing.T) {
	t.Parallel()
	h := &hands{wall: noon}
	stamp := clockOf(t, h, 0)
	first := stamp()
	h.pass(50 * time.Minute)
	h.set(2 * time.Second) // as a time server slews
	s := stamp()
	if got, exact := s.Since(first); !exact || got != 50*time.Minute {
		t.Errorf("two seconds of drift: got %v exact %t, want 50m in the same segment", got, exact)
	}
	for _, step := range []time.Duration{-time.Hour, 73 * 365 * 24 * time.Hour, 2001 * time.Millisecond} {
		before := stamp()
		h.set(step)
		if after := stamp(); after.Segment == before.Segment || after.Segment.IsZero() {
			t.Errorf("set by %v: got the same segment, want a new one", step)
		}
		if a, b := stamp(), stamp(); a.Segment != b.Segment {
			t.Errorf("set by %v: got two segments, want one", step)
		}
	}
}

func TestOfTwoStampsWithoutASegmentOnlyTheWallIsKnown(t *testing.T) {
	t.Parallel()
	got, exact := Stamp{WallMS: 5000, MonoMS: 1}.Since(Stamp{WallMS: 2000, MonoMS: 9})
	if exact || got != 3*time.Second {
		t.Errorf("got %v exact %t, want 3s inexact", got, exact)
	}
}

func TestOneMadClockDoesNotDragTheRest(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		heard HLC
		moved bool
	}{
		{"the past", HLCAt(noon.Add(-time.Hour)), false},
		{"a minute ahead", HLCAt(noon.Add(time.Minute)), true},
		{"just under the limit", HLCAt(noon.Add(MaxAhead - time.Millisecond)), true},
		{"the limit", HLCAt(noon.Add(MaxAhead)), false},
		{"the year 2099", HLCAt(noon.AddDate(73, 0, 0)), false},
		{"the end of time", 1<<63 - 1, false},
		{"before time", -1, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h := &hands{wall: noon}
			c, err := NewClock(h.world(), 0)
			if err != nil {
				t.Fatal(err)
			}
			c.Observe(tc.heard)
			s, err := c.Stamp()
			if err != nil {
				t.Fatal(err)
			}
			want := HLCAt(noon)
			if tc.moved {
				want = tc.heard + 1
			}
			if s.HLC != want {
				t.Errorf("got %v, want %v", s.HLC.Time(), want.Time())
			}
		})
	}
}

func TestTheRealClockMeasuresWhatPasses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, err := NewClock(World{Now: time.Now, Rand: rand.NewChaCha8([32]byte{})}, 0)
		if err != nil {
			t.Fatal(err)
		}
		first, _ := c.Stamp()
		time.Sleep(90 * time.Minute)
		s, _ := c.Stamp()
		if got, exact := s.Since(first); got != 90*time.Minute || !exact {
			t.Errorf("got %v exact %t, want 90m", got, exact)
		}
		if got := s.Wall().Sub(first.Wall()); got != 90*time.Minute {
			t.Errorf("wall: got %v, want 90m", got)
		}
	})
}

func TestAClockWithoutChanceSaysSo(t *testing.T) {
	t.Parallel()
	h := &hands{wall: noon}
	w := h.world()
	w.Rand = bytes.NewReader(make([]byte, 10)) // enough for one segment
	c, err := NewClock(w, 0)
	if err != nil {
		t.Fatal(err)
	}
	h.set(time.Hour)
	if _, err := c.Stamp(); !errors.Is(err, io.EOF) {
		t.Errorf("got %v, want the reason", err)
	}
}

func TestAReadingGoesThereAndBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMilli(rapid.Int64Range(0, 1<<47-1).Draw(t, "ms")).UTC()
		h := HLCAt(at)
		if !h.Time().Equal(at) || !(h + 1<<hlcShift - 1).Time().Equal(at) || (h + 1<<hlcShift).Time().Equal(at) {
			t.Fatalf("got %v, want %v for each of its 65,536 readings", h.Time(), at)
		}
		seen := HLC(rapid.Int64Min(0).Draw(t, "seen"))
		if got := h.past(seen); got < h || got <= seen && seen < 1<<63-1 {
			t.Fatalf("past %d: got %d, want it after both", seen, got)
		}
	})
}
