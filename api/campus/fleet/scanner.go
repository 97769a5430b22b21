package fleet

import (
	"context"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
)

type scannerForm struct {
	Name       string         `json:"name" maxLength:"200" example:"Scanner B12"`
	Room       string         `json:"room,omitempty" maxLength:"200" doc:"Where it stands: it serves the class that is held there." example:"B12"`
	CourseID   *attendance.ID `json:"course_id,omitempty" format:"uuid" doc:"It serves this course only, wherever that is held."`
	Legacy     bool           `json:"legacy,omitempty" doc:"It has the original firmware, and is listened to although it signs nothing."`
	MacAddress string         `json:"mac_address,omitempty" maxLength:"40" doc:"By which one with the original firmware is known. Absent: stays as it is." example:"AA:BB:CC:00:11:22"`
}

type scannerRow struct {
	ID           attendance.ID  `json:"id" format:"uuid"`
	Name         string         `json:"name"`
	Room         string         `json:"room"`
	CourseID     *attendance.ID `json:"course_id,omitempty" format:"uuid"`
	Legacy       bool           `json:"legacy" doc:"It is listened to although it signs nothing."`
	MacAddress   string         `json:"mac_address"`
	State        string         `json:"state" enum:"new,paired,original,revoked" doc:"new: registered, and not paired yet."`
	PairedAt     *time.Time     `json:"paired_at,omitempty"`
	RotatedAt    *time.Time     `json:"rotated_at,omitempty" doc:"When it took its present key, if that is not the first."`
	Rotating     bool           `json:"rotating" doc:"It has not used its new key yet."`
	PairingUntil *time.Time     `json:"pairing_until,omitempty" doc:"A code waits until then."`
	RevokedAt    *time.Time     `json:"revoked_at,omitempty"`

	Online        bool       `json:"online" doc:"It called in the last half minute."`
	LastSeen      *time.Time `json:"last_seen,omitempty"`
	Firmware      string     `json:"firmware"`
	Battery       *int       `json:"battery,omitempty" doc:"Percent."`
	WifiStrength  *int       `json:"wifi_strength,omitempty" doc:"RSSI in dBm."`
	QueueCount    *int       `json:"queue_count,omitempty" doc:"Marks it still holds."`
	OldestS       *int       `json:"oldest_s,omitempty" doc:"Age of the oldest of them, in seconds."`
	Capacity      *int       `json:"capacity,omitempty" doc:"Fingers its sensor can hold."`
	Templates     *int       `json:"templates,omitempty" doc:"Fingers it holds."`
	MapVersion    int64      `json:"map_version" doc:"Of the list of whose finger is where, as the scanner has it."`
	ClockOffsetMS *int64     `json:"clock_offset_ms,omitempty" doc:"How far its clock is ahead of the server's; absent: it has none."`
}

type listDevicesInput struct {
	Revoked bool `query:"revoked" doc:"Those that were shut out as well."`
}

type scannersOutput struct{ Body []scannerRow }

type scannerOutput struct{ Body scannerRow }

type addDeviceInput struct{ Body scannerForm }

type addDeviceOutput struct {
	Body struct {
		scannerRow
		Pairing *pairingBody `json:"pairing,omitempty" doc:"Absent with the original firmware."`
	}
}

type changeDeviceInput struct {
	ScannerPath
	Body scannerForm
}

// ScannerPath names the scanner that an operation is about.
type ScannerPath struct {
	ID attendance.ID `path:"id" format:"uuid"`
}

func (d Deps) list(ctx context.Context, in *listDevicesInput) (*scannersOutput, error) {
	all, err := d.Scanners.PairedDevices(ctx, in.Revoked)
	out := &scannersOutput{Body: make([]scannerRow, len(all))}
	for i, one := range all {
		out.Body[i] = rowOf(one, d.Service.Now())
	}
	return out, err
}

func (d Deps) get(ctx context.Context, in *ScannerPath) (*scannerOutput, error) {
	return d.row(ctx, in.ID)
}

func (d Deps) row(ctx context.Context, id attendance.ID) (*scannerOutput, error) {
	one, err := d.Scanners.PairedDevice(ctx, id)
	return &scannerOutput{Body: rowOf(one, d.Service.Now())}, err
}

func (d Deps) add(ctx context.Context, in *addDeviceInput) (*addDeviceOutput, error) {
	now, err := in.Body.device().Check()
	if err != nil {
		return nil, err
	}
	if now.Legacy && now.MAC == "" {
		return nil, attendance.Invalid{Field: "mac_address", Why: "is how a scanner with the original firmware is known: it stands on its serial console"}
	}
	if now.ID, err = d.Service.NewID(); err != nil {
		return nil, err
	}
	if err := d.Scanners.AddDevice(ctx, now); err != nil {
		return nil, err
	}
	out := &addDeviceOutput{}
	if !now.Legacy {
		if out.Body.Pairing, err = d.code(ctx, now.ID); err != nil {
			return nil, err
		}
	}
	row, err := d.row(ctx, now.ID)
	if err != nil {
		return nil, err
	}
	out.Body.scannerRow = row.Body
	return out, nil
}

func (d Deps) change(ctx context.Context, in *changeDeviceInput) (*scannerOutput, error) {
	now, err := in.Body.device().Check()
	if err != nil {
		return nil, err
	}
	was, err := d.Scanners.PairedDevice(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if now.ID = in.ID; now.MAC == "" {
		now.MAC = was.MAC
	}
	if now.Legacy && !was.PairedAt.IsZero() {
		return nil, attendance.Invalid{Field: "legacy", Why: "it is paired, and signs: shut it out and register it anew if it has the original firmware now"}
	}
	if err := d.Scanners.ChangeDevice(ctx, now); err != nil {
		return nil, err
	}
	return d.row(ctx, in.ID)
}

func (d Deps) revoke(ctx context.Context, in *ScannerPath) (*struct{}, error) {
	return nil, d.Scanners.RevokeDevice(ctx, in.ID)
}

func (f scannerForm) device() attendance.Device {
	d := attendance.Device{Name: f.Name, Room: f.Room, Legacy: f.Legacy, MAC: f.MacAddress}
	if f.CourseID != nil {
		d.Course = *f.CourseID
	}
	return d
}

func rowOf(d auth.PairedDevice, now time.Time) scannerRow {
	out := scannerRow{
		ID: d.ID, Name: d.Name, Room: d.Room, Legacy: d.Legacy, MacAddress: d.MAC, State: "new",
		PairedAt: moment(d.PairedAt), RotatedAt: moment(d.RotatedAt), Rotating: d.Rotating, PairingUntil: moment(d.CodeUntil), RevokedAt: moment(d.RevokedAt),
		Online: d.Online(now), LastSeen: moment(d.SeenAt), Firmware: d.Firmware, Battery: d.Battery, WifiStrength: d.Signal, QueueCount: d.Queue,
		OldestS: d.OldestS, Capacity: d.Capacity, Templates: d.Templates, MapVersion: d.MapVersion, ClockOffsetMS: d.ClockMS,
	}
	if !d.Course.IsZero() {
		out.CourseID = &d.Course
	}
	switch {
	case !d.RevokedAt.IsZero():
		out.State = "revoked"
	case !d.PairedAt.IsZero():
		out.State = "paired"
	case d.Legacy:
		out.State = "original"
	}
	return out
}

// moment is a time in an answer, nil for none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Millisecond)
	return &t
}
