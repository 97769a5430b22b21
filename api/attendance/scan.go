package attendance

import (
	"context"
	"encoding/binary"
	"errors"
	"time"
)

// Answer is what became of one scan by the original scanner.
type Answer int

// Answers. All but NoSession mean that the scan is stored.
const (
	NoSession Answer = iota
	Accepted
	Already
	Stranger // nobody of that roll in this course: kept for the teacher
	Parked   // no class can claim it for certain: kept for the teacher
)

// Poll tells a scanner which session it serves. What it is told is remembered: a
// queue that it flushes later can only come from a session it was told of.
func (s *Service) Poll(ctx context.Context, address string) (Course, bool, error) {
	var course Course
	active := false
	err := s.store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		d, serving, found, err := s.serving(ctx, tx, address)
		if errors.Is(err, ErrUnsigned) {
			active = false // as if no class were held; nothing is written
			return nil
		}
		if err != nil {
			return err
		}
		active = found
		if found {
			if course, err = tx.Course(ctx, serving.Course); err != nil {
				return err
			}
		}
		return s.tell(ctx, tx, d, serving.ID)
	})
	return course, active, err
}

// Peek is Poll where nothing can be written: it shows a scanner its class and
// remembers nothing.
func (s *Service) Peek(ctx context.Context, address string) (Course, bool, error) {
	var course Course
	active := false
	err := s.store.View(ctx, func(ctx context.Context, tx Tx) error {
		all, err := tx.Devices(ctx)
		if err != nil {
			return err
		}
		d, _, err := s.device(all, address)
		if err != nil || !d.unsigned() {
			return err
		}
		running, err := s.running(ctx, tx)
		if err != nil {
			return err
		}
		serving, found := SessionFor(d, running)
		if !found {
			return nil
		}
		active = true
		course, err = tx.Course(ctx, serving.Course)
		return err
	})
	return course, active, err
}

// tell notes the session a scanner now knows of. When that changes from one that
// it served, its queue may still hold fingers of the old one; when it was away it
// may have served another server. It is not settled until it says that its queue is
// empty, or has emptied it here.
func (s *Service) tell(ctx context.Context, tx Tx, d Device, session ID) error {
	now := s.world.Now()
	same := d.Told == session
	if !same {
		d.Settled = d.Settled && d.Told.IsZero() && d.Online(now)
		d.Told = session
	}
	if same && now.Sub(d.SeenAt) < FreshFor/3 {
		return nil // spare the medium: nothing new to say
	}
	d.SeenAt = now
	return tx.NoteDevice(ctx, d)
}

// serving is the scanner at an address and the open session it serves now.
func (s *Service) serving(ctx context.Context, tx Tx, address string) (Device, Session, bool, error) {
	all, err := tx.Devices(ctx)
	if err != nil {
		return Device{}, Session{}, false, err
	}
	d, known, err := s.device(all, address)
	if err != nil {
		return Device{}, Session{}, false, err
	}
	if !d.unsigned() {
		return Device{}, Session{}, false, ErrUnsigned
	}
	if !known {
		d.SeenAt = s.world.Now()
		if err := tx.PutDevice(ctx, d); err != nil {
			return Device{}, Session{}, false, err
		}
	}
	running, err := s.running(ctx, tx)
	if err != nil {
		return Device{}, Session{}, false, err
	}
	se, ok := SessionFor(d, running)
	return d, se, ok, nil
}

// Touch records a finger that the original scanner has just matched. It says only
// a roll, and each course has its own: while the scanner still shows the class
// before, its finger is kept for the teacher.
func (s *Service) Touch(ctx context.Context, address string, roll int) (Answer, error) {
	var out Answer
	err := s.store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		d, se, ok, err := s.serving(ctx, tx, address)
		if err != nil || !ok {
			out = NoSession
			return err
		}
		shown, err := s.shows(ctx, tx, d, se)
		if err != nil {
			return err
		}
		if shown != se.Course {
			out, err = s.park(ctx, tx, d, Session{ID: d.Told}, roll, WhyUnplaced)
			return err
		}
		out, err = s.seen(ctx, tx, d, se, roll, Biometric)
		if err != nil || out != Accepted || d.Served == se.ID {
			return err
		}
		d.Served = se.ID
		return tx.NoteDevice(ctx, d)
	})
	return out, err
}

