package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/classroom"
	"github.com/arise-attendance/arise/edge/cloudtest"
)

// After each plug that is pulled something else of the drive is broken, and the cloud
// takes nothing: what was acknowledged must come from the drive itself.
func TestAMarkThatWasAcknowledgedSurvivesADamagedDrive(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 60)
	shut := func(_ int, path string, w http.ResponseWriter, _ *http.Request) bool {
		if path == "/api/sync/receive" {
			cloudtest.Problem(w, http.StatusServiceUnavailable, "busy", nil)
			return true
		}
		return false
	}
	cloud.Behave(cloudtest.Manners{Fault: shut})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	d := &drive{t: t, http: &http.Client{Jar: jar}, env: []string{
		"CLOUD_SERVER_URL=" + cloud.URL, "ARISE_EDGE_CLAIM=" + cloudtest.Code, "ARISE_EDGE_DATA=" + dir,
		"ARISE_EDGE_LISTEN=127.0.0.1:0", "SYNC_INTERVAL_SECONDS=1",
	}}
	t.Cleanup(d.pull)
	d.plugIn()
	d.until("the roster is here", func(st classroom.SyncStatus) bool { return st.LastSync != nil })
	d.call("POST", "/api/teacher/login", map[string]string{"course_code": "CS301", "pin": cloudtest.PIN}, nil)
	session := cloudtest.NewID(t)
	if code := d.call("POST", "/api/teacher/start-session", map[string]any{"course_id": school.Course.ID, "session_id": session}, nil); code != http.StatusOK {
		t.Fatalf("start: got %d", code)
	}
	if code := d.call("POST", "/api/edge/backup", nil, nil); code != http.StatusOK { // as the program does by itself after seconds
		t.Fatalf("backup: got %d", code)
	}
	register := filepath.Join(dir, "register.db")
	statuses := []attendance.Status{attendance.Present, attendance.Late, attendance.Excused, attendance.Absent, attendance.Duty}
	damages := []func() error{
		func() error { return os.Remove(register + "-wal") },
		func() error { return os.Truncate(register, 40_000) },
		func() error { return errors.Join(os.Remove(register), os.Remove(register+"-wal")) },
		func() error { return zero(register, 8*4096, 12*4096) },
		func() error { return flip(filepath.Join(dir, "journal-1")) }, // the register itself is whole
	}
	acked := map[attendance.ID]attendance.Status{}
	for round, status := range statuses {
		for _, st := range d.markUntilPulled(session, school, status) {
			acked[st] = status
		}
		if err := damages[round](); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		d.plugIn()
	}
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
	order := func(s attendance.Status) int { return slices.Index(statuses, s) }
	for st, status := range acked {
		if order(shown[st]) < order(status) {
			t.Errorf("student %s: shows %q, but %q was acknowledged", st, shown[st], status)
		}
	}
	cloud.Behave(cloudtest.Manners{})
	d.until("all is sent", func(st classroom.SyncStatus) bool { return st.Waiting == 0 })
	sent := map[attendance.ID]map[attendance.Status]bool{}
	for _, f := range cloud.Stored(t) { // also sees what is stored twice
		if sent[f.Student] == nil {
			sent[f.Student] = map[attendance.Status]bool{}
		}
		sent[f.Student][f.Status] = true
	}
	for st, status := range acked {
		if !sent[st][status] {
			t.Errorf("student %s: %q was acknowledged and never reached the cloud", st, status)
		}
	}
}

// zero overwrites a part of a file.
func zero(path string, from, to int) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	clear(raw[min(from, len(raw)):min(to, len(raw))])
	return os.WriteFile(path, raw, 0o600)
}

// flip spoils every frame of a journal.
func flip(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, bytes.ReplaceAll(raw, []byte("student"), []byte("Student")), 0o600)
}

func TestEjectAndBackupWorkWithAndWithoutTheProgram(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	cloud.School(t, 3)
	dir := t.TempDir()
	d := &drive{t: t, http: http.DefaultClient, env: []string{
		"CLOUD_SERVER_URL=" + cloud.URL, "ARISE_EDGE_CLAIM=" + cloudtest.Code, "ARISE_EDGE_DATA=" + dir, "ARISE_EDGE_LISTEN=127.0.0.1:0",
	}}
	t.Cleanup(d.pull)
	say := func(args ...string) string {
		t.Helper()
		said, err := d.again(args...)
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, said)
		}
		return said
	}
	d.plugIn()
	d.until("the roster is here", func(st classroom.SyncStatus) bool { return st.LastSync != nil })
	for _, runs := range []bool{true, false} {
		named := filepath.Join(t.TempDir(), "friday.db")
		if got := say("backup", named); !strings.Contains(got, "read through") || !strings.Contains(got, named) {
			t.Errorf("backup, program runs %t: got %q", runs, got)
		}
		if said, err := d.again("backup", named); err == nil || !strings.Contains(said, "another name") {
			t.Errorf("the same name again: got %q, %v", said, err)
		}
		if got := say("status"); !strings.Contains(got, `"last_backup": "2`) {
			t.Errorf("status, program runs %t: got %q, want the backup in it", runs, got)
		}
		if got := say("eject"); !strings.Contains(got, "Safe to remove") {
			t.Errorf("eject, program runs %t: got %q", runs, got)
		}
		if runs {
			rest, err := io.ReadAll(d.said)
			if err := errors.Join(err, d.cmd.Wait()); err != nil || !strings.Contains(string(rest), "Safe to remove") {
				t.Errorf("the program ended with %v and said %q", err, rest)
			}
		}
		if info, err := os.Stat(filepath.Join(dir, "register.db-wal")); err == nil && info.Size() > 0 {
			t.Errorf("program runs %t: the write-ahead log has %d bytes", runs, info.Size())
		}
	}
	restored(t, d, dir)
	if said, err := d.again("eject", "now"); err == nil || !strings.Contains(said, "-force") {
		t.Errorf("got %q, %v, want to be told how", said, err)
	}
}

// restored puts a named backup in place of everything the drive has, as the help says.
func restored(t *testing.T, d *drive, dir string) {
	t.Helper()
	named := filepath.Join(t.TempDir(), "friday.db")
	if said, err := d.again("backup", named); err != nil {
		t.Fatalf("got %q, %v", said, err)
	}
	lost, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range lost {
		if err := os.Remove(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Rename(named, filepath.Join(dir, "backup-1.db")); err != nil {
		t.Fatal(err)
	}
	said, err := d.again("status")
	if err != nil || !strings.Contains(said, `"source": "backup"`) || !strings.Contains(said, `"code": "CS301"`) {
		t.Errorf("got %s, %v, want the courses of the backup", said, err)
	}
}
