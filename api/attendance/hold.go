package attendance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Order is what a teacher asks for when starting a session.
type Order struct {
	Session ID // made by the caller, so that a repeated request is one session; none: made here
	Course  ID
	Kind    SessionKind
	For     time.Duration // 0: the course's default
	Topic   string
	Room    string
	Device  ID
}

// Limits of a session.
const (
	minSession = time.Minute
	maxSession = 12 * time.Hour
	maxText    = 200
	ExtendBy   = 10 * time.Minute
)

// Open starts a session. Other sessions go on: only a second one of the same
// course is refused, with the id of the one that runs.
func (s *Service) Open(ctx context.Context, by Actor, o Order) (Session, error) {
	var out Session
	err := s.store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := teaches(ctx, tx, by, o.Course); err != nil {
			return err
		}
		if l, ok := tx.(CourseLocker); ok {
			if err := l.LockCourse(ctx, o.Course); err != nil {
				return err
			}
		}
		if !o.Session.IsZero() {
			before, err := tx.Session(ctx, o.Session)
			if err == nil && before.Course == o.Course {
				out = before // the same request again
				return nil
			}
			if err == nil || !errors.Is(err, ErrNotFound) {
				return errors.Join(err, Invalid{Field: "session_id", Why: "belongs to another session"})
			}
		}
		if s.rules.MayOpen != nil {
			if err := s.rules.MayOpen(s.world.Now()); err != nil {
				return err
			}
		}
		course, err := tx.Course(ctx, o.Course)
		if err != nil {
			return err
		}
		school, err := s.school(ctx, tx)
		if err != nil {
			return err
		}
		f, err := s.opening(by, course, o, school.Policy)
		if err != nil {
			return err
		}
		if err := s.noneRunning(ctx, tx, o.Course); err != nil {
			return err
		}
		m, err := merge(ctx, tx, []Fact{f})
		out = m.Sessions[f.Session]
		return err
	})
	return out, err
}

func (s *Service) noneRunning(ctx context.Context, tx Tx, course ID) error {
	running, err := tx.Running(ctx)
	if err != nil {
		return err
	}
	now := s.world.Now()
	for _, r := range running {
		if r.Course == course && r.Node == s.node && r.OpenAt(now) {
			return Running{Session: r.ID}
		}
	}
	return nil
}

func (s *Service) opening(by Actor, course Course, o Order, policy Policy) (Fact, error) {
	lasts := o.For
	if lasts == 0 {
		lasts = time.Duration(course.DefaultMinutes) * time.Minute
	}
	if lasts < minSession || lasts > maxSession {
		return Fact{}, Invalid{Field: "duration_minutes", Why: fmt.Sprintf("%d is not between 1 and 720", int(lasts.Minutes()))}
	}
	topic, err := text("topic", o.Topic)
	if err != nil {
		return Fact{}, err
	}
	room, err := text("room", o.Room)
	if err != nil {
		return Fact{}, err
	}
	if o.Kind == Offline {
		lasts += Grace
	}
	id := o.Session
	if id.IsZero() {
		if id, err = s.NewID(); err != nil {
			return Fact{}, err
		}
	}
	f := Fact{
		Kind: SessionOpened, Session: id, Actor: by.ID,
		Opening: &Opening{Course: o.Course, Kind: o.Kind, Topic: topic, Room: room, Device: o.Device, Policy: policy},
	}
	// The opening's own stamp is the start, so the end is measured from it.
	stamp, err := s.clock.Stamp()
	if err != nil {
		return Fact{}, err
	}
	f.Opening.ClosesMS = stamp.WallMS + lasts.Milliseconds()
	return s.fact(f)
}