// shows is the course that a scanner believes it serves; one that was told of no
// session yet is taken to mean the one it serves now.
func (s *Service) shows(ctx context.Context, tx Tx, d Device, now Session) (ID, error) {
	if d.Told.IsZero() || d.Told == now.ID {
		return now.Course, nil
	}
	told, err := tx.Session(ctx, d.Told)
	if errors.Is(err, ErrNotFound) {
		return ID{}, nil
	}
	return told.Course, err
}

// Flush records a queue of the original scanner, which says only rolls: no time,
// no class. It is credited to the session the scanner serves if the queue can
// only have been built during it; otherwise every roll is kept for the teacher.
func (s *Service) Flush(ctx context.Context, address string, rolls []int) (map[int]Answer, error) {
	var out map[int]Answer
	err := s.store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		out = make(map[int]Answer, len(rolls))
		d, se, ok, err := s.serving(ctx, tx, address)
		if err != nil {
			return err
		}
		credit := ok && d.Told == se.ID && d.Settled
		for _, roll := range rolls {
			if _, done := out[roll]; done {
				continue
			}
			if credit {
				out[roll], err = s.seen(ctx, tx, d, se, roll, BiometricQueue)
				if out[roll] == Accepted {
					d.Served = se.ID
				}
			} else {
				out[roll], err = s.park(ctx, tx, d, Session{ID: d.Told}, roll, WhyUnplaced)
			}
			if err != nil {
				return err
			}
		}
		d.Settled, d.SeenAt = true, s.world.Now() // its queue is empty now
		return tx.NoteDevice(ctx, d)
	})
	return out, err
}

// seen records evidence for whoever holds the roll in the session's course.
func (s *Service) seen(ctx context.Context, tx Tx, d Device, se Session, roll int, how Method) (Answer, error) {
	if _, err := lock(ctx, tx, se.ID); err != nil {
		return NoSession, err
	}
	roster, err := tx.Roster(ctx, se.Course)
	if err != nil {
		return NoSession, err
	}
	m, ok := roster.ByRoll(roll, se.OpenedAt)
	if !ok {
		_, err := s.park(ctx, tx, d, se, roll, WhyNotEnrolled)
		return Stranger, err
	}
	before, err := tx.Standings(ctx, se.ID, m.Student)
	if err != nil {
		return NoSession, err
	}
	if _, came := find(before, m.Student).State.arrival(); came {
		return Already, nil
	}
	f, err := s.fact(Fact{
		Kind: MarkSeen, Session: se.ID, Student: m.Student, Roll: roll, Actor: d.ID,
		Class: Evidence, Status: Present, Method: how, Device: &DeviceRef{ID: d.ID},
	})
	if err != nil {
		return NoSession, err
	}
	_, err = merge(ctx, tx, []Fact{f})
	return Accepted, err
}

const repeatFor = 10 * time.Minute

// park keeps a scan that cannot be placed. The original scanner repeats itself,
// so one roll of one scanner is kept once for a session, or for repeatFor when no
// session is known: rather twice than a finger of the next class not at all.
func (s *Service) park(ctx context.Context, tx Tx, d Device, se Session, roll int, why Why) (Answer, error) {
	key := se.ID[:]
	if se.ID.IsZero() {
		key = []byte(s.world.Now().UTC().Truncate(repeatFor).Format(time.RFC3339))
	}
	id := Derive("park", d.ID[:], key, binary.BigEndian.AppendUint64(nil, uint64(roll)))
	known, err := tx.Known(ctx, []ID{id})
	if err != nil || known[id] {
		return Parked, err
	}
	f, err := s.fact(Fact{
		ID: id, Kind: MarkSeen, Session: se.ID, Roll: roll, Actor: d.ID,
		Class: Evidence, Status: Present, Method: BiometricQueue, Device: &DeviceRef{ID: d.ID},
	})
	if err != nil {
		return Parked, err
	}
	f.Why = why
	_, err = merge(ctx, tx, []Fact{f})
	return Parked, err
}
