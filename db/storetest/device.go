package storetest

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

func (r *room) device(t *testing.T, d attendance.Device) {
	t.Helper()
	r.in(t, func(ctx context.Context, tx attendance.Tx) error { return tx.PutDevice(ctx, d) })
}

func (r *room) devices(t *testing.T) []attendance.Device {
	t.Helper()
	return see(t, r, func(ctx context.Context, tx attendance.Tx) ([]attendance.Device, error) { return tx.Devices(ctx) })
}

// sameDevice compares times as moments.
func sameDevice(t *testing.T, got, want attendance.Device) {
	t.Helper()
	same(t, "seen at", got.SeenAt.Equal(want.SeenAt), true)
	same(t, "revoked at", got.RevokedAt.Truncate(time.Millisecond).Equal(want.RevokedAt.Truncate(time.Millisecond)), true)
	got.SeenAt, got.RevokedAt = want.SeenAt, want.RevokedAt
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func second[T any](_ T, err error) error { return err }

var devices = map[string]func(*testing.T, *room){
	"a scanner is read as it was put": func(t *testing.T, r *room) {
		battery, signal, queue, synced, oldest, capacity, templates, clock := 87, -58, 0, 3, 41, 162, 60, int64(-1500)
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		full := attendance.Device{
			ID: newID(t), Name: "Scanner B12", MAC: "AA:BB:CC:00:11:22", Address: "10.0.0.7", Room: "B12", Course: r.DBMS.ID,
			Legacy: true, Told: s.ID, Settled: true, SeenAt: time.UnixMilli(1772442000123).UTC(),
			Battery: &battery, Signal: &signal, Queue: &queue, Synced: &synced, RevokedAt: time.UnixMilli(1772442000456).UTC(),
			Firmware: "1.4.0", OldestS: &oldest, Capacity: &capacity, Templates: &templates, MapVersion: 1 << 40, ClockMS: &clock,
		}
		r.device(t, attendance.Device{ID: full.ID, Name: "as it was before"})
		r.device(t, full)
		got := r.devices(t)
		same(t, "scanners", len(got), 1)
		sameDevice(t, got[0], full)
		r.in(t, func(ctx context.Context, tx attendance.Tx) error {
			one, err := tx.Device(ctx, full.ID)
			sameDevice(t, one, full)
			return err
		})
	},
	"what a scanner says changes nothing of what the office says": func(t *testing.T, r *room) {
		said := attendance.Device{
			ID: newID(t), Name: "Scanner B12", Room: "B12", Course: r.DBMS.ID, Legacy: true, RevokedAt: time.UnixMilli(1772442000456).UTC(),
		}
		r.device(t, said)
		n, clock := 7, int64(12)
		now := attendance.Device{
			ID: said.ID, MAC: "AA:01", Address: "10.0.0.9", Settled: true, Served: newID(t), SeenAt: time.UnixMilli(1772442000789).UTC(),
			Battery: &n, Signal: &n, Queue: &n, Synced: &n, Firmware: "2", OldestS: &n, Capacity: &n, Templates: &n, MapVersion: 3, ClockMS: &clock,
		}
		r.in(t, func(ctx context.Context, tx attendance.Tx) error { return tx.NoteDevice(ctx, now) })
		now.Name, now.Room, now.Course, now.Legacy, now.RevokedAt = said.Name, said.Room, said.Course, said.Legacy, said.RevokedAt
		sameDevice(t, r.devices(t)[0], now)
		now.ID = newID(t)
		r.in(t, func(ctx context.Context, tx attendance.Tx) error { return tx.NoteDevice(ctx, now) })
		same(t, "scanners after one that nobody knows", len(r.devices(t)), 1)
	},
	"a scanner that nobody knows is not found": func(t *testing.T, r *room) {
		err := r.Store.InTx(r.ctx, func(ctx context.Context, tx attendance.Tx) error { _, err := tx.Device(ctx, newID(t)); return err })
		if !errors.Is(err, attendance.ErrNotFound) {
			t.Errorf("got %v, want not found", err)
		}
	},
	"a scanner that the office shut out, or that signs, is not heard unsigned": func(t *testing.T, r *room) {
		r.opened(t)
		same(t, "at first", r.poll(t), true)
		was := r.devices(t)[0]
		shut, signs := was, was
		shut.RevokedAt, signs.Legacy = r.clock.Now(), false
		for how, d := range map[string]attendance.Device{"shut out": shut, "signs": signs} {
			r.device(t, d)
			same(t, how+": it is told of no class", r.poll(t), false)
			for _, err := range []error{
				second(r.serve.Touch(r.ctx, scanner, 1)), second(r.serve.Flush(r.ctx, scanner, []int{1})), r.serve.Beat(r.ctx, scanner, attendance.Beat{MAC: was.MAC}),
			} {
				if !errors.Is(err, attendance.ErrUnsigned) {
					t.Errorf("%s: got %v, want it refused", how, err)
				}
			}
			same(t, how+": nothing is kept", len(r.unplaced(t, attendance.ID{})), 0)
			sameDevice(t, r.devices(t)[0], d)
		}
		r.device(t, was)
		same(t, "let in again", r.touch(t, 1), attendance.Accepted)
	},
	"scanners come by name": func(t *testing.T, r *room) {
		for _, name := range []string{"C", "A", "B"} {
			r.device(t, attendance.Device{ID: newID(t), Name: name})
		}
		sameList(t, "names", names(r.devices(t), func(d attendance.Device) string { return d.Name }), []string{"A", "B", "C"})
	},
	"a scanner that said nothing has no readings": func(t *testing.T, r *room) {
		r.device(t, attendance.Device{ID: newID(t), Name: "silent"})
		d := r.devices(t)[0]
		same(t, "seen", d.SeenAt.IsZero(), true)
		if d.Battery != nil || d.Signal != nil || d.Queue != nil || d.Synced != nil {
			t.Errorf("got %+v, want no readings", d)
		}
	},
}
