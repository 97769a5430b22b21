package attendance

import "time"

// Device is a scanner as a server sees it. The original scanner has no identity
// of its own beyond the MAC in its heartbeat, so until one arrives it is known
// by the address it calls from.
type Device struct {
	ID      ID
	Name    string
	MAC     string // empty until its first heartbeat
	Address string // where it last called from
	Room    string
	Course  ID // bound to one course; none: see [SessionFor]
	Legacy  bool

	// The session this scanner was last told of, and whether anything it still
	// holds in its queue can only belong to that session.
	Told    ID
	Settled bool
	// The session that a finger on this scanner was last credited to: proof that it
	// stands in that class.
	Served ID

	// From the last heartbeat.
	SeenAt  time.Time
	Battery *int
	Signal  *int // RSSI in dBm
	Queue   *int
	Synced  *int
}

// FreshFor is how long a scanner counts as online after its last call.
const FreshFor = 30 * time.Second

// Online reports whether the scanner called lately.
func (d Device) Online(at time.Time) bool {
	return !d.SeenAt.IsZero() && at.Sub(d.SeenAt) <= FreshFor
}

// SessionFor decides which running session a scanner serves. Parallel classes
// never mix: when the answer is not certain there is none.
//
// In order: the session that named this scanner; the session of the course the
// scanner is bound to; the session in the scanner's room; the session it has
// served already; the only session that any scanner may serve.
func SessionFor(d Device, running []Session) (Session, bool) {
	var free, named []Session
	for _, s := range running {
		switch {
		case s.Kind != Offline:
		case s.Device.IsZero():
			free = append(free, s)
		case s.Device == d.ID:
			named = append(named, s)
		}
	}
	if len(named) > 0 {
		return only(named, func(Session) bool { return true })
	}
	if !d.Course.IsZero() {
		return only(free, func(s Session) bool { return s.Course == d.Course })
	}
	if d.Room != "" {
		return only(free, func(s Session) bool { return s.Room == d.Room })
	}
	if s, ok := only(free, func(s Session) bool { return s.ID == d.Served }); ok {
		return s, true
	}
	return only(free, func(Session) bool { return true })
}

// only is the one session to keep. Of two, either would be a guess.
func only(sessions []Session, keep func(Session) bool) (Session, bool) {
	var hit Session
	n := 0
	for _, s := range sessions {
		if keep(s) {
			hit = s
			n++
		}
	}
	if n != 1 {
		return Session{}, false
	}
	return hit, true
}
