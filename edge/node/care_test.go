package node_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/arise-attendance/arise/api/classroom"
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
