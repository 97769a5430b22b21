package attendance

import (
	"regexp"
	"strings"
	"time"
)

// Device is a scanner as a server sees it. One of ours was paired and signs what it
// says. The original scanner has no identity of its own beyond the MAC in its
// heartbeat, so until one arrives it is known by the address it calls from.
type Device struct {
	ID      ID
	MAC     string // of an original one: empty until its first heartbeat
	Address string // where an original one last called from

	// The office's; a scanner that turned up by itself has none of it.
	Name      string
	Room      string
	Course    ID   // bound to one course; none: see [SessionFor]
	Legacy    bool // has the original firmware, whose calls are answered unsigned
	RevokedAt time.Time

	// The session this scanner was last told of, and whether anything it still
	// holds in its queue can only belong to that session.
	Told    ID
	Settled bool
	// The session that a finger on this scanner was last credited to: proof that it
	// stands in that class.
	Served ID

	// From the last heartbeat.
	SeenAt  time.Time
	Battery *int // percent
	Signal  *int // RSSI in dBm
	Queue   *int // marks it still holds
	Synced  *int // of the original's: delivered since it was switched on

	// What only ours say.
	Firmware   string
	OldestS    *int // age of the oldest mark it holds, seconds
	Capacity   *int // fingers its sensor can hold
	Templates  *int // fingers it holds
	MapVersion int64
	ClockMS    *int64 // how far its clock is ahead of ours; nil: it has none
}

var macs = regexp.MustCompile(`^([0-9A-F]{2}:){5}[0-9A-F]{2}$`)

// Check tidies what the office says of a scanner, and refuses what cannot be.
func (d Device) Check() (Device, error) {
	var err error
	if d.Name, err = text("name", d.Name); err != nil {
		return d, err
	}
	if d.Room, err = text("room", d.Room); err != nil {
		return d, err
	}
	d.MAC = strings.ReplaceAll(strings.ToUpper(strings.TrimSpace(d.MAC)), "-", ":")
	switch {
	case d.Name == "":
		return d, Invalid{Field: "name", Why: "cannot be empty: type what people call it, such as Scanner B12"}
	case d.MAC != "" && !macs.MatchString(d.MAC):
		return d, Invalid{Field: "mac_address", Why: "is not like AA:BB:CC:00:11:22: it stands on the scanner's serial console"}
	}
	return d, nil
}

// FreshFor is how long a scanner counts as online after its last call.
const FreshFor = 30 * time.Second

// Online reports whether the scanner called lately.
func (d Device) Online(at time.Time) bool {
	return !d.SeenAt.IsZero() && at.Sub(d.SeenAt) <= FreshFor
}

// unsigned reports whether it is listened to without a signature.
func (d Device) unsigned() bool { return d.Legacy && d.RevokedAt.IsZero() }

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
