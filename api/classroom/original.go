package classroom

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/rest"
)

// The four addresses of the original scanner (firmware 3.2), with its exact JSON.
// Three things about it decide how we answer: any HTTP status makes it forget a
// finger, so what can be stored gets 200; its queue keeps exactly what we list as
// failed, so a scan kept for the teacher is not listed; and it shows our message
// on a line of sixteen characters.

type rawInput struct {
	RawBody []byte `contentType:"application/json"`
}

type fingerBody struct {
	ClassRollID int `json:"class_roll_id" doc:"A number, or a number in quotes."`
}

type queueBody struct {
	RollIDs []int `json:"roll_ids" doc:"Class rolls; the original firmware says neither when nor in which class."`
}

type heartbeatBody struct {
	MAC     string   `json:"mac_address" example:"AA:BB:CC:00:11:22"`
	Wifi    *float64 `json:"wifi_strength,omitempty" doc:"RSSI in dBm."`
	Battery *float64 `json:"battery,omitempty" doc:"Percent."`
	Queue   *float64 `json:"queue_count,omitempty" doc:"Scans it still holds."`
	Synced  *float64 `json:"sync_count,omitempty" doc:"Queued scans delivered since it was switched on."`
}

type sessionStatusOutput struct {
	Body struct {
		IsSessionActive bool   `json:"isSessionActive"`
		SessionName     string `json:"sessionName" doc:"Course code."`
	}
}

type scanOutput struct {
	Status int
	Body   struct {
		Message string `json:"message"`
		Status  string `json:"status" enum:"success,duplicate,not_enrolled,error"`
	}
}

type flushOutput struct {
	Status int
	Body   struct {
		Details      map[string]string `json:"details,omitempty" doc:"Roll to success, already_marked, not_enrolled or invalid_roll_id."`
		Error        string            `json:"error,omitempty"`
		Failed       []any             `json:"failed" doc:"What the scanner must keep."`
		SuccessCount int               `json:"success_count"`
	}
}

type beatOutput struct {
	Body struct {
		Status string `json:"status" example:"ok"`
	}
}

func (d Deps) originalScanner(api huma.API) {
	op := func(id, method, path, summary string) huma.Operation {
		return both(huma.Operation{
			OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"Original scanner"}, Security: rest.Public,
			Description: "For scanners with the original firmware, which sign nothing: answered where the administrator allows them.",
			// What they send is read leniently, as the original did; the schema only tells.
			SkipValidateBody: true,
		})
	}
	rest.Handle(api, rest.OfScanner(op("poll-session-status", http.MethodGet, "/api/session-status", "Which class the scanner serves")), d.pollSession)
	// A refused finger would be forgotten.
	rest.Handle(api, rest.Unlimited(op("mark-by-roll", http.MethodPost, "/api/mark-attendance-by-roll-id", "One finger")), d.markByRoll)
	rest.Handle(api, rest.Unlimited(op("mark-queue", http.MethodPost, "/api/bulk-mark-attendance", "A queue of fingers")), d.markQueue)
	rest.Handle(api, rest.OfScanner(op("report-heartbeat", http.MethodPost, "/api/device/heartbeat", "The scanner's state")), d.heartbeat)
	rest.BodyIs(api, "/api/mark-attendance-by-roll-id", reflect.TypeFor[fingerBody]())
	rest.BodyIs(api, "/api/bulk-mark-attendance", reflect.TypeFor[queueBody]())
	rest.BodyIs(api, "/api/device/heartbeat", reflect.TypeFor[heartbeatBody]())
}

func (d Deps) pollSession(ctx context.Context, _ *struct{}) (*sessionStatusOutput, error) {
	out := &sessionStatusOutput{}
	if !d.Legacy {
		return out, nil
	}
	course, active, err := d.Service.Poll(ctx, rest.ClientAddress(ctx))
	if unstored(err) { // it goes on scanning, and keeps the fingers
		course, active, err = d.Service.Peek(ctx, rest.ClientAddress(ctx))
	}
	if err != nil {
		return nil, err
	}
	out.Body.IsSessionActive, out.Body.SessionName = active, course.Code
	return out, nil
}

