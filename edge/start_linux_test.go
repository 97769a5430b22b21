package main

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/classroom"
	"github.com/arise-attendance/arise/edge/cloudtest"
)

// BenchmarkStart is the promise to a teacher who plugs in: three seconds with the
// register of a year, in less than 60 MB. Started anew each time; setup-s is not
// part of it.
func BenchmarkStart(b *testing.B) {
	const facts = 60_000
	cloud := cloudtest.New(b)
	school := cloud.School(b, 60)
	d := &drive{t: b, http: newBrowser(b), env: []string{
		"CLOUD_SERVER_URL=" + cloud.URL, "ARISE_EDGE_CLAIM=" + cloudtest.Code, "ARISE_EDGE_DATA=" + b.TempDir(),
		"ARISE_EDGE_LISTEN=127.0.0.1:0", "SYNC_INTERVAL_SECONDS=0",
	}}
	b.Cleanup(d.pull)
	d.plugIn()
	d.until("paired", func(st classroom.SyncStatus) bool { return st.Paired })
	d.call("POST", "/api/sync/push", nil, nil) // the roster
	if code := d.signIn(); code != http.StatusOK {
		b.Fatalf("sign in: got %d", code)
	}
	everybody := make([]any, len(school.Students))
	for i, st := range school.Students {
		everybody[i] = st.ID
	}
	for made := 0; made < facts; made += len(everybody) + 2 {
		session := cloudtest.NewID(b)
		for _, step := range []struct {
			method, path string
			body         any
		}{
			{"POST", "/api/teacher/start-session", map[string]any{"course_id": school.Course.ID, "session_id": session}},
			{"PUT", fmt.Sprintf("/api/teacher/session/%s/marks/%s", session, cloudtest.NewID(b)), map[string]any{"student_ids": everybody, "status": "present"}},
			{"POST", "/api/teacher/session/" + session.String() + "/end", nil},
		} {
			if code := d.call(step.method, step.path, step.body, nil); code != http.StatusOK {
				b.Fatalf("%s: got %d", step.path, code)
			}
		}
	}
	d.pull()
	var worst, used time.Duration
	for b.Loop() {
		began := time.Now()
		d.plugIn()
		if code := d.call("GET", "/api/teacher/me", nil, nil); code != http.StatusOK {
			b.Fatalf("the teacher's day: got %d", code)
		}
		worst = max(worst, time.Since(began))
		b.StopTimer()
		if waiting := d.stands().Cloud.Waiting; waiting < facts {
			b.Fatalf("got %d lines, want %d", waiting, facts)
		}
		b.ReportMetric(memory(b, d.cmd.Process.Pid), "peak-MB")
		d.pull()
		used += d.cmd.ProcessState.UserTime() + d.cmd.ProcessState.SystemTime()
		b.StartTimer()
	}
	b.ReportMetric(worst.Seconds(), "worst-s")
	b.ReportMetric(used.Seconds()/float64(b.N), "cpu-s/start")
}

// memory is the most that a program has occupied.
func memory(b *testing.B, pid int) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if v, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, _ := strconv.Atoi(strings.Fields(v)[0])
			return float64(kb) / 1000
		}
	}
	b.Fatal("the system does not say")
	return 0
}
