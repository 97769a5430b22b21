package sqlite

import (
	"context"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite/internal/dbsqlc"
)

func (t *tx) Device(ctx context.Context, id attendance.ID) (attendance.Device, error) {
	r, err := t.q.Device(ctx, id)
	return device(r), missing(err, "scanner", id)
}

func (t *tx) PutDevice(ctx context.Context, d attendance.Device) error {
	if err := t.writable(); err != nil {
		return err
	}
	t.touch(d.Told)
	t.s.hot.devices = nil
	return t.q.PutDevice(ctx, dbsqlc.PutDeviceParams{
		ID: d.ID, Name: d.Name, Mac: d.MAC, Address: d.Address, Room: d.Room, CourseID: d.Course,
		Legacy: d.Legacy, RevokedMs: attendance.UnixMS(d.RevokedAt),
		ToldID: d.Told, Settled: d.Settled, ServedID: d.Served, SeenMs: attendance.UnixMS(d.SeenAt),
		Battery: d.Battery, Signal: d.Signal, Queue: d.Queue, Synced: d.Synced,
		Firmware: d.Firmware, OldestS: d.OldestS, Capacity: d.Capacity, Templates: d.Templates, MapVersion: d.MapVersion, ClockMs: d.ClockMS,
	})
}

func (t *tx) NoteDevice(ctx context.Context, d attendance.Device) error {
	if err := t.writable(); err != nil {
		return err
	}
	t.touch(d.Told)
	t.s.hot.devices = nil
	return t.q.NoteDevice(ctx, dbsqlc.NoteDeviceParams{
		ID: d.ID, Mac: d.MAC, Address: d.Address,
		ToldID: d.Told, Settled: d.Settled, ServedID: d.Served, SeenMs: attendance.UnixMS(d.SeenAt),
		Battery: d.Battery, Signal: d.Signal, Queue: d.Queue, Synced: d.Synced,
		Firmware: d.Firmware, OldestS: d.OldestS, Capacity: d.Capacity, Templates: d.Templates, MapVersion: d.MapVersion, ClockMs: d.ClockMS,
	})
}

func device(r dbsqlc.Device) attendance.Device {
	return attendance.Device{
		ID: r.ID, Name: r.Name, MAC: r.Mac, Address: r.Address, Room: r.Room, Course: r.CourseID,
		Legacy: r.Legacy, RevokedAt: attendance.FromMS(r.RevokedMs),
		Told: r.ToldID, Settled: r.Settled, Served: r.ServedID, SeenAt: attendance.FromMS(r.SeenMs),
		Battery: r.Battery, Signal: r.Signal, Queue: r.Queue, Synced: r.Synced,
		Firmware: r.Firmware, OldestS: r.OldestS, Capacity: r.Capacity, Templates: r.Templates, MapVersion: r.MapVersion, ClockMS: r.ClockMs,
	}
}
