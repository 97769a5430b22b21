package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// PairedDevices are the scanners as the office sees them, by name; revoked: with those
// that were shut out.
func (s *Store) PairedDevices(ctx context.Context, revoked bool) ([]auth.PairedDevice, error) {
	return s.paired(ctx, attendance.ID{}, revoked)
}

// PairedDevice is one of them.
func (s *Store) PairedDevice(ctx context.Context, id attendance.ID) (auth.PairedDevice, error) {
	all, err := s.paired(ctx, id, true)
	if err != nil {
		return auth.PairedDevice{}, err
	}
	if len(all) == 0 || id.IsZero() {
		return auth.PairedDevice{}, attendance.Missing{What: "scanner", Key: id.String()}
	}
	return all[0], nil
}

func (s *Store) paired(ctx context.Context, id attendance.ID, revoked bool) ([]auth.PairedDevice, error) {
	rows, err := dbsqlc.New(s.pool).PairedDevices(ctx, s.now(), auth.PairingTries, id, revoked)
	if err != nil {
		return nil, fmt.Errorf("list scanners: %w", err)
	}
	out := make([]auth.PairedDevice, len(rows))
	for i, r := range rows {
		out[i] = auth.PairedDevice{
			Device: device(r.Device), PairedAt: moment(r.PairedAt), RotatedAt: moment(r.RotatedAt), Rotating: r.Rotating, CodeUntil: moment(r.CodeUntil),
		}
	}
	return out, nil
}

// AddDevice registers a scanner.
func (s *Store) AddDevice(ctx context.Context, d attendance.Device) error {
	return refused(s.write(ctx, func(ctx context.Context, t *tx) error {
		return t.q.AddDevice(ctx, dbsqlc.AddDeviceParams{ID: d.ID, Name: d.Name, Mac: d.MAC, Room: d.Room, CourseID: d.Course, Legacy: d.Legacy})
	}))
}

// ChangeDevice keeps what the office says of a scanner.
func (s *Store) ChangeDevice(ctx context.Context, d attendance.Device) error {
	return refused(s.write(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.q.ChangeDevice(ctx, dbsqlc.ChangeDeviceParams{ID: d.ID, Name: d.Name, Mac: d.MAC, Room: d.Room, CourseID: d.Course, Legacy: d.Legacy})
		return found(n, err, d.ID)
	}))
}

// RevokeDevice shuts a scanner out, and forgets its key and its code.
func (s *Store) RevokeDevice(ctx context.Context, id attendance.ID) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		now := s.now()
		n, err := t.q.RevokeDevice(ctx, &now, id)
		if err := found(n, err, id); err != nil {
			return err
		}
		return errors.Join(t.q.DropDeviceKey(ctx, id), t.q.DropPairing(ctx, id))
	})
}

// OfferPairing lets whoever brings a code be this scanner. One that is paired goes on
// until then. Taken: another scanner's code begins with the same characters.
func (s *Store) OfferPairing(ctx context.Context, id attendance.ID, code auth.PairingCode, until time.Time) error {
	hash, err := code.Hash()
	if err != nil {
		return err
	}
	err = s.write(ctx, func(ctx context.Context, t *tx) error {
		if err := t.q.ForgetPairings(ctx, s.now()); err != nil {
			return fmt.Errorf("forget old pairing codes: %w", err)
		}
		if _, err := t.Device(ctx, id); err != nil {
			return err
		}
		return t.q.OfferPairing(ctx, id, code.Selector(), hash, until)
	})
	return refused(err)
}

// PairDevice gives a scanner to whoever brings its code, once: seal makes what is kept of a
// key for it. The same attempt gets the same scanner again, with what was kept the
// first time, so that a lost answer costs nothing.
func (s *Store) PairDevice(ctx context.Context, code auth.PairingCode, attempt attendance.ID, firmware string, seal func(attendance.ID) ([]byte, error)) (attendance.Device, []byte, error) {
	p, err := dbsqlc.New(s.pool).TryPairing(ctx, code.Selector(), s.now(), auth.PairingTries)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return attendance.Device{}, nil, fmt.Errorf("look for the code: %w", err)
	}
	if !code.Matches(p.CodeHash) { // nobody's takes as long
		return attendance.Device{}, nil, auth.ErrCode
	}
	var d attendance.Device
	var sealed []byte
	err = s.write(ctx, func(ctx context.Context, t *tx) error {
		now, err := t.q.LockPairing(ctx, p.DeviceID)
		if errors.Is(err, pgx.ErrNoRows) || err == nil && now.CodeHash != p.CodeHash {
			return auth.ErrCode // another one was offered meanwhile
		}
		if err != nil {
			return fmt.Errorf("lock the pairing: %w", err)
		}
		if !now.AttemptID.IsZero() && now.AttemptID != attempt {
			return auth.ErrCodeUsed
		}
		if err := t.q.TakePairing(ctx, attempt, p.DeviceID); err != nil {
			return fmt.Errorf("take the pairing: %w", err)
		}
		d, sealed, err = t.pair(ctx, p.DeviceID, firmware, !now.AttemptID.IsZero(), seal)
		return err
	})
	return d, sealed, err
}

