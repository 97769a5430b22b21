package attendance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Pulse is what a scanner of ours says at once: how it is, and the fingers that it read
// since it was last heard.
type Pulse struct {
	Firmware string
	Epoch    int64 // of its counter: another one after each factory reset
	Boot     int64 // counts how often it was switched on
	UpMS     int64 // since then
	NowMS    int64 // its clock, Unix; 0: it has none

	Battery, Signal, Queue, OldestS, Capacity, Templates *int

	MapVersion int64
	Scans      []Scan
}

// Scan is one finger that a scanner matched.
type Scan struct {
	Seq    int64 // counts up in the scanner's epoch and never repeats there
	Boot   int64
	UpMS   int64
	UnixMS int64 // 0: it had no clock

	Print
	Confidence int
	MapVersion int64 // of the list of whose finger is where, as the scanner had it
	Session    ID    // that the scanner had been told of; none: it was told of none
}

// Print names a finger as a sensor knows it. Whose it is, [Fingers] say.
type Print struct {
	Slot     int
	Template int64
}

// Fingers is what a store adds once it knows whose finger is where. Until then every
// finger is unknown: its scans are kept, and are placed when somebody says whose it is.
type Fingers interface {
	// Fingers are the people of those fingers of a scanner that are known.
	Fingers(ctx context.Context, device ID, prints []Print) (map[Print]ID, error)
}

// ScanResult is what a scanner is told of a scan. Whatever it is, the scan is stored,
// and the scanner may forget it.
type ScanResult string

// Results.
const (
	ScanOK          ScanResult = "ok"
	ScanDuplicate   ScanResult = "duplicate"        // it was stored before, or the person was seen in this class before
	ScanNotEnrolled ScanResult = "not_enrolled"     // kept for the teacher of the class
	ScanNoSession   ScanResult = "no_session"       // kept: no class can claim it for certain
	ScanUnknown     ScanResult = "unknown_template" // kept: nobody said yet whose finger it is
)

// Heard is what a scanner is told.
type Heard struct {
	Now     time.Time
	Results []ScanResult // of its scans, in their order
	Session Session      // that it serves now; zero: none
	Course  Course
	Poll    time.Duration // until it should speak again
}

// MaxScans is how many scans a scanner sends at once.
const MaxScans = 64

// How often a scanner speaks: in a class, beside one, and on a battery beside one.
const (
	pollServing = time.Second
	pollIdle    = 5 * time.Second
	pollBattery = 30 * time.Second
)

func (p Pulse) check() error {
	if len(p.Scans) > MaxScans {
		return Invalid{Field: "marks", Why: fmt.Sprintf("at most %d at once", MaxScans)}
	}
	for i, s := range p.Scans {
		if s.Seq < 1 {
			return Invalid{Field: fmt.Sprintf("marks[%d].seq", i), Why: "counts from 1"}
		}
	}
	if strings.Contains(p.Firmware, "\x00") {
		return Invalid{Field: "fw", Why: "holds a zero character"}
	}
	return nil
}

// Pulse keeps what a scanner of ours says, all of it or nothing, and tells it which
// class it serves. Who calls has seen to it that the scanner itself speaks.
func (s *Service) Pulse(ctx context.Context, device ID, p Pulse) (Heard, error) {
	if err := p.check(); err != nil {
		return Heard{}, err
	}
	var out Heard
	err := s.store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		out = Heard{Now: s.world.Now()}
		was, err := tx.Device(ctx, device) // from here on the same scanner waits
		if err != nil {
			return err
		}
		if !was.RevokedAt.IsZero() {
			return ErrDeviceRevoked
		}
		now := was
		if out.Results, now.Served, err = s.keepScans(ctx, tx, was, p, out.Now); err != nil {
			return err
		}
		running, err := s.running(ctx, tx)
		if err != nil {
			return err
		}
		if se, ok := SessionFor(now, running); ok {
			out.Session = se
			if out.Course, err = tx.Course(ctx, se.Course); err != nil {
				return err
			}
		}
		out.Poll = p.pause(out.Session)
		now.say(p, out.Session.ID, out.Now)
		if !now.news(was) {
			return nil
		}
		return tx.NoteDevice(ctx, now)
	})
	return out, err
}

// ErrDeviceRevoked refuses a scanner that the office shut out.
var ErrDeviceRevoked = errors.New("this scanner was shut out: pair it again")

// pause is how long the scanner may be silent. One that says nothing of a battery runs
// from the mains.
func (p Pulse) pause(serves Session) time.Duration {
	switch {
	case !serves.ID.IsZero():
		return pollServing
	case p.Battery != nil:
		return pollBattery
	}
	return pollIdle
}

// say takes over what a scanner says of itself.
func (d *Device) say(p Pulse, told ID, at time.Time) {
	d.Told, d.SeenAt = told, at
	d.Battery, d.Signal, d.Queue, d.OldestS = p.Battery, p.Signal, p.Queue, p.OldestS
	d.Capacity, d.Templates, d.MapVersion, d.Firmware = p.Capacity, p.Templates, p.MapVersion, p.Firmware
	d.ClockMS = nil
	if p.NowMS > 0 {
		ahead := p.NowMS - at.UnixMilli()
		d.ClockMS = &ahead
	}
}

// news reports whether it is worth a write: a scanner speaks each second, and that
// its signal is a little weaker can wait.
func (d Device) news(was Device) bool {
	if d.SeenAt.Sub(was.SeenAt) >= FreshFor/3 {
		return true
	}
	same := func(a, b *int) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }
	return d.Told != was.Told || d.Served != was.Served || d.Firmware != was.Firmware || d.MapVersion != was.MapVersion ||
		!same(d.Battery, was.Battery) || !same(d.Queue, was.Queue) || !same(d.Capacity, was.Capacity) || !same(d.Templates, was.Templates)
}

// running are the sessions of this server that take marks now.
func (s *Service) running(ctx context.Context, tx Tx) ([]Session, error) {
	all, err := tx.Running(ctx)
	now := s.world.Now()
	return slices.DeleteFunc(all, func(r Session) bool { return r.Node != s.node || !r.OpenAt(now) }), err
}