func (d Deps) markByRoll(ctx context.Context, in *rawInput) (*scanOutput, error) {
	var body struct {
		ClassRollID json.RawMessage `json:"class_roll_id"`
	}
	if err := lenient(in.RawBody, &body); err != nil {
		return nil, err
	}
	answer := attendance.NoSession
	roll, ok := rollOf(body.ClassRollID)
	switch {
	case !d.Legacy:
	case !ok:
		answer = attendance.Stranger
	default:
		var err error
		answer, err = d.Service.Touch(ctx, rest.ClientAddress(ctx), roll)
		if unstored(err) {
			// Any answer makes it forget the finger; none at all makes it keep it in its
			// queue and come again.
			panic(http.ErrAbortHandler)
		}
		if err != nil && !errors.Is(err, attendance.ErrUnsigned) {
			return nil, err
		}
	}
	out := &scanOutput{Status: http.StatusOK}
	b := &out.Body
	switch answer {
	case attendance.Accepted:
		b.Message, b.Status = "Marked", "success"
	case attendance.Already:
		b.Message, b.Status = "Already Marked", "duplicate"
	case attendance.NoSession:
		out.Status, b.Message, b.Status = http.StatusBadRequest, "No Active Session", "error"
	default:
		b.Message, b.Status = "Not Enrolled", "not_enrolled"
	}
	return out, nil
}

// maxQueue is far above the original's fifty.
const maxQueue = 2000

func (d Deps) markQueue(ctx context.Context, in *rawInput) (*flushOutput, error) {
	var body struct {
		RollIDs []json.RawMessage `json:"roll_ids"`
	}
	out := &flushOutput{Status: http.StatusOK}
	b := &out.Body
	b.Failed = []any{}
	if err := lenient(in.RawBody, &body); err != nil || len(body.RollIDs) == 0 || len(body.RollIDs) > maxQueue {
		out.Status, b.Error = http.StatusBadRequest, "No roll IDs provided or invalid format"
		return out, nil //nolint:nilerr // the original's own answer says what is wrong
	}
	var rolls []int
	b.Details = make(map[string]string, len(body.RollIDs))
	for _, raw := range body.RollIDs {
		if roll, ok := rollOf(raw); ok {
			rolls = append(rolls, roll)
			continue
		}
		// Not a number: nobody could ever place it, and kept in the scanner it would
		// be sent for ever.
		b.Details[strings.Trim(string(raw), `"`)] = "invalid_roll_id"
	}
	answers, err := d.flush(ctx, rolls)
	if errors.Is(err, attendance.ErrUnsigned) || unstored(err) { // anything but 200 makes it keep its queue
		out.Status, b.Error = http.StatusBadRequest, "No active session"
		if unstored(err) {
			out.Status, b.Error = http.StatusInternalServerError, "Server error during bulk sync"
		}
		for _, raw := range body.RollIDs {
			b.Failed = append(b.Failed, raw)
		}
		b.Details = nil
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	for roll, a := range answers {
		b.SuccessCount++ // stored, whatever became of it
		switch a {
		case attendance.Accepted:
			b.Details[strconv.Itoa(roll)] = "success"
		case attendance.Already:
			b.Details[strconv.Itoa(roll)] = "already_marked"
		default:
			b.Details[strconv.Itoa(roll)] = "not_enrolled"
		}
	}
	return out, nil
}

func (d Deps) flush(ctx context.Context, rolls []int) (map[int]attendance.Answer, error) {
	if !d.Legacy {
		return nil, attendance.ErrUnsigned
	}
	return d.Service.Flush(ctx, rest.ClientAddress(ctx), rolls)
}

func (d Deps) heartbeat(ctx context.Context, in *rawInput) (*beatOutput, error) {
	var body heartbeatBody
	if err := lenient(in.RawBody, &body); err != nil {
		return nil, err
	}
	out := &beatOutput{}
	out.Body.Status = "ok"
	if !d.Legacy {
		return out, nil
	}
	mac := strings.ToUpper(strings.TrimSpace(body.MAC))
	if len(mac) > 40 {
		return nil, attendance.Invalid{Field: "mac_address", Why: "is not a MAC address"}
	}
	err := d.Service.Beat(ctx, rest.ClientAddress(ctx), attendance.Beat{
		MAC: mac, Signal: whole(body.Wifi), Battery: whole(body.Battery), Queue: whole(body.Queue), Synced: whole(body.Synced),
	})
	if errors.Is(err, attendance.ErrUnsigned) || unstored(err) {
		err = nil // nothing was written; it ignores the answer anyway
	}
	return out, err
}

// unstored reports whether the server can keep nothing now.
func unstored(err error) bool {
	var why attendance.Unstored
	return errors.As(err, &why)
}

func whole(f *float64) *int {
	if f == nil || *f > 1e9 || *f < -1e9 {
		return nil
	}
	n := int(*f)
	return &n
}

// lenient reads what the original firmware sends; it says no content type.
func lenient(raw []byte, into any) error {
	if err := json.Unmarshal(bytes.TrimSpace(raw), into); err != nil {
		return rest.NewProblem(http.StatusBadRequest, "bad-request", "the body is not the JSON that this address expects")
	}
	return nil
}

// rollOf accepts a number or a number in quotes, as the original did.
func rollOf(raw json.RawMessage) (int, bool) {
	n, err := strconv.Atoi(strings.Trim(string(raw), `" `))
	return n, err == nil && n > 0 && n < 1_000_000
}
