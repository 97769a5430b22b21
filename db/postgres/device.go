package postgres

import (
	"context"
	"fmt"
	"math"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

func (t *tx) Devices(ctx context.Context) ([]attendance.Device, error) {
	rows, err := t.q.Devices(ctx)
	if err != nil {
		return nil, fmt.Errorf("list scanners: %w", err)
	}
	out := make([]attendance.Device, len(rows))
	for i, r := range rows {
		out[i] = device(r)
	}
	return out, nil
}

func (t *tx) Device(ctx context.Context, id attendance.ID) (attendance.Device, error) {
	r, err := t.q.Device(ctx, id)
	return device(r), missing(err, "scanner", id)
}

func (t *tx) PutDevice(ctx context.Context, d attendance.Device) error {
	t.touch(d.Told) // its screen shows the scanner
	return t.q.PutDevice(ctx, dbsqlc.PutDeviceParams{
		ID: d.ID, Name: d.Name, Mac: d.MAC, Address: d.Address, Room: d.Room, CourseID: d.Course, Legacy: d.Legacy, RevokedAt: nullable(d.RevokedAt),
		ToldID: d.Told, Settled: d.Settled, ServedID: d.Served, SeenAt: nullable(d.SeenAt),
		Battery: narrow(d.Battery), Signal: narrow(d.Signal), Queue: narrow(d.Queue), Synced: narrow(d.Synced),
		Firmware: d.Firmware, OldestS: narrow(d.OldestS), Capacity: narrow(d.Capacity), Templates: narrow(d.Templates),
		MapVersion: d.MapVersion, ClockMs: d.ClockMS,
	})
}

func (t *tx) NoteDevice(ctx context.Context, d attendance.Device) error {
	t.touch(d.Told)
	return t.q.NoteDevice(ctx, dbsqlc.NoteDeviceParams{
		ID: d.ID, Mac: d.MAC, Address: d.Address,
		ToldID: d.Told, Settled: d.Settled, ServedID: d.Served, SeenAt: nullable(d.SeenAt),
		Battery: narrow(d.Battery), Signal: narrow(d.Signal), Queue: narrow(d.Queue), Synced: narrow(d.Synced),
		Firmware: d.Firmware, OldestS: narrow(d.OldestS), Capacity: narrow(d.Capacity), Templates: narrow(d.Templates),
		MapVersion: d.MapVersion, ClockMs: d.ClockMS,
	})
}

func device(r dbsqlc.Device) attendance.Device {
	return attendance.Device{
		ID: r.ID, Name: r.Name, MAC: r.Mac, Address: r.Address, Room: r.Room, Course: r.CourseID, Legacy: r.Legacy, RevokedAt: moment(r.RevokedAt),
		Told: r.ToldID, Settled: r.Settled, Served: r.ServedID, SeenAt: moment(r.SeenAt),
		Battery: wide(r.Battery), Signal: wide(r.Signal), Queue: wide(r.Queue), Synced: wide(r.Synced),
		Firmware: r.Firmware, OldestS: wide(r.OldestS), Capacity: wide(r.Capacity), Templates: wide(r.Templates),
		MapVersion: r.MapVersion, ClockMS: r.ClockMs,
	}
}

func wide(n *int32) *int {
	if n == nil {
		return nil
	}
	v := int(*n)
	return &v
}

// narrow keeps whatever a scanner says within an integer column.
func narrow(n *int) *int32 {
	if n == nil {
		return nil
	}
	v := int32(max(math.MinInt32, min(math.MaxInt32, *n))) //nolint:gosec // clamped
	return &v
}
