package sqlite

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite/internal/dbsqlc"
)

// Phone is a browser that the teacher let in. Its secret is not kept.
type Phone struct {
	ID       attendance.ID
	Hash     [sha256.Size]byte // of its secret
	Agent    string            // as it names itself
	Address  string
	PairedAt time.Time
	SeenAt   time.Time
	UntilAt  time.Time
}

// Phones are all that are paired, by id.
func (s *Store) Phones(ctx context.Context) ([]Phone, error) {
	var out []Phone
	err := s.View(ctx, func(ctx context.Context, seam attendance.Tx) error {
		rows, err := seam.(*tx).q.Phones(ctx)
		for _, r := range rows {
			out = append(out, Phone{
				ID: r.ID, Hash: [sha256.Size]byte(r.Hash), Agent: r.Agent, Address: r.Address,
				PairedAt: attendance.FromMS(r.PairedMs), SeenAt: attendance.FromMS(r.SeenMs), UntilAt: attendance.FromMS(r.UntilMs),
			})
		}
		return err
	})
	return out, err
}

// PutPhone adds a phone.
func (s *Store) PutPhone(ctx context.Context, p Phone) error {
	return s.InTx(ctx, func(ctx context.Context, seam attendance.Tx) error {
		return seam.(*tx).q.PutPhone(ctx, dbsqlc.PutPhoneParams{
			ID: p.ID, Hash: p.Hash[:], Agent: p.Agent, Address: p.Address,
			PairedMs: p.PairedAt.UnixMilli(), SeenMs: p.SeenAt.UnixMilli(), UntilMs: p.UntilAt.UnixMilli(),
		})
	})
}

// SeePhone notes when and where a phone was seen; one that was dropped meanwhile
// stays so.
func (s *Store) SeePhone(ctx context.Context, id attendance.ID, address string, at time.Time) error {
	return s.InTx(ctx, func(ctx context.Context, seam attendance.Tx) error {
		return seam.(*tx).q.SeePhone(ctx, address, at.UnixMilli(), id)
	})
}

// DropPhone takes a phone off the list.
func (s *Store) DropPhone(ctx context.Context, id attendance.ID) error {
	return s.InTx(ctx, func(ctx context.Context, seam attendance.Tx) error {
		n, err := seam.(*tx).q.DropPhone(ctx, id)
		if err == nil && n == 0 {
			return fmt.Errorf("phone %s: %w", id, attendance.ErrNotFound)
		}
		return err
	})
}
