package node_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/pendrive"
	"github.com/arise-attendance/arise/edge/cloudtest"
)

// What a request and an original scanner hear while nothing can be stored, and that
// the class goes on when it can again.
func TestADriveThatCannotStoreSaysSoAndTheScannerKeepsItsFingers(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 5)
	c, drive := smallDrive(t, config(t, cloud.URL))
	d := paired(t, cloud, c)
	session := d.begin(school)
	var poll struct {
		Active bool   `json:"isSessionActive"`
		Name   string `json:"sessionName"`
	}
	d.must("GET", "/api/session-status", nil, &poll)
	d.must("POST", "/api/mark-attendance-by-roll-id", map[string]any{"class_roll_id": 1}, nil)
	d.must("POST", "/api/edge/backup", nil, nil)
	room := fillUp(t, drive)
	mark := func(status string) int {
		var no problem
		path := fmt.Sprintf("/api/teacher/session/%s/marks/%s", session, cloudtest.NewID(t))
		code := d.call("PUT", path, map[string]any{"student_ids": []any{school.Students[1].ID}, "status": status, "reason": strings.Repeat("a long reason ", 14)}, &no)
		if code != http.StatusOK && (code != http.StatusServiceUnavailable || !no.is("drive-full") || !strings.Contains(no.Detail, "delete other files")) {
			t.Fatalf("got %d %+v, want 503 and what to do", code, no)
		}
		return code
	}
	for n, code := 0, http.StatusOK; code == http.StatusOK; n++ {
		if code = mark([]string{"present", "late"}[n%2]); n > 50_000 {
			t.Fatal("the drive never fills up")
		}
	}
	if st := d.stands(); st.Medium.State != "low" || !st.Medium.Full || len(st.Attention) == 0 {
		t.Errorf("got %+v, %q, want a drive that says it is full", st.Medium, st.Attention)
	}
	if resp, err := d.http.Post(d.base+"/api/mark-attendance-by-roll-id", "application/json", strings.NewReader(`{"class_roll_id":3}`)); err == nil {
		_ = resp.Body.Close()
		t.Error("a finger was answered: the original scanner forgets it")
	} else if !errors.Is(err, io.EOF) && !strings.Contains(err.Error(), "EOF") {
		t.Errorf("a finger: got %v, want a connection without an answer", err)
	}
	raw, err := d.http.Post(d.base+"/api/bulk-mark-attendance", "application/json", strings.NewReader(`{"roll_ids":[3,4]}`))
	must(t, err)
	body, err := io.ReadAll(raw.Body)
	must(t, errors.Join(err, raw.Body.Close()))
	if want := `{"error":"Server error during bulk sync","failed":[3,4],"success_count":0}`; raw.StatusCode != http.StatusInternalServerError || !sameJSON(t, body, want) {
		t.Errorf("a queue: got %d %s, want 500 %s", raw.StatusCode, body, want)
	}
	d.must("GET", "/api/session-status", nil, &poll)
	if !poll.Active || poll.Name != "CS301" {
		t.Errorf("got %+v: the scanner would stop scanning", poll)
	}
	d.must("GET", "/api/teacher/session/"+session, nil, nil) // the screen stays
	room()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(60 * time.Second)
	for mark("present") != http.StatusOK {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("the drive has room again, and marks are still refused")
		}
	}
	d.must("POST", "/api/bulk-mark-attendance", map[string]any{"roll_ids": []int{3, 4}}, nil)
}

func sameJSON(t *testing.T, got []byte, want string) bool {
	t.Helper()
	var a, b any
	must(t, json.Unmarshal([]byte(want), &b))
	return json.Unmarshal(got, &a) == nil && fmt.Sprint(a) == fmt.Sprint(b)
}

func TestADriveThatTakesNoWritesIsStillRead(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 5)
	c, drive := smallDrive(t, config(t, cloud.URL))
	d := paired(t, cloud, c)
	session := d.begin(school)
	d.must("POST", "/api/teacher/session/"+session+"/end", nil, nil)
	d.stop()
	readOnly(t, drive)
	d = start(t, c)
	var st pendrive.EdgeStatus
	if st = d.stands(); st.Medium.State != "read_only" || len(st.Attention) == 0 || !strings.Contains(st.Attention[0], "lock switch") || st.Medium.LastErrorAt == nil || !strings.Contains(st.Medium.LastError, "read-only") {
		t.Errorf("got %+v, %q", st.Medium, st.Attention)
	}
	d.must("POST", "/api/teacher/login", map[string]string{"course_code": "CS301", "pin": cloudtest.PIN}, nil)
	d.must("GET", "/api/teacher/session/"+session, nil, nil)
	var no problem
	code := d.call("POST", "/api/teacher/start-session", map[string]any{"course_id": school.Course.ID, "session_id": cloudtest.NewID(t)}, &no)
	if code != http.StatusServiceUnavailable || !no.is("drive-read-only") {
		t.Errorf("a class: got %d %+v", code, no)
	}
	if code := d.call("GET", "/api/health", nil, nil); code != http.StatusServiceUnavailable {
		t.Errorf("health: got %d, want 503", code)
	}
}
