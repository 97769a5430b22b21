package torture

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/classroom"
)

// run is one fault done to one drive, again and again, with a class in front of it.
type run struct {
	t       testing.TB
	name    string
	school  *school
	history *History
	net     *network
	drive   *drive
	class   *class
	node    attendance.ID
	rules   Rules
	tries   int
	mended  time.Time // when the faults stopped
}

// newRun makes a drive that nobody has started yet; disk nil: on a plain folder.
func newRun(t testing.TB, s *school, name string, disk *Disk) *run {
	t.Helper()
	r := &run{t: t, name: name, school: s, history: newHistory(t, name)}
	c := s.newCourse(t, 60)
	claim, node := s.pair(t, name+" "+c.code, c)
	r.node = node
	r.net = newNetwork(t, s.url, "drive", r.history)
	r.drive = newDrive(t, "drive", r.net.URL, claim, disk)
	r.drive.booted = func() { r.net.life.Add(1) }
	r.class = &class{run: r, course: c, scanner: device("127.0.0.2")}
	return r
}

// newHistory writes history.jsonl where the test's artifacts go.
func newHistory(t testing.TB, name string) *History {
	t.Helper()
	dir := filepath.Join(t.ArtifactDir(), strings.ReplaceAll(name, " ", "-"))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(filepath.Join(dir, "history.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	})
	return NewHistory(file)
}

// begin boots a new drive and waits until it has its roster.
func (r *run) begin() {
	r.t.Helper()
	if err := r.drive.boot(); err != nil {
		r.t.Fatal(err)
	}
	r.ready()
}

// ready waits until the roster is there and the teacher is signed in.
func (r *run) ready() {
	r.t.Helper()
	r.rosterOr(nil)
	eventually(r.t, "the teacher signs in", func() error {
		if !r.drive.signIn(r.class.course.code) {
			return errors.New("not yet")
		}
		return nil
	})
}

// rosterOr waits until the roster is there, or the power is gone. Asking for a course
// that is not there yet would count as guessing.
func (r *run) rosterOr(dark <-chan struct{}) {
	r.t.Helper()
	eventually(r.t, "the roster is there", func() error {
		select {
		case <-dark:
			return nil
		default:
		}
		var st classroom.SyncStatus
		if code := r.drive.browser(http.MethodGet, "/api/sync/status", nil, &st); code != http.StatusOK || st.LastSync == nil {
			return fmt.Errorf("status %d: %+v", code, st)
		}
		return nil
	})
}

// classes holds so many classes from their beginning to their end.
func (r *run) classes(chance *rand.Rand, n int) {
	most := len(r.class.all) + n
	r.class.hold(chance, func() bool { return len(r.class.all) == most && r.class.session.IsZero() })
}

// up notes that the drive is back and what it shows.
func (r *run) up() {
	r.history.Add(Event{Type: Boot, Place: r.drive.place})
	for _, session := range r.class.recent() {
		r.class.shows(Shown, session) // the power may go meanwhile
	}
}

// finish lets everything come to rest, reads both sides and judges.
func (r *run) finish() Report {
	r.t.Helper()
	r.mended = time.Now()
	r.net.misbehave(nil)
	if r.drive.cmd == nil || r.drive.gone() {
		if err := r.drive.boot(); err != nil {
			r.history.Add(Event{Type: Broken, Place: r.drive.place, Said: err.Error()})
			return r.judge()
		}
		r.up()
	}
	r.ready()
	never := func() bool { return false }
	if c := r.class; c.session != (attendance.ID{}) {
		rest := rand.New(rand.NewPCG(1, 1))
		if c.ending && !c.end() || !c.ending && (!c.begin() || !c.mark(rest, never) || !c.end()) {
			r.history.Add(Event{Type: Broken, Place: r.drive.place, Said: "the last class does not come to its end"})
		}
	}
	r.drain()
	if r.rules.Lied { // what the drive forgot comes back with the feed
		eventually(r.t, "the feed is read to its end", func() error {
			if code := r.drive.browser(http.MethodPost, "/api/sync/push", nil, nil); code != http.StatusOK {
				return fmt.Errorf("status %d", code) // the cloud is busy
			}
			return nil
		})
	}
	r.read()
	return r.judge()
}

// drain waits until nothing waits.
func (r *run) drain() {
	r.t.Helper()
	eventually(r.t, "everything is sent", func() error {
		var st classroom.SyncStatus
		if code := r.drive.browser(http.MethodGet, "/api/sync/status", nil, &st); code != http.StatusOK || st.Waiting > 0 || st.LastSync == nil {
			return fmt.Errorf("status %d, %d waiting: %s", code, st.Waiting, st.Attention)
		}
		return nil
	})
	r.history.Add(Event{Type: Drained, Place: r.drive.place, Count: time.Since(r.mended).Milliseconds()})
}

// read notes what both sides hold.
func (r *run) read() {
	r.t.Helper()
	for _, session := range r.class.all {
		if !r.class.shows(Standing, session) {
			r.history.Add(Event{Type: Broken, Place: r.drive.place, Said: "it does not show session " + session.String()})
		}
	}
	r.history.Add(Event{Type: Read, Place: r.drive.place})
	for _, session := range slices.Backward(r.class.all) {
		if got, code := r.class.look(session); code == http.StatusOK { // a drive that was lied to has not every one
			r.roster(r.drive.place, got)
			break
		}
	}
	r.readCloud(r.class.all, r.node)
}

// roster notes a course's roster as a screen shows it.
func (r *run) roster(place string, got register) {
	var lines []string
	for _, st := range got.Students {
		lines = append(lines, fmt.Sprintf("%d %s", st.Roll, st.ID))
	}
	slices.Sort(lines)
	r.history.Add(Event{Type: Roster, Place: place, ID: r.class.course.id, Said: strings.Join(lines, "\n")})
}

// judge checks the history and adds a line to the table.
func (r *run) judge() Report {
	r.t.Helper()
	events, err := r.history.Events()
	if err != nil {
		r.t.Fatal(err)
	}
	report := Check(events, r.rules)
	for i, f := range report.Findings {
		if i == 20 {
			r.t.Logf("and %d more", len(report.Findings)-i)
			break
		}
		r.t.Log(f)
	}
	return report
}

// clears judges a run that must have harmed nobody.
func (r *run) clears() {
	r.t.Helper()
	report := r.finish()
	tell(row{r.name, r.tries, report})
	if len(report.Findings) > 0 {
		r.t.Errorf("%s: %d lost, %d doubled, %d corrupt", r.name, report.Count(Lost), report.Count(Doubled), report.Count(Corrupt))
	}
}
