package attendance

import "time"

// Clocking is how well it is known when a fact happened.
type Clocking string

// Clockings, the best first. Empty: the server that made the fact stored it.
const (
	ClockExact    Clocking = "exact"    // by the clock that ran on from the fact to the upload
	ClockTold     Clocking = "told"     // by what somebody told that clock
	ClockBelieved Clocking = "believed" // by a computer's clock; the one that uploaded it was right
	ClockGuessed  Clocking = "guessed"  // as far off as the clock that uploaded it
	ClockClamped  Clocking = "clamped"  // that cannot be: as near as can be
)

// nearEnough is how far a pendrive's wall clock may be off before the cloud
// corrects the times of its facts.
const nearEnough = 2 * time.Second

// timing fixes when the facts of one upload happened.
type timing struct {
	sample  Sample
	anchors map[ID]Anchor
	last    map[ID]int64 // the latest MonoMS of each segment in the upload
	from    time.Time    // the pendrive was made: nothing happened before
	now     time.Time
}

func (up Upload) timing(from, now time.Time) timing {
	t := timing{sample: up.Clock, anchors: map[ID]Anchor{}, last: map[ID]int64{}, now: now}
	if !from.IsZero() {
		t.from = from.Add(-madeBefore)
	}
	for _, a := range up.Anchors {
		if !a.Segment.IsZero() && a.Offset.Abs() < century {
			t.anchors[a.Segment] = a
		}
	}
	return t
}

// madeBefore is how much older than its row here a pendrive's facts may be: the row
// may have been made again after a loss.
const madeBefore = 400 * 24 * time.Hour

// century is more than any clock is off.
const century = 150 * 365 * 24 * time.Hour

// effective is the best estimate of when a fact happened. Within the segment of the
// sample the monotonic distance to now is exact (Cristian's method), and a clock that
// agrees with ours is believed. In another segment counts what it was told, and then
// that the clock was as far off as the sample's. Nothing happens in the future, nor
// before the pendrive was made. A sample that no clock can show is none.
func (t timing) effective(s Stamp) (int64, Clocking) {
	offset := t.now.UnixMilli() - t.sample.WallMS
	sound := t.sample.WallMS > 0 && t.sample.WallMS <= maxMS
	near := sound && abs(offset) <= nearEnough.Milliseconds()
	same := sound && !s.Segment.IsZero() && s.Segment == t.sample.Segment && s.MonoMS <= maxMS && t.sample.MonoMS >= 0
	at, how := min(s.WallMS, maxMS), ClockBelieved
	anchor, told := t.anchors[s.Segment]
	switch {
	case same && near:
		how = ClockExact
	case same:
		at, how = t.now.UnixMilli()-(t.sample.MonoMS-s.MonoMS), ClockExact
	case told:
		if at, how = at+anchor.Offset.Milliseconds(), ClockTold; anchor.Source == ByDrive {
			how = ClockGuessed
		}
	case sound && !near:
		at, how = at+offset, ClockGuessed
	case !sound:
		how = ClockGuessed
	}
	return t.within(at, how, s)
}

// Effective is when a cloud that hears of a fact at now takes it to have happened.
func (up Upload) Effective(f Fact, now time.Time) (int64, Clocking) {
	return up.timing(time.Time{}, now).effective(f.Stamp)
}

// within keeps the distances of a segment that must be moved into what can be.
func (t timing) within(at int64, how Clocking, s Stamp) (int64, Clocking) {
	earliest, latest := max(0, UnixMS(t.from)), t.now.UnixMilli()
	switch {
	case at > latest+nearEnough.Milliseconds():
		return max(earliest, latest-max(0, t.last[s.Segment]-s.MonoMS)), ClockClamped
	case at < earliest:
		return min(latest, earliest+min(max(0, s.MonoMS), maxMS)), ClockClamped
	}
	return min(at, latest), how
}