func (t *tx) pair(ctx context.Context, id attendance.ID, firmware string, again bool, seal func(attendance.ID) ([]byte, error)) (attendance.Device, []byte, error) {
	if again {
		k, err := t.q.LockDeviceKey(ctx, id)
		if err != nil {
			return attendance.Device{}, nil, fmt.Errorf("read the scanner's key: %w", err)
		}
		d, err := t.Device(ctx, id)
		return d, k.Sealed, err
	}
	row, err := t.q.PairDevice(ctx, firmware, id)
	if err != nil {
		return attendance.Device{}, nil, fmt.Errorf("pair the scanner: %w", err)
	}
	sealed, err := seal(id)
	if err != nil {
		return attendance.Device{}, nil, err
	}
	return device(row), sealed, t.q.PutDeviceKey(ctx, id, sealed, t.now())
}

// RotateDevice gives a scanner another key, which next makes of what is kept of the
// one it has. One that is under way already stays.
func (s *Store) RotateDevice(ctx context.Context, id attendance.ID, next func(sealed []byte) (fresh, salt []byte, err error)) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		k, err := t.q.LockDeviceKey(ctx, id)
		if err != nil {
			return missing(err, "key of scanner", id)
		}
		if k.NextSealed != nil {
			return nil // it may have the salt already, and another one would lock it out
		}
		fresh, salt, err := next(k.Sealed)
		if err != nil {
			return err
		}
		return t.q.RotateDeviceKey(ctx, fresh, salt, id)
	})
}

func found(n int64, err error, id attendance.ID) error {
	if err == nil && n == 0 {
		return attendance.Missing{What: "scanner", Key: id.String()}
	}
	return err
}

// SealedProof is what proves a scanner, as it is kept: its keys in Kept only.
func (s *Store) SealedProof(ctx context.Context, id attendance.ID) (auth.Proof, error) {
	r, err := dbsqlc.New(s.pool).DeviceKey(ctx, id)
	switch {
	case err != nil:
		return auth.Proof{}, missing(err, "scanner", id)
	case r.RevokedAt != nil:
		return auth.Proof{}, attendance.ErrDeviceRevoked
	case r.Sealed == nil:
		return auth.Proof{}, attendance.Missing{What: "key of scanner", Key: id.String()}
	}
	out := auth.Proof{Name: r.Name, Salt: r.Salt, Keys: []auth.DeviceKey{{Kept: r.Sealed}}}
	if r.NextSealed != nil {
		out.Keys = append(out.Keys, auth.DeviceKey{Kept: r.NextSealed, Next: true})
	}
	return out, nil
}

// Advance takes a nonce of a scanner, and lets its next key be its key when it used
// that. Two at once with one nonce: one of them is Replayed.
func (s *Store) Advance(ctx context.Context, id attendance.ID, key auth.DeviceKey, nonce uint64) error {
	q, n := dbsqlc.New(s.pool), int64(nonce) //nolint:gosec // ParseNonce keeps it within 63 bits
	var rows int64
	var err error
	if key.Next {
		now := s.now()
		rows, err = q.TurnDeviceKey(ctx, n, &now, id, key.Kept)
	} else {
		rows, err = q.AdvanceDevice(ctx, n, id, key.Kept)
	}
	if err != nil || rows > 0 {
		return err
	}
	floor, err := q.DeviceFloor(ctx, id)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return auth.ErrSignature // shut out a moment ago
	case err != nil:
		return fmt.Errorf("read the last nonce: %w", err)
	case floor < n:
		return auth.ErrSignature // another key since
	}
	return auth.Replayed{Floor: uint64(floor)} //nolint:gosec // never negative
}
