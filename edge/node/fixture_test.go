package node_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/classroom"
	"github.com/arise-attendance/arise/edge/cloudtest"
	"github.com/arise-attendance/arise/edge/node"
)

// config is a pendrive on a free port with a folder of its own.
func config(t *testing.T, cloud string) node.Config {
	t.Helper()
	return node.Config{
		Listen: "127.0.0.1:0", Data: t.TempDir(), Cloud: cloud, Every: time.Hour, Claim: cloudtest.Code, Legacy: true, Zone: time.UTC,
		Version: "test", World: attendance.World{Now: time.Now, Rand: rand.Reader}, Log: slog.New(slog.DiscardHandler),
	}
}

// drive is a running pendrive and a browser in front of it.
type drive struct {
	t    *testing.T
	base string
	http *http.Client
	stop func()
	ends func() // waits until it ends by itself
}

func start(t *testing.T, c node.Config) *drive {
	t.Helper()
	n, err := node.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	stopped := false
	wait := func() {
		if stopped {
			return
		}
		stopped = true
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
		if err := n.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	stop := func() {
		cancel()
		wait()
	}
	t.Cleanup(stop)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &drive{t: t, base: n.Here(), http: &http.Client{Jar: jar}, stop: stop, ends: wait}
}

// call makes a request and reads the answer's JSON.
func (d *drive) call(method, path string, body, into any) int {
	d.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		d.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(d.t.Context(), method, d.base+path, bytes.NewReader(raw))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := d.http.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	if raw, err = io.ReadAll(resp.Body); err != nil {
		d.t.Fatal(err)
	}
	if into != nil {
		if err := json.Unmarshal(raw, into); err != nil {
			d.t.Fatalf("%s %s: %d %s", method, path, resp.StatusCode, raw)
		}
	}
	return resp.StatusCode
}

func (d *drive) must(method, path string, body, into any) {
	d.t.Helper()
	if code := d.call(method, path, body, into); code >= 300 {
		d.t.Fatalf("%s %s: got %d", method, path, code)
	}
}

func (d *drive) status() classroom.SyncStatus {
	d.t.Helper()
	var st classroom.SyncStatus
	d.must("GET", "/api/sync/status", nil, &st)
	return st
}

// until asks until the status is as wanted.
func (d *drive) until(what string, ok func(classroom.SyncStatus) bool) classroom.SyncStatus {
	d.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(30 * time.Second)
	for {
		st := d.status()
		if ok(st) {
			return st
		}
		select {
		case <-tick.C:
		case <-deadline:
			d.t.Fatalf("not within 30 s: %s: %+v", what, st)
		}
	}
}

func (d *drive) codes() int {
	d.t.Helper()
	var out []any
	d.must("GET", "/api/teacher/course-codes", nil, &out)
	return len(out)
}

// paired is a pendrive that has its roster, and a signed-in teacher.
func paired(t *testing.T, cloud *cloudtest.Cloud, c node.Config) *drive {
	t.Helper()
	d := start(t, c)
	d.until("the roster is here", func(st classroom.SyncStatus) bool { return st.LastSync != nil })
	d.must("POST", "/api/teacher/login", map[string]string{"course_code": "cs301", "pin": cloudtest.PIN}, nil)
	return d
}

// begin starts a session of the course.
func (d *drive) begin(s cloudtest.School) string {
	d.t.Helper()
	id := cloudtest.NewID(d.t).String()
	d.must("POST", "/api/teacher/start-session", map[string]any{"course_id": s.Course.ID, "session_id": id}, nil)
	return id
}
