package classroom

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// Pace of a live stream.
const (
	liveAtLeast = 10 * time.Second       // a snapshot comes at least so often: it is the heartbeat too
	liveAtMost  = 100 * time.Millisecond // and at most so often: sixty fingers in a minute are not sixty reads a second
)

type liveOutput struct{ Body liveBody }

func (d Deps) live(api huma.API) {
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "get-session", Method: http.MethodGet, Path: "/api/teacher/session/{id}",
		Summary: "A session as the roll-call screen shows it", Errors: []int{http.StatusForbidden, http.StatusNotFound},
	}), d.getLive)
	schema := api.OpenAPI().Components.Schemas.Schema(liveType, true, "LiveBody")
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "watch-session", Method: http.MethodGet, Path: "/api/teacher/session/{id}/live",
		Summary: "Follow a session as server-sent events", Errors: []int{http.StatusForbidden, http.StatusNotFound},
		Description: "Each event is named snapshot and carries the whole session, so a reader that missed some needs nothing but the next.",
		Responses: map[string]*huma.Response{"200": {
			Description: "A stream of snapshots",
			Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: schema}},
		}},
	}), d.watch)
}

func (d Deps) getLive(ctx context.Context, in *SessionPath) (*liveOutput, error) {
	l, err := d.Service.Live(ctx, auth.From(ctx).Actor, in.ID)
	if err != nil {
		return nil, err
	}
	return &liveOutput{Body: liveOf(l)}, nil
}

func (d Deps) watch(ctx context.Context, in *SessionPath) (*huma.StreamResponse, error) {
	by := auth.From(ctx).Actor
	// Watch before the first read: a change in between wakes us, none is missed.
	changed, stop := d.Hub.Watch(in.ID)
	first, err := d.Service.Live(ctx, by, in.ID)
	if err != nil {
		stop()
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		defer stop()
		r, w := humachi.Unwrap(hctx)
		stream := sse{w: w, c: http.NewResponseController(w)}
		stream.start()
		beat := time.NewTicker(liveAtLeast)
		defer beat.Stop()
		for l := first; stream.send(liveOf(l)) == nil; {
			if !d.wait(r.Context(), changed, beat.C) {
				stream.bye()
				return
			}
			if l, err = d.Service.Live(r.Context(), by, in.ID); err != nil {
				return // the reader reconnects and hears why
			}
		}
	}}, nil
}

// wait returns after a change or a beat, never sooner than liveAtMost; false when
// the stream should end.
func (d Deps) wait(ctx context.Context, changed <-chan struct{}, beat <-chan time.Time) bool {
	calm := time.NewTimer(liveAtMost)
	defer calm.Stop()
	select {
	case <-changed:
	case <-beat:
	case <-ctx.Done():
		return false
	case <-d.StopLive:
		return false
	}
	select {
	case <-calm.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// sse writes server-sent events (WHATWG HTML, section 9.2).
type sse struct {
	w http.ResponseWriter
	c *http.ResponseController
}

// writeFor bounds one write, so that a dead reader cannot hold a stream open.
const writeFor = 10 * time.Second

func (s sse) start() {
	h := s.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	s.w.WriteHeader(http.StatusOK)
}

// bye tells a reader of a server that stops when to come back; a moment each of
// their own, so that the next server is not asked by all at once. To a reader
// that left it says nothing.
func (s sse) bye() {
	if s.c.SetWriteDeadline(time.Now().Add(writeFor)) != nil {
		return
	}
	back := backAtLeast + rand.N(backSpread) //nolint:gosec // spreads retries
	if _, err := fmt.Fprintf(s.w, "retry: %d\n\n", back.Milliseconds()); err == nil {
		_ = s.c.Flush() // the stream ends now in any case
	}
}

const (
	backAtLeast = 500 * time.Millisecond
	backSpread  = 2 * time.Second
)

func (s sse) send(body liveBody) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if err := s.c.SetWriteDeadline(time.Now().Add(writeFor)); err != nil {
		return err
	}
	for _, part := range [][]byte{[]byte("event: snapshot\ndata: "), data, []byte("\n\n")} {
		if _, err := s.w.Write(part); err != nil {
			return err
		}
	}
	return s.c.Flush()
}

// deviceName keeps the scanner's name beside the scan it made.
func deviceName(devices []attendance.Device, id attendance.ID) string {
	for _, d := range devices {
		if d.ID == id {
			return d.Name
		}
	}
	return ""
}
