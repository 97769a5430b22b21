package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/classroom"
	"github.com/arise-attendance/arise/edge/cloudtest"
)

// builtIn is the folder to take away at the end.
var builtIn string

// built is the real program, as it ships.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "arise-edge")
	if err != nil {
		return "", err
	}
	builtIn = dir
	bin := filepath.Join(dir, "edge.exe") // the name matters on Windows and nowhere else
	cmd := exec.Command("go", "build", "-o", bin, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return bin, nil
})

func TestMain(m *testing.M) {
	if question := os.Getenv("ARISE_TEST_RESOLVE"); question != "" {
		os.Exit(resolve(question))
	}
	code := m.Run()
	if builtIn != "" {
		_ = os.RemoveAll(builtIn)
	}
	os.Exit(code)
}

// drive is the real program on one folder.
type drive struct {
	t    testing.TB
	env  []string
	cmd  *exec.Cmd
	base string
	said *bufio.Reader // what its window says after the first line
	http *http.Client
}

// plugIn starts it and waits until it says where it listens.
func (d *drive) plugIn() {
	d.t.Helper()
	bin, err := built()
	if err != nil {
		d.t.Fatal(err)
	}
	d.cmd = exec.Command(bin, "serve")
	d.cmd.Env = d.env
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.said = bufio.NewReader(out)
	line, err := d.said.ReadString('\n')
	_, at, ok := strings.Cut(strings.TrimSpace(line), "http://")
	if err != nil || !ok {
		d.t.Fatalf("it said %q, %v", line, err)
	}
	d.base = "http://" + at
}

// pull is the plug: nothing is finished, nothing is closed.
func (d *drive) pull() {
	if d.cmd == nil { // it was never plugged in
		return
	}
	_ = d.cmd.Process.Kill()
	_ = d.cmd.Wait()
}

// call reports the status, or 0 when there was no whole answer.
func (d *drive) call(method, path string, body, into any) int {
	raw, err := json.Marshal(body)
	if err != nil {
		d.t.Error(err)
	}
	req, err := http.NewRequestWithContext(d.t.Context(), method, d.base+path, bytes.NewReader(raw))
	if err != nil {
		d.t.Error(err)
		return 0
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := d.http.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	if raw, err = io.ReadAll(resp.Body); err != nil {
		return 0
	}
	if into != nil && json.Unmarshal(raw, into) != nil {
		return 0
	}
	return resp.StatusCode
}

func (d *drive) until(what string, ok func(classroom.SyncStatus) bool) {
	d.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(60 * time.Second)
	for {
		var st classroom.SyncStatus
		if d.call("GET", "/api/sync/status", nil, &st) == http.StatusOK && ok(st) {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			d.t.Fatalf("not within a minute: %s: %+v", what, st)
		}
	}
}

// Every mark that was acknowledged survives the plug, and reaches the cloud once.
func TestAMarkThatWasAcknowledgedSurvivesThePlug(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 60)
	cloud.Behave(cloudtest.Manners{Lose: func(n int) bool { return n%3 == 0 }})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	d := &drive{t: t, http: &http.Client{Jar: jar}, env: []string{
		"CLOUD_SERVER_URL=" + cloud.URL, "ARISE_EDGE_CLAIM=" + cloudtest.Code, "ARISE_EDGE_DATA=" + t.TempDir(),
		"ARISE_EDGE_LISTEN=127.0.0.1:0", "SYNC_INTERVAL_SECONDS=1", "ARISE_EDGE_ALLOW_LEGACY=1",
	}}
	t.Cleanup(d.pull)
	d.plugIn()
	d.until("the roster is here", func(st classroom.SyncStatus) bool { return st.LastSync != nil })
	d.call("POST", "/api/teacher/login", map[string]string{"course_code": "CS301", "pin": cloudtest.PIN}, nil)
	session := cloudtest.NewID(t)
	if code := d.call("POST", "/api/teacher/start-session", map[string]any{"course_id": school.Course.ID, "session_id": session}, nil); code != http.StatusOK {
		t.Fatalf("start: got %d", code)
	}
	acked := map[attendance.ID]attendance.Status{} // by student, the last that was acknowledged
	statuses := []attendance.Status{attendance.Present, attendance.Late, attendance.Excused, attendance.Absent}
	for round, status := range statuses {
		got := d.markUntilPulled(session, school, status)
		if len(got) == 0 {
			t.Errorf("round %d: nothing was acknowledged before the plug", round)
		}
		for _, st := range got {
			acked[st] = status
		}
		d.plugIn()
	}
	d.until("all is sent", func(st classroom.SyncStatus) bool { return st.Waiting == 0 })
	var live struct {
		Students []struct {
			ID     attendance.ID
			Status attendance.Status
		}
	}
	if code := d.call("GET", "/api/teacher/session/"+session.String(), nil, &live); code != http.StatusOK {
		t.Fatalf("session: got %d", code)
	}
	shown := map[attendance.ID]attendance.Status{}
	for _, st := range live.Students {
		shown[st.ID] = st.Status
	}
	sent := map[attendance.ID]map[attendance.Status]bool{}
	for _, f := range cloud.Stored(t) {
		if sent[f.Student] == nil {
			sent[f.Student] = map[attendance.Status]bool{}
		}
		sent[f.Student][f.Status] = true
	}
	order := func(s attendance.Status) int { return slices.Index(statuses, s) } // unmarked: before all
	for st, status := range acked {
		// A mark may be kept though its answer was cut off, never the other way round.
		if order(shown[st]) < order(status) {
			t.Errorf("student %s: shows %q, but %q was acknowledged", st, shown[st], status)
		}
		if !sent[st][status] {
			t.Errorf("student %s: %q was acknowledged and never reached the cloud", st, status)
		}
	}
}

// markUntilPulled marks everybody at once from four browsers, and pulls the plug
// when a third has been acknowledged.
func (d *drive) markUntilPulled(session attendance.ID, school cloudtest.School, status attendance.Status) []attendance.ID {
	d.t.Helper()
	todo := make(chan attendance.ID, len(school.Students))
	for _, st := range school.Students {
		todo <- st.ID
	}
	close(todo)
	var mu sync.Mutex
	var acked []attendance.ID
	enough := make(chan struct{})
	var browsers sync.WaitGroup
	for range 4 {
		browsers.Go(func() {
			for st := range todo {
				path := fmt.Sprintf("/api/teacher/session/%s/marks/%s", session, cloudtest.NewID(d.t))
				if d.call("PUT", path, map[string]any{"student_ids": []any{st}, "status": status}, nil) != http.StatusOK {
					continue
				}
				mu.Lock()
				if acked = append(acked, st); len(acked) == len(school.Students)/3 {
					close(enough)
				}
				mu.Unlock()
			}
		})
	}
	all := make(chan struct{})
	go func() { browsers.Wait(); close(all) }()
	select {
	case <-enough:
	case <-all: // the caller sees that too little was acknowledged
	}
	d.pull()
	<-all
	return acked
}
