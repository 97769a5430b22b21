package attendance

import (
	"math/rand/v2"
	"testing"
	"time"
)

// desk is a classroom's computer, whose clock anybody may set, and the truth.
type desk struct {
	computer
	truth time.Time
}

func (d *desk) pass(by time.Duration) { d.computer.pass(by); d.truth = d.truth.Add(by) }

// start runs the pendrive's program.
func (d *desk) start(t *testing.T, chance *rand.ChaCha8, last Anchor, heard time.Time) *Clock {
	t.Helper()
	world := Steady(func() time.Time { return d.wall }, func() time.Duration { return d.mono })
	world.Rand = chance
	c, err := NewClock(world, 0)
	if err != nil {
		t.Fatal(err)
	}
	c.Remember(last, heard)
	return c
}

// hear is what a word for the time does to a clock, without a register.
func (c *Clock) hear(at time.Time, from TimeSource) Anchor {
	a, _ := c.hears(at, from)
	c.anchor(a)
	return a
}

// TestNobodyIsLateByAClock draws computers that are 20 years behind to 80 ahead, are
// set in mid-class, sleep, and are started again in mid-class. It judges each mark in
// the room, and in the cloud, which hears of it by the same computer or by another.
func TestNobodyIsLateByAClock(t *testing.T) {
	t.Parallel()
	const cases = 10_000
	const year = 365 * 24 * time.Hour
	wrong := map[string]int{}
	for n := range cases {
		seed := [32]byte{byte(n), byte(n >> 8)}
		chance := rand.NewChaCha8(seed)
		draw := rand.New(rand.NewChaCha8(seed))
		within := func(most time.Duration) time.Duration { return time.Duration(draw.Int64N(int64(most))) }
		step := func(d *desk) { d.wall = d.truth.Add(within(100*year) - 20*year) }

		pc := &desk{truth: noon, computer: computer{wall: noon, mono: time.Hour + within(1000*time.Hour)}}
		step(pc)
		heard := noon.Add(-within(30 * 24 * time.Hour))
		clock := pc.start(t, chance, Anchor{}, heard)
		var last Anchor
		if draw.IntN(2) == 0 {
			last = clock.hear(pc.truth, ByTeacher)
		}
		if draw.IntN(4) == 0 {
			pc.pass(8 * time.Hour) // the lid was shut
		}
		stamp, offset, _ := clock.read()
		opening := Fact{Kind: SessionOpened, Session: small('S', 1), Opening: &Opening{Course: small('c', 1), Policy: DefaultPolicy()}, Stamp: stamp}
		opening.Opening.ClosesMS = opening.WallMS + time.Hour.Milliseconds()
		opening.EffectiveMS = opening.by(offset)
		began := pc.truth
		here := open(opening)
		anchors := map[ID]Anchor{stamp.Segment: clock.Anchored()}
		type seen struct {
			Fact
			late  bool
			edge  bool
			after time.Duration
		}
		var marks []seen
		restarted := false
		for range 1 + draw.IntN(6) {
			pc.pass(time.Second + within(20*time.Minute))
			switch draw.IntN(3) {
			case 0:
				step(pc) // nobody who runs already sees that
			case 1:
				if last.Source != "" && last.sameStart(Anchor{WallMS: pc.wall.UnixMilli(), UpMS: pc.mono.Milliseconds()}) {
					clock = pc.start(t, chance, last, heard) // the cable was touched
					restarted = true
				}
			}
			s, offset, err := clock.read()
			if err != nil {
				t.Fatal(err)
			}
			anchors[s.Segment] = clock.Anchored()
			after := pc.truth.Sub(began)
			limit := time.Duration(here.Policy.LateAfterMin) * time.Minute
			if (after - limit).Abs() < 3*time.Second {
				continue // within what two clocks may differ
			}
			f := Fact{Kind: MarkSeen, Class: Evidence, Session: small('S', 1), Student: student(1), Stamp: s}
			f.EffectiveMS = f.by(offset)
			marks = append(marks, seen{Fact: f, late: after > limit, edge: here.lateAt(VoteOf(f)), after: after})
		}

		up := Upload{Node: small('n', 2)}
		way := draw.IntN(3)
		for _, a := range anchors {
			if a.Source != "" {
				up.Anchors = append(up.Anchors, a)
			}
		}
		pc.pass(within(3 * time.Hour))
		switch {
		case way == 0 || restarted && last.Source == "":
			s, _ := clock.Stamp()
			up.Clock = Sample{WallMS: s.WallMS, Segment: s.Segment, MonoMS: s.MonoMS}
		default: // another computer, which is right
			up.Clock = Sample{WallMS: pc.truth.UnixMilli(), Segment: segment(9), MonoMS: 5}
		}
		now := up.timing(noon.AddDate(-1, 0, 0), pc.truth)
		for _, m := range marks {
			now.last[m.Segment] = max(now.last[m.Segment], m.MonoMS)
		}
		opening.EffectiveMS, opening.Clocking = now.effective(opening.Stamp)
		there := open(opening)
		for _, m := range marks {
			if m.edge != m.late {
				wrong["in the room"]++
			}
			f := m.Fact
			f.EffectiveMS, f.Clocking = now.effective(f.Stamp)
			if there.lateAt(VoteOf(f)) != m.late {
				wrong["in the cloud"]++
			}
			if off := f.Effective().Sub(began.Add(m.after)).Abs(); (f.Clocking == ClockExact || f.Clocking == ClockTold) && off > nearEnough+time.Second {
				wrong["a time said to be known"]++
				t.Logf("case %d: %s is off by %v", n, f.Clocking, off)
			}
			if f.Effective().After(pc.truth) {
				wrong["in the future"]++
			}
		}
	}
	for what, n := range wrong {
		t.Errorf("%s: got %d wrong in %d cases, want 0", what, n, cases)
	}
}

