package node_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"strings"
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
	stop := func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
		if err := n.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	t.Cleanup(stop)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &drive{t: t, base: "http://" + n.Address(), http: &http.Client{Jar: jar}, stop: stop}
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

func TestAClassIsHeldWithoutANetwork(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 5)
	c := config(t, cloud.URL)
	d := paired(t, cloud, c)
	cloud.Close()
	session := d.begin(school)
	mark := fmt.Sprintf("/api/teacher/session/%s/marks/%s", session, cloudtest.NewID(t))
	d.must("PUT", mark, map[string]any{"student_ids": []any{school.Students[0].ID}, "status": "present"}, nil)
	var said struct {
		Message string `json:"message"`
	}
	d.must("POST", "/api/mark-attendance-by-roll-id", map[string]any{"class_roll_id": 2}, &said)
	d.must("POST", "/api/teacher/session/"+session+"/end", nil, nil)
	st := d.status()
	if st.NodeType != "local" || st.Waiting != 4 || st.Name != "Room 204" || !st.Paired || st.DatabaseSizeBytes == 0 {
		t.Errorf("got %+v, want 4 lines waiting in Room 204", st)
	}
	var pushed struct{ Status, Message string }
	if code := d.call("POST", "/api/sync/push", nil, &pushed); code != http.StatusServiceUnavailable || pushed.Status != "error" {
		t.Errorf("push without a network: got %d %+v", code, pushed)
	}
	if st := d.status(); st.CloudReachable || st.Waiting != 4 || st.Attention != "" {
		t.Errorf("got %+v, want offline with 4 lines, which is nobody's fault", st)
	}
	d.stop()
	c.Cloud, c.Claim = "", "" // it knows where it belongs
	d = start(t, c)           // the sign-in and the class outlive a restart
	if st := d.status(); st.Waiting != 4 || !st.Paired || st.CloudURL != cloud.URL || !st.AutoSync {
		t.Errorf("after a restart: got %+v", st)
	}
}

func TestPushSendsAtOnce(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 2)
	c := config(t, cloud.URL)
	c.Every = 0 // by hand
	d := start(t, c)
	d.until("paired", func(st classroom.SyncStatus) bool { return st.Paired })
	if st := d.status(); st.AutoSync {
		t.Error("got auto_sync, want by hand")
	}
	var pushed struct {
		Status, Message       string
		Sent, Learnt, Waiting int
	}
	d.must("POST", "/api/sync/push", nil, &pushed)
	d.must("POST", "/api/teacher/login", map[string]string{"course_code": "CS301", "pin": cloudtest.PIN}, nil)
	d.begin(school)
	d.must("POST", "/api/sync/push", nil, &pushed)
	if pushed.Status != "success" || pushed.Sent != 1 || pushed.Waiting != 0 {
		t.Errorf("got %+v, want one line sent", pushed)
	}
	if got := len(cloud.Stored(t)); got != 1 {
		t.Errorf("facts in the cloud: got %d, want 1", got)
	}
}

func TestItPairsWhenTheCloudComesBack(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	cloud.School(t, 2)
	cloud.Behave(cloudtest.Manners{Fault: func(_ int, _ string, w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusBadGateway)
		return true
	}})
	d := start(t, config(t, cloud.URL))
	st := d.until("it says why", func(st classroom.SyncStatus) bool { return st.Attention != "" })
	if !strings.Contains(st.Attention, "connect this computer to the internet") || st.Paired {
		t.Errorf("got %+v, want a way out", st)
	}
	if got := d.codes(); got != 0 {
		t.Errorf("courses: got %d, want none yet", got)
	}
	if code := d.call("POST", "/api/bulk-mark-attendance", map[string]any{"roll_ids": []int{1}}, nil); code == http.StatusOK {
		t.Error("a scanner's queue was taken by a pendrive without a name")
	}
	cloud.Behave(cloudtest.Manners{})
	d.until("paired", func(st classroom.SyncStatus) bool { return st.Paired && st.LastSync != nil && st.Attention == "" })
	if got := d.codes(); got != 1 {
		t.Errorf("courses: got %d, want 1", got)
	}
	if got := d.status().Waiting; got != 0 {
		t.Errorf("lines: got %d, want none", got)
	}
}

func TestAWrongCodeIsSaidAndNotRepeated(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	c := config(t, cloud.URL)
	c.Claim = "WRONG"
	d := start(t, c)
	d.until("it says why", func(st classroom.SyncStatus) bool { return strings.Contains(st.Attention, "refuses") })
	if got := cloud.Calls("/api/sync/claim"); got != 1 {
		t.Errorf("claims: got %d, want one", got)
	}
}

func TestWithoutACodeItSaysWhatToDo(t *testing.T) {
	t.Parallel()
	c := config(t, "https://school.example")
	c.Claim = ""
	d := start(t, c)
	d.until("it says what to do", func(st classroom.SyncStatus) bool { return strings.Contains(st.Attention, "edge claim CODE") })
	var pushed struct{ Message string }
	if code := d.call("POST", "/api/sync/push", nil, &pushed); code != http.StatusServiceUnavailable || !strings.Contains(pushed.Message, "not paired") {
		t.Errorf("got %d %q", code, pushed.Message)
	}
}

func TestWithoutACloudItStillRuns(t *testing.T) {
	t.Parallel()
	d := start(t, config(t, ""))
	st := d.until("it says what to do", func(st classroom.SyncStatus) bool { return st.Attention != "" })
	if st.CloudURL != "not configured" || st.AutoSync {
		t.Errorf("got %+v", st)
	}
	if code := d.call("POST", "/api/sync/push", nil, nil); code != http.StatusBadRequest {
		t.Errorf("push: got %d, want 400", code)
	}
	if code := d.call("GET", "/api/health", nil, nil); code != http.StatusOK {
		t.Errorf("health: got %d, want 200", code)
	}
}

func TestStartingTwiceNamesTheWayOut(t *testing.T) {
	t.Parallel()
	c := config(t, "")
	d := start(t, c)
	for name, tc := range map[string]struct {
		change func(*node.Config)
		says   []string
	}{
		"the same folder": {func(*node.Config) {}, []string{c.Data, "ARISE_EDGE_DATA"}},
		"the same port": {func(c *node.Config) {
			c.Listen, c.Data = strings.TrimPrefix(d.base, "http://"), t.TempDir()
		}, []string{strings.TrimPrefix(d.base, "http://"), "ARISE_EDGE_LISTEN"}},
	} {
		again := c
		tc.change(&again)
		_, err := node.New(t.Context(), again)
		if err == nil {
			t.Fatalf("%s: got no error", name)
		}
		for _, part := range tc.says {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: got %q, want it to say %s", name, err, part)
			}
		}
	}
	if code := d.call("GET", "/api/health", nil, nil); code != http.StatusOK {
		t.Errorf("the first: got %d, want 200", code)
	}
}

func TestALiveStreamDoesNotHoldTheShutdown(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 2)
	d := paired(t, cloud, config(t, cloud.URL))
	session := d.begin(school)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.base+"/api/teacher/session/"+session+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := d.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("live: got %d", resp.StatusCode)
	}
	began := time.Now()
	d.stop()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("stopping took %v", took)
	}
	if _, err := io.ReadAll(resp.Body); err != nil {
		t.Errorf("the stream was cut: %v", err)
	}
}
