package storetest

import (
	"context"
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

var devices = map[string]func(*testing.T, *room){
	"a scanner is read as it was put": func(t *testing.T, r *room) {
		battery, signal, queue, synced := 87, -58, 0, 3
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		full := attendance.Device{
			ID: newID(t), Name: "Scanner B12", MAC: "AA:BB:CC:00:11:22", Address: "10.0.0.7", Room: "B12", Course: r.DBMS.ID,
			Legacy: true, Told: s.ID, Settled: true, SeenAt: time.UnixMilli(1772442000123).UTC(),
			Battery: &battery, Signal: &signal, Queue: &queue, Synced: &synced,
		}
		r.device(t, attendance.Device{ID: full.ID, Name: "as it was before"})
		r.device(t, full)
		got := r.devices(t)
		same(t, "scanners", len(got), 1)
		same(t, "seen at", got[0].SeenAt.Equal(full.SeenAt), true)
		got[0].SeenAt = full.SeenAt
		if !reflect.DeepEqual(got[0], full) {
			t.Errorf("got %+v, want %+v", got[0], full)
		}
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
