package sqlite

import (
	"context"
	"fmt"

	"github.com/arise-attendance/arise/api/attendance"
)

// Lease reads what the office lets this pendrive do, and the claim code that waits
// for a cloud; "" once the cloud took it.
func (s *Store) Lease(ctx context.Context) (l attendance.Lease, claim string, err error) {
	err = s.View(ctx, func(ctx context.Context, seam attendance.Tx) error {
		r, err := seam.(*tx).q.Lease(ctx)
		l = attendance.Lease{State: attendance.NodeState(r.State), ExpiresAt: attendance.FromMS(r.ExpiresMs)}
		claim = r.Claim
		return err
	})
	return l, claim, err
}

// SetLease keeps what the cloud told.
func (s *Store) SetLease(ctx context.Context, l attendance.Lease) error {
	return s.InTx(ctx, func(ctx context.Context, seam attendance.Tx) error {
		return seam.(*tx).q.SetLease(ctx, string(l.State), attendance.UnixMS(l.ExpiresAt))
	})
}

// Adopt makes this pendrive the node that its first roster names, before the cloud
// has heard of it; claim is what it shall bring there. The roster comes first: a
// start that is cut short begins again with the code.
func (s *Store) Adopt(ctx context.Context, id Identity, first attendance.Page, l attendance.Lease, claim string) error {
	if err := s.Apply(ctx, first); err != nil {
		return fmt.Errorf("take in the first roster: %w", err)
	}
	return s.belong(ctx, id, func(t *tx) error {
		if err := t.q.SetLease(ctx, string(l.State), attendance.UnixMS(l.ExpiresAt)); err != nil {
			return err
		}
		return t.q.KeepClaim(ctx, claim)
	})
}
