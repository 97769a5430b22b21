package attendance

import "time"

// SessionKind says where a class is held.
type SessionKind string

// Kinds of session.
const (
	Offline SessionKind = "offline"
	Online  SessionKind = "online"
)

// Session is a class being held, or one that was.
type Session struct {
	ID      ID
	Course  ID
	Node    ID // the server that opened it, and the only one that extends or ends it
	Teacher ID
	Kind    SessionKind
	Topic   string
	Room    string
	Device  ID

	OpenedAt time.Time
	ClosesAt time.Time
	ClosedAt time.Time // zero while it has not ended
	Opened   Stamp
	Policy   Policy
	Void     Void
}

// Grace is added to the end of a class held in a room, so that a queue at the
// scanner still gets through (as the original did).
const Grace = 5 * time.Minute

// OpenAt reports whether the session takes marks at a time.
func (s Session) OpenAt(at time.Time) bool {
	return s.ClosedAt.IsZero() && at.Before(s.ClosesAt)
}

// Remaining is the time left, never negative.
func (s Session) Remaining(at time.Time) time.Duration {
	if !s.OpenAt(at) {
		return 0
	}
	return s.ClosesAt.Sub(at)
}

// lateAt reports whether evidence arrived after the policy's limit. It measures
// with the monotonic clock where it can, so a computer that believes it is 2099
// makes nobody late.
func (s Session) lateAt(v Vote) bool {
	if s.Policy.LateAfterMin <= 0 {
		return false
	}
	limit := time.Duration(s.Policy.LateAfterMin) * time.Minute
	if !v.Segment.IsZero() && v.Segment == s.Opened.Segment {
		return time.Duration(v.MonoMS-s.Opened.MonoMS)*time.Millisecond > limit
	}
	return time.Duration(v.AtMS-s.OpenedAt.UnixMilli())*time.Millisecond > limit
}

// open makes the session that a session.opened fact tells of.
func open(f Fact) Session {
	o := f.Opening
	return Session{
		ID: f.Session, Course: o.Course, Node: f.Node, Teacher: f.Actor, Kind: o.Kind,
		Topic: o.Topic, Room: o.Room, Device: o.Device, Policy: o.Policy.orDefault(),
		OpenedAt: f.Effective(), ClosesAt: f.corrected(o.ClosesMS), Opened: f.Stamp,
	}
}

// fold takes in an extension, an end or a deletion. It moves one way only: the end may only
// move out while the session runs, and the earliest closing counts, so any order
// and any repeats give the same session.
func (s Session) fold(f Fact) Session {
	switch f.Kind {
	case SessionExtended:
		if at := f.corrected(f.ClosesAt); at.After(s.ClosesAt) {
			s.ClosesAt = at
		}
	case SessionEnded:
		if at := f.corrected(f.ClosedAt); s.ClosedAt.IsZero() || at.Before(s.ClosedAt) {
			s.ClosedAt = at
		}
	case SessionVoided, SessionRestored:
		s.Void = s.Void.join(voidOf(f))
	}
	return s
}

// corrected moves a time that a fact names as the fact itself was moved, and no
// further than both databases can print.
func (f Fact) corrected(ms int64) time.Time {
	return time.UnixMilli(max(0, min(ms+f.EffectiveMS-f.WallMS, maxMS))).UTC()
}
