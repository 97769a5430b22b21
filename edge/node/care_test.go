package node_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/classroom"
	"github.com/arise-attendance/arise/api/pendrive"
	"github.com/arise-attendance/arise/db/sqlite"
	"github.com/arise-attendance/arise/edge/cloudtest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// problem is what a refusal says.
type problem struct {
	Type, Detail string
	Status       int
}

func (p problem) is(kind string) bool { return strings.HasSuffix(p.Type, ":"+kind) }

func TestASafeRemovalSendsWritesAndEnds(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 3)
	c := config(t, cloud.URL)
	var letGo atomic.Bool
	c.LetGo = func() error { letGo.Store(true); return nil }
	d := paired(t, cloud, c)
	session := d.begin(school)
	var no problem
	if code := d.call("POST", "/api/edge/eject", nil, &no); code != http.StatusConflict || !no.is("class-running") {
		t.Fatalf("while a class runs: got %d %+v", code, no)
	}
	d.must("POST", "/api/teacher/session/"+session+"/end", nil, nil)
	var said struct {
		Safe          bool
		Sent, Waiting int
		Message       string
	}
	d.must("POST", "/api/edge/eject", nil, &said)
	if !said.Safe || said.Waiting != 0 || !strings.HasPrefix(said.Message, "Safe to remove") {
		t.Errorf("got %+v, want all of it sent", said)
	}
	if open := openIn(c.Data); len(open) > 0 {
		t.Errorf("it is safe to remove and %v is open", open)
	}
	if !letGo.Load() {
		t.Error("it is safe to remove and the log is open")
	}
	if got := len(cloud.Stored(t)); got != 2 {
		t.Errorf("facts in the cloud: got %d, want 2", got)
	}
	d.ends()
	if info, err := os.Stat(filepath.Join(c.Data, sqlite.FileName+"-wal")); err == nil && info.Size() > 0 {
		t.Errorf("the write-ahead log has %d bytes, want none", info.Size())
	}
	d = start(t, c) // plugged in again
	if st := d.status(); st.Waiting != 0 || !st.Paired {
		t.Errorf("plugged in again: got %+v", st)
	}
}

// openIn are the files of a folder that this program has open; only Linux tells.
func openIn(dir string) (out []string) {
	all, _ := filepath.Glob("/proc/self/fd/*")
	for _, fd := range all {
		if to, err := os.Readlink(fd); err == nil && strings.HasPrefix(to, dir) {
			out = append(out, to)
		}
	}
	return out
}

func TestASafeRemovalDoesNotWaitForACloudThatIsAway(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 3)
	d := paired(t, cloud, config(t, cloud.URL))
	cloud.Close()
	d.begin(school)
	var said struct {
		Safe    bool
		Waiting int
		Message string
	}
	d.must("POST", "/api/edge/eject?force=true", nil, &said)
	if !said.Safe || said.Waiting != 1 || !strings.Contains(said.Message, "1 line on it will go to the cloud") {
		t.Errorf("got %+v, want one line that waits", said)
	}
	d.ends()
}

func TestABackupIsMadeOnRequestAndSaid(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 3)
	c := config(t, cloud.URL)
	d := paired(t, cloud, c)
	d.begin(school)
	var made struct {
		Lines   int
		Message string
	}
	d.must("POST", "/api/edge/backup", nil, &made)
	if st := d.stands(); st.Medium.ReserveBytes == 0 || st.Medium.LastError != "" {
		t.Errorf("got %+v, want a reserve and no failure", st.Medium)
	}
	if made.Lines != 1 || !strings.Contains(made.Message, "1 line,") {
		t.Errorf("got %+v, want the one line there is", made)
	}
	st := d.stands()
	if st.Keeping.Backups == 0 || st.Keeping.LastBackup == nil || st.Keeping.BackupWords != "just now" || st.Keeping.Recovery != nil {
		t.Errorf("got %+v", st.Keeping)
	}
	if _, err := os.Stat(filepath.Join(c.Data, "backup-1.db")); err != nil {
		t.Error(err)
	}
}

// The cloud gives back what neither the backups nor the journal have.
func TestWhatIsLostWithTheDriveComesBackFromTheCloud(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 5)
	c := config(t, cloud.URL)
	d := paired(t, cloud, c)
	d.must("POST", "/api/edge/backup", nil, nil) // with the roster, before the class
	session := d.begin(school)
	for _, st := range school.Students[:3] {
		mark := fmt.Sprintf("/api/teacher/session/%s/marks/%s", session, cloudtest.NewID(t))
		d.must("PUT", mark, map[string]any{"student_ids": []any{st.ID}, "status": "present"}, nil)
	}
	d.must("POST", "/api/teacher/session/"+session+"/end", nil, nil)
	d.must("POST", "/api/sync/push", nil, nil)
	d.stop()
	cloud.TellBack(t) // as the cloud does when a drive reads its facts from the start
	must(t, os.Truncate(filepath.Join(c.Data, sqlite.FileName), 5000))
	journals, err := filepath.Glob(filepath.Join(c.Data, "journal-*"))
	must(t, err)
	for _, j := range journals {
		must(t, os.Remove(j))
	}
	for _, n := range []string{"2", "3"} { // those that were made after the class
		_ = os.Remove(filepath.Join(c.Data, "backup-"+n+".db"))
	}
	d = start(t, c)
	d.until("all came back", func(classroom.SyncStatus) bool {
		r := d.stands().Keeping.Recovery
		return r != nil && r.FromCloud == 5
	})
	st := d.stands()
	if r := st.Keeping.Recovery; r.Source != "backup" || r.Aside != "damaged-1" || !strings.Contains(r.Words, "5 from the cloud") {
		t.Errorf("got %+v", r)
	}
	if len(st.Attention) == 0 || !strings.Contains(st.Attention[0], "made again from a backup") {
		t.Errorf("attention: got %q, want what became of it", st.Attention)
	}
	var live struct {
		Students []struct{ Status string }
	}
	d.must("POST", "/api/teacher/login", map[string]string{"course_code": "CS301", "pin": cloudtest.PIN}, nil)
	d.must("GET", "/api/teacher/session/"+session, nil, &live)
	present := 0
	for _, s := range live.Students {
		if s.Status == "present" {
			present++
		}
	}
	if present != 3 {
		t.Errorf("present: got %d, want 3", present)
	}
	if got := len(cloud.Stored(t)); got != 5 {
		t.Errorf("facts in the cloud: got %d, want the 5 there were", got)
	}
}

// With neither a good backup nor a cloud a class can still be read, and the page says
// what to do.
func TestFromTheJournalAloneThePageSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 5)
	c := config(t, cloud.URL)
	d := paired(t, cloud, c)
	session := d.begin(school)
	d.must("POST", "/api/teacher/session/"+session+"/end", nil, nil)
	d.stop()
	cloud.Close()
	files, err := filepath.Glob(filepath.Join(c.Data, "*.db*"))
	must(t, err)
	for _, f := range files {
		must(t, os.Remove(f))
	}
	d = start(t, c)
	st := d.stands()
	if !st.Paired || st.Name != "Room 204" || len(st.Courses) != 0 || st.Cloud.Waiting != 2 {
		t.Errorf("got %+v, want a paired drive with its 2 lines and no course", st)
	}
	if len(st.Attention) == 0 || !strings.Contains(strings.Join(st.Attention, " "), "come back from the cloud") {
		t.Errorf("attention: got %q, want the way out", st.Attention)
	}
}

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