func TestAClockThatLostItsBatteryIsNotEarlierThanTheCloudsLastWord(t *testing.T) {
	t.Parallel()
	pc := &desk{truth: noon, computer: computer{wall: noon.AddDate(-20, 0, 0), mono: time.Minute}}
	chance := rand.NewChaCha8([32]byte{1})
	yesterday := noon.Add(-24 * time.Hour)
	c := pc.start(t, chance, Anchor{}, yesterday)
	if got := c.Now(); !got.Equal(yesterday) || c.Anchored().Source != ByDrive {
		t.Errorf("got %v by %q, want what the drive heard last, %v", got, c.Anchored().Source, yesterday)
	}
	c.hear(pc.truth, ByTeacher)
	if got := c.Now(); !got.Equal(noon) {
		t.Errorf("got %v, want what the teacher said", got)
	}
	c.hear(pc.truth.Add(7*time.Second), ByCloud)
	pc.pass(time.Minute)
	again := pc.start(t, chance, c.Anchored(), noon)
	if got, want := again.Now(), noon.Add(67*time.Second); !got.Equal(want) {
		t.Errorf("after a restart of the program: got %v, want %v", got, want)
	}
	other := &desk{truth: pc.truth, computer: computer{wall: pc.truth, mono: 3 * time.Hour}}
	if got := other.start(t, chance, c.Anchored(), noon).Now(); !got.Equal(pc.truth) {
		t.Errorf("on another computer: got %v, want its own time %v", got, pc.truth)
	}
}

func TestALittleOffIsNotCorrected(t *testing.T) {
	t.Parallel()
	pc := &desk{truth: noon, computer: computer{wall: noon.Add(-1500 * time.Millisecond), mono: time.Hour}}
	c := pc.start(t, rand.NewChaCha8([32]byte{2}), Anchor{}, time.Time{})
	if a := c.hear(noon, ByCloud); a.Offset != 0 {
		t.Errorf("got %v, want none: the cloud believes such a clock", a.Offset)
	}
	if c.News(noon.Add(400*time.Millisecond), ByCloud) {
		t.Error("the same word again is news, want a medium that is spared")
	}
	pc.pass(2 * time.Hour)
	if !c.News(pc.truth, ByCloud) {
		t.Error("hours later the same word is no news, want it to bound what comes")
	}
}