// text trims what a person typed and limits it, in characters of any script.
func text(field, v string) (string, error) {
	v = strings.TrimSpace(v)
	switch {
	case utf8.RuneCountInString(v) > maxText:
		return "", Invalid{Field: field, Why: fmt.Sprintf("may have %d characters", maxText)}
	case !utf8.ValidString(v) || strings.Contains(v, "\x00"):
		return "", Invalid{Field: field, Why: "holds a character that cannot be stored"}
	}
	return v, nil
}

// Extend moves the end of a running session out by ExtendBy. step names the
// request, so that a repeated one extends once; none: it is a request of its own.
func (s *Service) Extend(ctx context.Context, by Actor, session, step ID) (Session, error) {
	return s.change(ctx, by, session, func(before Session) (Fact, error) {
		if !before.OpenAt(s.world.Now()) {
			return Fact{}, ErrClosed
		}
		if step.IsZero() {
			var err error
			if step, err = s.NewID(); err != nil {
				return Fact{}, err
			}
		}
		// Not kept in step: this may run again.
		id := Derive("extend", session[:], step[:])
		return Fact{ID: id, Kind: SessionExtended, ClosesAt: s.clock.raw(before.ClosesAt.Add(ExtendBy))}, nil
	})
}

// Close ends a session now. Ending one that has ended changes nothing.
func (s *Service) Close(ctx context.Context, by Actor, session ID) (Session, error) {
	return s.change(ctx, by, session, func(before Session) (Fact, error) {
		at := s.world.Now()
		if before.ClosesAt.Before(at) {
			at = before.ClosesAt
		}
		return Fact{ID: Derive("end", session[:]), Kind: SessionEnded, ClosedAt: s.clock.raw(at)}, nil
	})
}

// change records one fact about a session of this server.
func (s *Service) change(ctx context.Context, by Actor, session ID, decide func(Session) (Fact, error)) (Session, error) {
	var out Session
	err := s.store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		before, err := lock(ctx, tx, session)
		if err != nil {
			return err
		}
		out = before
		if err := teaches(ctx, tx, by, before.Course); err != nil {
			return err
		}
		if before.Node != s.node {
			return ErrNotOwner
		}
		f, err := decide(before)
		if err != nil {
			return err
		}
		known, err := tx.Known(ctx, []ID{f.ID})
		if err != nil || known[f.ID] {
			return err // the same request again
		}
		f.Session, f.Actor = session, by.ID
		if f, err = s.fact(f); err != nil {
			return err
		}
		m, err := merge(ctx, tx, []Fact{f})
		out = m.Sessions[session]
		return err
	})
	return out, err
}

// CloseDue ends every session of this server whose time is up, at the time it
// was up, and returns how many.
func (s *Service) CloseDue(ctx context.Context) (int, error) {
	n := 0
	err := s.store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		running, err := tx.Running(ctx)
		if err != nil {
			return err
		}
		now := s.world.Now()
		due := map[ID]bool{}
		for _, r := range running {
			if r.Node == s.node && !r.OpenAt(now) {
				due[r.ID] = true
			}
		}
		facts, err := s.endings(ctx, tx, due)
		if n = len(facts); n == 0 || err != nil {
			return err
		}
		_, err = merge(ctx, tx, facts)
		return err
	})
	return n, err
}

// endings looks again under the lock: a teacher may have extended or ended it.
func (s *Service) endings(ctx context.Context, tx Tx, due map[ID]bool) ([]Fact, error) {
	now := s.world.Now()
	locked, err := tx.LockSessions(ctx, sortedIDs(due))
	if err != nil {
		return nil, err
	}
	var facts []Fact
	for _, id := range sortedIDs(due) {
		r, ok := locked[id]
		if !ok || !r.ClosedAt.IsZero() || r.OpenAt(now) {
			continue
		}
		f, err := s.fact(Fact{
			ID: Derive("end", id[:]), Kind: SessionEnded, Session: id, ClosedAt: s.clock.raw(r.ClosesAt),
		})
		if err != nil {
			return nil, err
		}
		facts = append(facts, f)
	}
	return facts, nil
}
