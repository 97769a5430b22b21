package attendance

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Beat is the original scanner's heartbeat.
type Beat struct {
	MAC     string
	Signal  *int
	Battery *int
	Queue   *int
	Synced  *int
}

// ErrUnsigned refuses a scanner that the office did not let speak unsigned.
var ErrUnsigned = errors.New("this scanner must sign what it says, or was shut out")

// Beat notes a heartbeat. A scanner that was known only by its address gets its
// MAC; one that moved to another address keeps its name, room and course.
func (s *Service) Beat(ctx context.Context, address string, b Beat) error {
	return s.store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		all, err := tx.Devices(ctx)
		if err != nil {
			return err
		}
		d, known := byMAC(all, b.MAC)
		if !known {
			if d, known, err = s.device(all, address); err != nil {
				return err
			}
			if d.MAC != "" && b.MAC != "" && d.MAC != b.MAC { // another scanner took over the address
				known = false
				if d, err = s.newDevice(all, address); err != nil {
					return err
				}
			}
		}
		if !d.unsigned() {
			return ErrUnsigned
		}
		if b.MAC != "" {
			d.MAC = b.MAC
		}
		if err := freeAddress(ctx, tx, all, d.ID, address); err != nil {
			return err
		}
		d.Address, d.SeenAt = address, s.world.Now()
		d.Signal, d.Battery, d.Queue, d.Synced = b.Signal, b.Battery, b.Queue, b.Synced
		if b.Queue != nil && (*b.Queue == 0 || d.Told.IsZero()) {
			d.Settled = *b.Queue == 0 // what it holds while it serves nobody is another server's
		}
		if !known {
			return tx.PutDevice(ctx, d)
		}
		return tx.NoteDevice(ctx, d)
	})
}

// freeAddress takes an address away from whoever had it before.
func freeAddress(ctx context.Context, tx Tx, all []Device, keep ID, address string) error {
	for _, other := range all {
		if other.ID != keep && other.Address == address {
			other.Address = ""
			if err := tx.NoteDevice(ctx, other); err != nil {
				return err
			}
		}
	}
	return nil
}

func byMAC(all []Device, mac string) (Device, bool) {
	i := slices.IndexFunc(all, func(d Device) bool { return mac != "" && d.MAC == mac })
	if i < 0 {
		return Device{}, false
	}
	return all[i], true
}

// device finds the scanner that calls from an address, or makes it up.
func (s *Service) device(all []Device, address string) (d Device, known bool, err error) {
	if i := slices.IndexFunc(all, func(d Device) bool { return d.Address == address }); i >= 0 {
		return all[i], true, nil
	}
	d, err = s.newDevice(all, address)
	return d, false, err
}

// newDevice makes one up: S1, S2 and so on, as people call them until the office
// finds better names.
func (s *Service) newDevice(all []Device, address string) (Device, error) {
	id, err := s.NewID()
	return Device{ID: id, Name: fmt.Sprintf("S%d", len(all)+1), Address: address, Legacy: true}, err
}

// Devices are the scanners a classroom sees.
func (s *Service) Devices(ctx context.Context) ([]Device, error) {
	var out []Device
	err := s.store.View(ctx, func(ctx context.Context, tx Tx) (err error) {
		out, err = inUse(ctx, tx)
		return err
	})
	return out, err
}

// inUse are the scanners that were not shut out.
func inUse(ctx context.Context, tx Tx) ([]Device, error) {
	all, err := tx.Devices(ctx)
	return slices.DeleteFunc(all, func(d Device) bool { return !d.RevokedAt.IsZero() }), err
}
