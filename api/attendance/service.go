package attendance

import (
	"context"
	"fmt"
	"time"
)

// Role is what somebody may do.
type Role string

// Roles.
const (
	RoleTeacher Role = "teacher"
	RoleStudent Role = "student"
	RoleAdmin   Role = "admin"
	RoleNode    Role = "node"
	RoleDevice  Role = "device"

	RoleIntegration Role = "integration" // a program of the school
)

// Actor is who asks.
type Actor struct {
	ID   ID
	Role Role
}

// Service turns what people and scanners do into facts.
type Service struct {
	store Store
	world World
	clock *Clock
	node  ID // this server, as facts name it
	rules Rules
}

// Rules hold until the office decides: see [School].
type Rules struct {
	Policy Policy
	Zone   *time.Location // nil: UTC
	// MayOpen is why no class may begin here now; nil, or nil from it: one may.
	MayOpen func(time.Time) error
}

// NewService starts the clock after the newest fact in the store.
func NewService(ctx context.Context, store Store, world World, node ID, rules Rules) (*Service, error) {
	var last HLC
	err := store.View(ctx, func(ctx context.Context, tx Tx) (err error) {
		last, err = tx.LastOrd(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the newest fact: %w", err)
	}
	clock, err := NewClock(world, last)
	if err != nil {
		return nil, err
	}
	world.Now = clock.Now // from here on, what is known of the time
	rules.Policy = rules.Policy.orDefault()
	if rules.Zone == nil {
		rules.Zone = time.UTC
	}
	return &Service{store: store, world: world, clock: clock, node: node, rules: rules}, nil
}

// Now is the server's time, for those who only show it.
func (s *Service) Now() time.Time { return s.world.Now() }

// Clock is shared with replay, which anchors it to the cloud's time.
func (s *Service) Clock() *Clock { return s.clock }

// NewID makes an id for something born here.
func (s *Service) NewID() (ID, error) { return NewID(s.world.Now(), s.world.Rand) }

// fact stamps and seals. Everything a caller leaves zero is filled in.
func (s *Service) fact(f Fact) (Fact, error) {
	return s.factAt(f, time.Time{})
}

// factAt is fact for what happened a while ago and is told only now; zero: now.
func (s *Service) factAt(f Fact, at time.Time) (Fact, error) {
	stamp, offset, err := s.clock.read()
	if err != nil {
		return Fact{}, err
	}
	if !at.IsZero() {
		stamp = stamp.back(s.world.Now().Sub(at))
	}
	f.Stamp, f.Node = stamp, s.node
	if f.ID.IsZero() {
		if f.ID, err = s.NewID(); err != nil {
			return Fact{}, err
		}
	}
	if err := f.Seal(); err != nil {
		return f, err
	}
	f.EffectiveMS = f.by(offset)
	return f, nil
}

// teaches refuses a teacher who does not hold the course now.
func teaches(ctx context.Context, tx Tx, by Actor, course ID) error {
	if by.Role == RoleAdmin {
		return nil
	}
	if by.Role != RoleTeacher {
		return ErrForbidden
	}
	mine, err := tx.CoursesOf(ctx, by.ID)
	if err != nil {
		return err
	}
	for _, c := range mine {
		if c.ID == course {
			return nil
		}
	}
	return ErrForbidden
}

// lock reads one session for writing.
func lock(ctx context.Context, tx Tx, id ID) (Session, error) {
	got, err := tx.LockSessions(ctx, []ID{id})
	if err != nil {
		return Session{}, err
	}
	s, ok := got[id]
	if !ok {
		return Session{}, Missing{What: "session", Key: id.String()}
	}
	return s, nil
}
