package sqlite

import (
	"context"
	"fmt"

	"github.com/arise-attendance/arise/api/attendance"
)

// Identity is who this pendrive is. The key is made with the file, before
// anybody is told of it; Node is "none" until the pendrive is claimed.
type Identity struct {
	Key         []byte
	Incarnation attendance.ID
	Node        attendance.ID
	Name        string
	Institution string
	Cloud       string
}

// Identity reads who this pendrive is.
func (s *Store) Identity(ctx context.Context) (Identity, error) {
	var out Identity
	err := s.View(ctx, func(ctx context.Context, seam attendance.Tx) error {
		r, err := seam.(*tx).q.Identity(ctx)
		out = Identity{
			Key: r.Key, Incarnation: r.IncarnationID, Node: r.NodeID,
			Name: r.Name, Institution: r.Institution, Cloud: r.CloudURL,
		}
		return err
	})
	return out, err
}

// Claimed notes that the cloud knows this pendrive now. A pendrive belongs to
// one node for ever: its facts carry that name.
func (s *Store) Claimed(ctx context.Context, id Identity) error {
	return s.belong(ctx, id, func(t *tx) error { return t.q.KeepClaim(ctx, "") })
}

// belong makes this pendrive a node, and does something more with it.
func (s *Store) belong(ctx context.Context, id Identity, more func(*tx) error) error {
	err := s.InTx(ctx, func(ctx context.Context, seam attendance.Tx) error {
		t := seam.(*tx)
		before, err := t.q.Identity(ctx)
		if err != nil {
			return err
		}
		if !before.NodeID.IsZero() && before.NodeID != id.Node {
			return fmt.Errorf("this pendrive is %q of %q already", before.Name, before.Institution)
		}
		if err := t.q.Claim(ctx, id.Node, id.Name, id.Institution, id.Cloud); err != nil {
			return err
		}
		return more(t)
	})
	if err != nil {
		return err
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	if s.closed != nil || s.failed != nil {
		return nil // the next start tells the journal
	}
	s.node, s.due.backup = id.Node, true
	return s.own(ctx)
}

// Feed reads how far the feed was followed.
func (s *Store) Feed(ctx context.Context) (attendance.Head, error) {
	var out attendance.Head
	err := s.View(ctx, func(ctx context.Context, seam attendance.Tx) error {
		r, err := seam.(*tx).q.Identity(ctx)
		out = attendance.Head{Generation: r.GenerationID, Rev: r.Rev, Facts: r.FactsCursor}
		return err
	})
	return out, err
}
