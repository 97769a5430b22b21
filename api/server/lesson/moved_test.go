package lesson

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/server/porttest"
)

// move is the pendrive pulled out of one computer in mid-class and plugged into
// another: its folder has another path there, and the program another port.
func (p *pendrive) move() {
	p.s.t.Helper()
	p.proc.kill()
	dir := filepath.Join(p.s.t.TempDir(), "elsewhere")
	if err := os.Rename(p.dir, dir); err != nil {
		p.s.t.Fatal(err)
	}
	port := porttest.Free(p.s.t)
	p.dir, p.url = dir, fmt.Sprintf("http://127.0.0.1:%d", port)
	p.env = []string{ // no claim code: it is who it was
		"CLOUD_SERVER_URL=" + p.s.net.URL, "ARISE_EDGE_DATA=" + dir, fmt.Sprintf("ARISE_EDGE_LISTEN=0.0.0.0:%d", port),
		"ARISE_EDGE_ALLOW_LEGACY=1", "SYNC_INTERVAL_SECONDS=2",
	}
	p.start()
}

// A laptop's battery dies in mid-class. The pendrive goes into the next one.
func TestAClassGoesOnWhenThePendriveMovesToAnotherComputer(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	drive := s.plugIn(s.claim)
	code := courseCodes(t, drive.url)[0]
	te := signIn(t, drive.url, code)
	session := te.begin("").Session.ID
	s.net.cut.Store(true)
	sc := newScanner(drive.url, "127.0.0.1", "AA:BB:CC:00:11:22")
	sc.ready(t, code)
	for roll := 1; roll <= 20; roll++ {
		sc.touch(roll)
	}
	te.mark(session, uuid(1), "absent", te.look(session).student(t, 50))
	before := te.look(session)

	pulled := time.Now()
	drive.move()
	sc.base = drive.url // as mDNS tells it
	sc.ready(t, code)   // the same class
	te = signIn(t, drive.url, code)
	for roll, want := range before.byRoll() {
		if got := te.look(session).byRoll()[roll]; got != want {
			t.Errorf("roll %d on the other computer: got %q, want %q", roll, got, want)
		}
	}
	for roll := 15; roll <= 60; roll++ { // some put their finger down again
		sc.touch(roll)
	}
	if took := time.Since(pulled); took > time.Minute {
		t.Errorf("got the class going again after %v, want within a minute", took)
	}
	after := te.look(session)
	if !after.Session.IsActive || after.Session.ID != session || after.Counts.Present != 59 {
		t.Errorf("got %+v of %+v, want the same class with 59 present", after.Counts, after.Session)
	}
	s.net.cut.Store(false)
	drive.drained(30 * time.Second)
	te.must("POST", "/api/teacher/session/"+session+"/end", nil, nil)
	drive.drained(30 * time.Second)
	s.everyScanIsInPostgresOnce(t, session, sc)
	s.standingsAre(t, session, te.look(session))
	s.toldByTwoClocks(t, session, pulled)
}

// toldByTwoClocks wants the marks of both computers in one log, each by the uptime of
// its own computer, and none on the wrong side of the move.
func (s *school) toldByTwoClocks(t *testing.T, session string, pulled time.Time) {
	t.Helper()
	var segments, wrong, late int
	err := s.db.QueryRow(t.Context(), `
		SELECT count(DISTINCT convert_from(f.body, 'UTF8')::jsonb ->> 'segment'),
			count(*) FILTER (WHERE (e.roll <= 20) <> (f.effective_at < $2) OR f.effective_at > now()),
			(SELECT count(*) FROM standing WHERE session_id = $1 AND status = 'late')
		FROM fact f
		JOIN session s ON s.id = f.session_id
		JOIN enrolment e ON e.course_id = s.course_id AND e.student_id = f.student_id
		WHERE f.session_id = $1 AND f.kind = 'mark.seen'`, session, pulled).Scan(&segments, &wrong, &late)
	if err != nil || segments != 2 || wrong != 0 || late != 0 {
		t.Errorf("got %d segments, %d marks at a wrong time and %d late, %v, want 2 and none", segments, wrong, late, err)
	}
}
