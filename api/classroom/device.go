package classroom

import (
	"context"
	"encoding/hex"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// What a scanner of ours says and is told. Fields that a newer firmware adds are passed
// over, and none is refused for its value: a mark must not stay in a scanner for ever
// because of a strange reading beside it.

type deviceSyncBody struct {
	_ struct{} `additionalProperties:"true"`

	FW         string           `json:"fw" maxLength:"60" example:"1.4.0"`
	Epoch      int64            `json:"epoch" doc:"Of its counter of marks: another one after each factory reset."`
	Boot       int64            `json:"boot" doc:"Counts how often it was switched on."`
	UpMS       int64            `json:"up_ms" doc:"Since it was."`
	NowMS      int64            `json:"now_ms,omitempty" doc:"Its clock, Unix milliseconds; 0: it has none."`
	Battery    *int             `json:"battery,omitempty" nullable:"true" doc:"Percent; absent: it runs from the mains."`
	RSSI       *int             `json:"rssi,omitempty" nullable:"true" doc:"dBm."`
	Depth      *int             `json:"depth,omitempty" nullable:"true" doc:"Marks it holds, those sent now among them."`
	OldestAgeS *int             `json:"oldest_age_s,omitempty" nullable:"true" doc:"Age of the oldest of them."`
	Capacity   *int             `json:"capacity,omitempty" nullable:"true" doc:"Fingers its sensor can hold."`
	Templates  *int             `json:"templates,omitempty" nullable:"true" doc:"Fingers it holds."`
	MapVersion int64            `json:"map_version,omitempty" doc:"Of the list of whose finger is where."`
	Marks      []deviceMarkBody `json:"marks,omitempty" maxItems:"64" doc:"The oldest it holds, in their order."`
}

type deviceMarkBody struct {
	_ struct{} `additionalProperties:"true"`

	Seq        int64  `json:"seq" doc:"Counts from 1 in the epoch and never repeats."`
	BootID     int64  `json:"boot_id" doc:"The boot in which the finger was read."`
	UptimeMS   int64  `json:"uptime_ms"`
	UnixMS     int64  `json:"unix_ms,omitempty" doc:"0: it had no clock."`
	Slot       int    `json:"slot"`
	TemplateID int64  `json:"template_id,omitempty"`
	Confidence int    `json:"confidence,omitempty"`
	MapVersion int64  `json:"map_version,omitempty"`
	SessionID  string `json:"session_id,omitempty" maxLength:"36" doc:"The class that it had been told of; empty: none."`
}

type deviceSyncInput struct{ Body deviceSyncBody }

type deviceSyncReply struct {
	NowMS      int64              `json:"now_ms" doc:"The server's clock, Unix milliseconds."`
	Ack        int64              `json:"ack" doc:"Every mark of the request is stored, up to this seq; 0: it held none."`
	Results    []deviceResultBody `json:"results" doc:"One for each mark, in their order."`
	Session    *deviceSessionBody `json:"session,omitempty" doc:"The class that it serves now; absent: none."`
	MapVersion int64              `json:"map_version" doc:"Fetch the list of whose finger is where when this is another one."`
	Tasks      []deviceTaskBody   `json:"tasks" doc:"To be done between two fingers."`
	PollMS     int64              `json:"poll_ms" doc:"Speak again after so long, or when a finger was read."`
	Rotate     string             `json:"rotate,omitempty" doc:"Take another key: HMAC-SHA256(key, \"arise rotate 1\" and these 32 bytes in hex), of the key from pairing. Keep the one before until an answer is signed with the new one."`
}

type deviceResultBody struct {
	Seq    int64                 `json:"seq"`
	Result attendance.ScanResult `json:"result" enum:"ok,duplicate,not_enrolled,no_session,unknown_template" doc:"With each of them the mark is stored, and may be forgotten."`
}

type deviceSessionBody struct {
	SessionID  attendance.ID `json:"session_id" format:"uuid"`
	CourseCode string        `json:"course_code"`
	CourseName string        `json:"course_name"`
	ClosesMS   int64         `json:"closes_ms" doc:"Unix milliseconds."`
}

// deviceTaskBody is what a scanner shall do, such as enrol a finger. There are none yet.
type deviceTaskBody struct {
	ID   attendance.ID `json:"id" format:"uuid"`
	Kind string        `json:"kind" example:"enrol"`
}

type deviceSyncOutput struct{ Body deviceSyncReply }

func (d Deps) devices(api huma.API) {
	// A pendrive answers as well once the feed brings it its scanners: see api/auth.
	rest.Handle(api, rest.Served(huma.Operation{
		OperationID: "sync-device", Method: http.MethodPost, Path: "/api/device/sync", Tags: []string{"Scanners"},
		Summary: "A scanner says how it is and what it read, and is told which class it serves", Security: rest.Only(attendance.RoleDevice),
		Description: "All of the marks are stored, or none. Only an answer with a good signature of the server's frees a mark in the scanner. stale-nonce: go on above `floor`.",
		Errors:      []int{http.StatusConflict, http.StatusTooManyRequests},
	}, "cloud"), d.syncDevice)
}

func (d Deps) syncDevice(ctx context.Context, in *deviceSyncInput) (*deviceSyncOutput, error) {
	heard, err := d.Service.Pulse(ctx, auth.From(ctx).ID, in.Body.pulse())
	if err != nil {
		return nil, err
	}
	out := &deviceSyncOutput{Body: deviceSyncReply{
		NowMS: heard.Now.UnixMilli(), Results: make([]deviceResultBody, len(heard.Results)), Tasks: []deviceTaskBody{}, PollMS: heard.Poll.Milliseconds(),
	}}
	b := &out.Body
	for i, r := range heard.Results {
		seq := in.Body.Marks[i].Seq
		b.Results[i], b.Ack = deviceResultBody{Seq: seq, Result: r}, max(b.Ack, seq)
	}
	if se := heard.Session; !se.ID.IsZero() {
		b.Session = &deviceSessionBody{SessionID: se.ID, CourseCode: heard.Course.Code, CourseName: heard.Course.Name, ClosesMS: se.ClosesAt.UnixMilli()}
	}
	if claim := rest.SignedRequest(ctx); claim != nil {
		b.Rotate = hex.EncodeToString(claim.Salt)
	}
	return out, nil
}

func (b deviceSyncBody) pulse() attendance.Pulse {
	p := attendance.Pulse{
		Firmware: b.FW, Epoch: b.Epoch, Boot: b.Boot, UpMS: b.UpMS, NowMS: b.NowMS,
		Battery: b.Battery, Signal: b.RSSI, Queue: b.Depth, OldestS: b.OldestAgeS, Capacity: b.Capacity, Templates: b.Templates, MapVersion: b.MapVersion,
	}
	for _, m := range b.Marks {
		s := attendance.Scan{
			Seq: m.Seq, Boot: m.BootID, UpMS: m.UptimeMS, UnixMS: m.UnixMS,
			Print: attendance.Print{Slot: m.Slot, Template: m.TemplateID}, Confidence: m.Confidence, MapVersion: m.MapVersion,
		}
		s.Session, _ = attendance.ParseID(m.SessionID) // what is no id names no class
		p.Scans = append(p.Scans, s)
	}
	return p
}
