package sqlite

import (
	"context"

	"github.com/arise-attendance/arise/api/attendance"
)

// LiesOn notes which medium this folder lies on. On another one than before it is a
// copy, and the log starts a new life at once: the cloud must not find out by a fork
// first. Empty, the system does not say, and nothing is concluded.
func (s *Store) LiesOn(ctx context.Context, volume string) (copied bool, err error) {
	if volume == "" {
		return false, nil
	}
	known := ""
	err = s.View(ctx, func(ctx context.Context, seam attendance.Tx) error {
		r, err := seam.(*tx).q.Identity(ctx)
		known = r.Volume
		return err
	})
	if err != nil || known == volume {
		return false, err
	}
	err = s.InTx(ctx, func(ctx context.Context, seam attendance.Tx) error {
		t := seam.(*tx)
		if err := t.q.SetVolume(ctx, volume); err != nil || known == "" {
			return err
		}
		copied = true
		return t.reborn(ctx)
	})
	return copied, err
}
