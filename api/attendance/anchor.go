package attendance

import (
	"context"
	"fmt"
	"time"
)

// TimeSource is who said what time it is.
type TimeSource string

// Sources, the best first.
const (
	ByCloud   TimeSource = "cloud"
	ByTeacher TimeSource = "teacher" // read off another clock
	ByDrive   TimeSource = "drive"   // it cannot be earlier than what the drive heard last
)

// Anchor is what is known of the truth in one segment of a clock.
type Anchor struct {
	Segment ID
	Offset  time.Duration // the truth, less what the segment's wall clock shows
	Source  TimeSource    // empty: nothing is known
	At      time.Time     // when it was said, in truth

	// What the computer showed then. Where both went on alike, it is the same computer
	// since the same start, and what was known is still true.
	WallMS int64
	UpMS   int64
}

// anchorAgain is how often a word that changes nothing is kept all the same: what the
// drive heard last bounds a clock that lost its battery.
const anchorAgain = time.Hour

// Anchored is what is known of the truth now.
func (c *Clock) Anchored() Anchor {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.told
}

// raw is a moment as this computer's wall clock shows it, which is what facts carry:
// each is corrected with the fact, once.
func (c *Clock) raw(at time.Time) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return max(0, at.Add(-c.told.Offset).UnixMilli())
}

// by is when a fact happened, by an offset of its wall clock.
func (f Fact) by(offset time.Duration) int64 {
	return max(0, min(f.WallMS+offset.Milliseconds(), maxMS))
}

// hears makes an anchor of somebody's word, unless it tells nothing new.
func (c *Clock) hears(at time.Time, from TimeSource) (a Anchor, news bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.world.Now()
	a = Anchor{Segment: c.segment, Offset: at.Round(0).Sub(now.Round(0)), Source: from, At: at.UTC(), WallMS: now.UnixMilli(), UpMS: c.up()}
	if a.Offset.Abs() <= nearEnough { // the cloud believes such a clock, and so do we
		a.Offset = 0
	}
	moved := (a.Offset - c.told.Offset).Abs() > nearEnough
	if !moved && from == c.told.Source { // what travelled to and fro is no reason to step
		a.Offset = c.told.Offset
	}
	return a, moved || from != c.told.Source || at.Sub(c.told.At) >= anchorAgain
}

// News reports whether somebody's word for what time it is tells anything new.
func (c *Clock) News(at time.Time, from TimeSource) bool {
	_, news := c.hears(at, from)
	return news
}

func (c *Clock) up() int64 {
	if c.world.Mono == nil {
		return 0
	}
	return c.world.Mono().Milliseconds()
}

func (c *Clock) anchor(a Anchor) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a.Segment == c.segment {
		c.told = a
	}
}

// Remember takes over what a drive was told last, in an earlier run of its program. On
// the same computer since the same start it is still true. On any other the cloud's
// last word bounds the time: a clock that shows an earlier one is wrong.
func (c *Clock) Remember(last Anchor, heard time.Time) Anchor {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.world.Now()
	c.told = Anchor{Segment: c.segment, WallMS: now.UnixMilli(), UpMS: c.up()}
	switch {
	case last.Source != "" && last.sameStart(c.told):
		c.told.Offset, c.told.Source, c.told.At = last.Offset, last.Source, last.At
	case now.Before(heard.Add(-MaxAhead)):
		c.told.Offset, c.told.Source, c.told.At = heard.Sub(now.Round(0)), ByDrive, heard
	}
	return c.told
}

// sameStart reports whether wall clock and uptime went on alike from one anchor to a
// later one: two computers do not agree so to seconds by chance.
func (a Anchor) sameStart(later Anchor) bool {
	wall, up := later.WallMS-a.WallMS, later.UpMS-a.UpMS
	return a.UpMS > 0 && up >= 0 && abs(wall-up) <= maxDrift.Milliseconds()
}

// Hear takes somebody's word for what time it is now. What runs here, and all that the
// cloud has not confirmed, moves with the clock: no class ends early or late by it.
func (s *Service) Hear(ctx context.Context, tx Outlog, at time.Time, from TimeSource) error {
	known := s.clock.Anchored()
	if from != ByCloud && known.Source == ByCloud {
		return Taken{Field: "local_time", Why: "the cloud has told what time it is: nothing needs to be set"}
	}
	a, news := s.clock.hears(at, from)
	if !news {
		return nil
	}
	if a.Offset != known.Offset {
		if err := s.shift(ctx, tx, a); err != nil {
			return err
		}
	}
	if err := tx.KeepAnchor(ctx, a); err != nil {
		return fmt.Errorf("keep what time it is: %w", err)
	}
	s.clock.anchor(a) // last: from now on everybody reads it
	return nil
}

// shift moves what the cloud has not fixed to the truth: facts of this segment, and of
// earlier ones of the same computer since the same start.
func (s *Service) shift(ctx context.Context, tx Outlog, a Anchor) error {
	facts, err := tx.Unfixed(ctx)
	if err != nil {
		return fmt.Errorf("read what is not confirmed: %w", err)
	}
	segments, err := tx.Anchors(ctx)
	if err != nil {
		return fmt.Errorf("read what was known of the time: %w", err)
	}
	touched, moved := map[ID]bool{}, map[ID]bool{a.Segment: true}
	for _, f := range facts {
		before, kept := segments[f.Segment]
		if f.Segment != a.Segment && (!kept || before.Source != "" || !before.sameStart(a)) {
			continue
		}
		if _, err := tx.Correct(ctx, f.Origin.Seq, f.by(a.Offset), f.Ord); err != nil {
			return err
		}
		if !f.Session.IsZero() && f.Why == "" {
			touched[f.Session] = true
		}
		if !moved[f.Segment] {
			moved[f.Segment] = true
			older := a
			older.Segment = f.Segment
			if err := tx.KeepAnchor(ctx, older); err != nil {
				return err
			}
		}
	}
	for _, id := range sortedIDs(touched) {
		if err := Refold(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}
