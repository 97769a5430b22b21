package attendance

import (
	"fmt"
	"io"
	"math"
	"sync"
	"time"
)

// HLC is a hybrid logical clock: milliseconds since 1970 shifted left by 16,
// plus a counter. It orders facts across machines whose clocks disagree a
// little (Kulkarni et al., "Logical Physical Clocks", 2014).
type HLC int64

const hlcShift = 16

// HLCAt is the first reading of a millisecond.
func HLCAt(at time.Time) HLC { return HLC(at.UnixMilli() << hlcShift) }

// Time is the physical part.
func (h HLC) Time() time.Time { return time.UnixMilli(int64(h) >> hlcShift).UTC() }

// past is h, or the next reading after seen if that is later: an answer never loses
// to what it answers, however slow the clock of its author.
func (h HLC) past(seen HLC) HLC {
	if seen < h || seen == math.MaxInt64 {
		return h
	}
	return seen + 1
}

// Stamp is what the three clocks said when a fact was born.
//
// WallMS is the computer's own idea of the time and may be decades off. MonoMS
// counts inside one Segment and never steps, so a difference within a segment is
// true whatever the wall clock believes. HLC orders.
type Stamp struct {
	WallMS  int64 `json:"wall_ms"`
	Segment ID    `json:"segment,omitzero"`
	MonoMS  int64 `json:"mono_ms"`
	HLC     HLC   `json:"hlc"`
}

// Wall is the wall clock's reading.
func (s Stamp) Wall() time.Time { return time.UnixMilli(s.WallMS).UTC() }

// Since is the time that passed from an earlier stamp. The second result says
// whether it is exact (same segment) or only the difference of two wall clocks.
func (s Stamp) Since(from Stamp) (time.Duration, bool) {
	if !s.Segment.IsZero() && s.Segment == from.Segment {
		return time.Duration(s.MonoMS-from.MonoMS) * time.Millisecond, true
	}
	return time.Duration(s.WallMS-from.WallMS) * time.Millisecond, false
}

// back is what the clocks showed a while ago. Only the order stays: what is told now
// comes after all that was told before.
func (s Stamp) back(by time.Duration) Stamp {
	age := max(0, by.Milliseconds())
	s.WallMS = max(0, s.WallMS-age)
	if s.MonoMS -= age; s.MonoMS < 0 { // before the segment began
		s.Segment, s.MonoMS = ID{}, 0
	}
	return s
}

// World is everything a rule may not make up: the time and chance.
type World struct {
	Now  func() time.Time     // with a monotonic reading, as time.Now gives
	Mono func() time.Duration // where Now has none: time since any fixed moment
	Rand io.Reader
}

// maxDrift is how far wall and monotonic clock may part before a new segment
// starts: somebody set the clock, or the computer slept.
const maxDrift = 2 * time.Second

// Clock makes stamps. It is safe for concurrent use.
type Clock struct {
	world World

	mu      sync.Mutex
	segment ID
	start   time.Time
	mono    time.Duration // World.Mono at the start
	last    HLC
	told    Anchor // what is known of the truth in this segment; zero: nothing
}

// NewClock starts a segment. after is the highest HLC already stored, so that a
// computer whose clock was set back still orders new facts after old ones.
func NewClock(world World, after HLC) (*Clock, error) {
	c := &Clock{world: world, last: after}
	if err := c.restart(world.Now()); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Clock) restart(now time.Time) error {
	id, err := NewID(now, c.world.Rand)
	if err != nil {
		return fmt.Errorf("start a clock segment: %w", err)
	}
	c.segment, c.start = id, now
	if c.world.Mono != nil {
		c.mono = c.world.Mono()
	}
	return nil
}

// elapsed is the time since the segment started, whatever was done to the clock.
func (c *Clock) elapsed(now time.Time) time.Duration {
	if c.world.Mono != nil {
		return c.world.Mono() - c.mono
	}
	return now.Sub(c.start)
}

// Now is the time as far as it is known: the computer's own, or what an [Anchor] makes
// of it.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.world.Now().Add(c.told.Offset)
}

// Stamp reads all three clocks. The wall clock's reading stays raw: who knows better
// corrects it, once.
func (c *Clock) Stamp() (Stamp, error) {
	s, _, err := c.read()
	return s, err
}

// read is a stamp, and what is to be added to its wall clock.
func (c *Clock) read() (Stamp, time.Duration, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.world.Now()
	mono := c.elapsed(now)
	wall := now.Round(0).Sub(c.start.Round(0))
	if drift := wall - mono; drift > maxDrift || drift < -maxDrift {
		if err := c.restart(now); err != nil {
			return Stamp{}, 0, err
		}
		c.told = Anchor{} // it was about the clock before it was set
		mono = 0
	}
	if h := HLCAt(now.Add(c.told.Offset)); h > c.last {
		c.last = h
	} else {
		c.last++
	}
	return Stamp{WallMS: now.UnixMilli(), Segment: c.segment, MonoMS: mono.Milliseconds(), HLC: c.last}, c.told.Offset, nil
}

// Observe moves the clock past a reading from elsewhere, unless that reading is
// ahead of us by more than a sane amount: one mad clock must not drag the rest.
func (c *Clock) Observe(h HLC) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if h > c.last && h.Time().Before(c.world.Now().Add(c.told.Offset+MaxAhead)) {
		c.last = h
	}
}

// MaxAhead is how far into the future another machine's clock is believed.
const MaxAhead = 2 * time.Minute
