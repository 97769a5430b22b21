package classroom

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/rest"
)

type deviceBody struct {
	ID           attendance.ID `json:"id" format:"uuid"`
	Name         string        `json:"name"`
	Status       string        `json:"status" enum:"online,offline"`
	MacAddress   string        `json:"mac_address"`
	Room         string        `json:"room"`
	Battery      *int          `json:"battery" nullable:"true" doc:"Percent."`
	WifiStrength *int          `json:"wifi_strength" nullable:"true" doc:"RSSI in dBm."`
	QueueCount   *int          `json:"queue_count" nullable:"true" doc:"Scans it still holds."`
	SyncCount    *int          `json:"sync_count" nullable:"true" doc:"Queued scans it delivered since it was switched on."`
	LastSeen     *time.Time    `json:"last_seen" nullable:"true"`
}

func devicesOf(devices []attendance.Device, now time.Time) []deviceBody {
	out := make([]deviceBody, 0, len(devices))
	for _, d := range devices {
		b := deviceBody{
			ID: d.ID, Name: d.Name, Status: "offline", MacAddress: d.MAC, Room: d.Room,
			Battery: d.Battery, WifiStrength: d.Signal, QueueCount: d.Queue, SyncCount: d.Synced, LastSeen: at(d.SeenAt),
		}
		if d.Online(now) {
			b.Status = "online"
		}
		out = append(out, b)
	}
	return out
}

// deviceStatusBody is the original's answer about its one scanner, with all
// scanners beside it.
type deviceStatusBody struct {
	Status       string       `json:"status" enum:"online,offline"`
	Message      string       `json:"message,omitempty"`
	MacAddress   *string      `json:"mac_address" nullable:"true"`
	Battery      *int         `json:"battery" nullable:"true"`
	WifiStrength *int         `json:"wifi_strength" nullable:"true"`
	QueueCount   *int         `json:"queue_count" nullable:"true"`
	SyncCount    *int         `json:"sync_count" nullable:"true"`
	LastSeen     *int         `json:"last_seen,omitempty" doc:"Seconds ago."`
	Devices      []deviceBody `json:"devices" doc:"All scanners this server knows."`
}

type deviceStatusOutput struct{ Body deviceStatusBody }

func (d Deps) scanners(api huma.API) {
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "get-device-status", Method: http.MethodGet, Path: "/api/teacher/device-status",
		Summary: "Scanners: the one heard last in the original's words, and all",
	}), d.deviceStatus)
}

func (d Deps) deviceStatus(ctx context.Context, _ *struct{}) (*deviceStatusOutput, error) {
	devices, err := d.Service.Devices(ctx)
	if err != nil {
		return nil, err
	}
	now := d.Service.Now()
	out := &deviceStatusOutput{Body: deviceStatusBody{Status: "offline", Devices: devicesOf(devices, now)}}
	var last attendance.Device
	for _, dev := range devices {
		if dev.SeenAt.After(last.SeenAt) {
			last = dev
		}
	}
	b := &out.Body
	if last.SeenAt.IsZero() {
		b.Message = "No heartbeat data available"
		return out, nil
	}
	ago := seconds(now.Sub(last.SeenAt))
	b.MacAddress, b.Battery, b.QueueCount, b.SyncCount, b.LastSeen = &last.MAC, last.Battery, last.Queue, last.Synced, &ago
	if last.Online(now) {
		b.Status, b.WifiStrength = "online", last.Signal
	} else {
		b.Message = fmt.Sprintf("Last heartbeat %d seconds ago", ago)
	}
	return out, nil
}
