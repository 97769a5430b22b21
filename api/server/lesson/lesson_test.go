package lesson

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// uuid is a client's own id for a gesture; the number tells gestures apart.
func uuid(n int) string { return fmt.Sprintf("01939b3c-0000-7000-8000-%012x", n) }

// The promise of the product in one test: a class without internet, the plug
// pulled in the middle, the network back with a reply lost, and every mark that
// was acknowledged is in Postgres once.
func TestALessonWithoutInternetReachesPostgresOnce(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	drive := s.plugIn(s.claim)
	code := courseCodes(t, drive.url)[0]
	edge := signIn(t, drive.url, code)
	cloud := signIn(t, s.cloud, code)

	first := edge.begin("")
	session := first.Session.ID
	drive.drained(30 * time.Second)
	other, _ := s.replica() // the page is open at a server that the pendrive never speaks to
	watching := signIn(t, other, code).follow(session)

	s.net.cut.Store(true)
	sc := newScanner(drive.url, "127.0.0.1", "AA:BB:CC:00:11:22")
	sc.ready(t, code)
	scanSixty(t, sc, drive)
	byHand(t, edge, first)

	before := edge.look(session)
	if before.Sync.State != "offline" || before.Sync.Waiting == 0 {
		t.Errorf("got sync %+v without a network, want offline with marks waiting", before.Sync)
	}
	watching.shows(t, time.Second, "nothing yet of what the cloud cannot know", func(sn snapshot) bool { return sn.Sources.Scanner == 0 })

	s.net.lose.Store(1) // the first reply is lost after the cloud has stored the batch
	s.net.cut.Store(false)
	drive.drained(60 * time.Second)
	if s.net.lost.Load() != 1 || s.net.uploads.Load() < 3 {
		t.Errorf("got %d uploads and %d lost replies, want a batch sent twice", s.net.uploads.Load(), s.net.lost.Load())
	}

	watching.shows(t, 30*time.Second, "every mark", func(sn snapshot) bool {
		return sn.Counts.Unmarked == 0 && sn.Sources.Scanner > 0
	})
	edge.must("POST", "/api/teacher/session/"+session+"/end", nil, nil)
	drive.drained(30 * time.Second)
	watching.shows(t, 30*time.Second, "the end", func(sn snapshot) bool { return !sn.Session.IsActive })

	s.everyScanIsInPostgresOnce(t, session, sc)
	s.standingsAre(t, session, edge.look(session))
	sameRegister(t, edge, cloud, session)
	drive.proc.stop()
	s.program.stop()
}

// scanSixty lets eight connections touch sixty fingers and pulls the plug on the
// pendrive half way.
func scanSixty(t *testing.T, sc *scanner, drive *pendrive) {
	t.Helper()
	rolls := make(chan int)
	half := make(chan struct{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for roll := range rolls {
				sc.touch(roll)
			}
		})
	}
	wg.Go(func() {
		<-half
		drive.proc.kill()
	})
	for roll := 1; roll <= 60; roll++ {
		if roll == 30 {
			close(half)
		}
		rolls <- roll
	}
	close(rolls)
	wg.Wait()
	drive.start()
	eventually(t, 30*time.Second, "the scanner's queue is empty", func() error {
		if !sc.flush() {
			return fmt.Errorf("%d queued", len(sc.queue))
		}
		return nil
	})
	for roll := 1; roll <= 60; roll++ {
		if said := sc.acked[roll]; said == "" || strings.HasPrefix(said, "refused") || said == "Not Enrolled" {
			t.Errorf("roll %d: the scanner was told %q", roll, said)
		}
	}
}

// byHand is five gestures of the teacher, two of them taken back; one is sent
// twice, as a page does that lost the answer.
func byHand(t *testing.T, te *teacher, sn snapshot) {
	t.Helper()
	session := sn.Session.ID
	te.mark(session, uuid(1), "absent", sn.student(t, 7))
	te.mark(session, uuid(2), "excused", sn.student(t, 8))
	te.mark(session, uuid(3), "late", sn.student(t, 9))
	te.mark(session, uuid(4), "absent", sn.student(t, 10))
	te.mark(session, uuid(5), "duty", sn.student(t, 11), sn.student(t, 12))
	te.mark(session, uuid(5), "duty", sn.student(t, 11), sn.student(t, 12))
	te.undo(session, uuid(4))
	te.undo(session, uuid(5))
	te.undo(session, uuid(5))
	got := te.look(session).byRoll()
	for roll, want := range map[int]string{7: "absent", 8: "excused", 9: "late", 10: "present", 11: "present", 12: "present"} {
		if got[roll] != want {
			t.Errorf("roll %d: got %q, want %q", roll, got[roll], want)
		}
	}
}

func (s *school) everyScanIsInPostgresOnce(t *testing.T, session string, sc *scanner) {
	t.Helper()
	rows, err := s.db.Query(t.Context(), `
		SELECT e.roll, count(f.id) FROM enrolment e
		JOIN session s ON s.course_id = e.course_id AND s.id = $1
		LEFT JOIN fact f ON f.session_id = s.id AND f.student_id = e.student_id AND f.kind = 'mark.seen'
		GROUP BY e.roll ORDER BY e.roll`, session)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for rows.Next() {
		var roll, facts int
		if err := rows.Scan(&roll, &facts); err != nil {
			t.Fatal(err)
		}
		if sc.acked[roll] != "" && facts != 1 {
			t.Errorf("roll %d was acknowledged: got %d facts in Postgres, want 1", roll, facts)
		}
		n++
	}
	if err := rows.Err(); err != nil || n != 60 {
		t.Errorf("got %d students, %v, want 60", n, err)
	}
	var parked int
	if err := s.db.QueryRow(t.Context(), `SELECT count(*) FROM inbox`).Scan(&parked); err != nil || parked != 0 {
		t.Errorf("got %d facts in the inbox, %v, want none", parked, err)
	}
}

func (s *school) standingsAre(t *testing.T, session string, want snapshot) {
	t.Helper()
	for _, st := range want.Students {
		var got string
		err := s.db.QueryRow(t.Context(), `SELECT status FROM standing WHERE session_id = $1 AND student_id = $2`, session, st.ID).Scan(&got)
		if err != nil || got != st.Status {
			t.Errorf("roll %d: Postgres says %q, %v, the pendrive shows %q", st.Roll, got, err, st.Status)
		}
	}
}

// sameRegister compares the two exports cell by cell.
func sameRegister(t *testing.T, a, b *teacher, session string) {
	t.Helper()
	var x, y [][]string
	eventually(t, 30*time.Second, "both exports are equal", func() error {
		x, y = a.export(session), b.export(session)
		if slices.EqualFunc(x, y, slices.Equal) {
			return nil
		}
		return fmt.Errorf("%d and %d rows, the first %q and %q", len(x), len(y), x[min(1, len(x)-1)], y[min(1, len(y)-1)])
	})
	if len(x) != 66 || len(x[0]) < 5 {
		t.Errorf("got %d rows of %d columns, want 60 students between 3 lines of titles and 3 of totals, and past sessions too", len(x), len(x[0]))
	}
}

// Two classes at once, each with its own original scanner, which know nothing
// but rolls: roll 5 here is not roll 5 there.
func TestTwoScannersInTwoClassesNeverMix(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	drive := s.plugIn(s.claim)
	codes := courseCodes(t, drive.url)
	one, two := signIn(t, drive.url, codes[0]), signIn(t, drive.url, codes[1])
	a := newScanner(drive.url, "127.0.0.2", "AA:00:00:00:00:02")
	b := newScanner(drive.url, "127.0.0.3", "AA:00:00:00:00:03")
	for _, sc := range []*scanner{a, b} {
		if err := sc.beat(); err != nil {
			t.Fatal(err)
		}
	}
	device := func(mac string) string {
		var got struct {
			Devices []struct {
				ID  string `json:"id"`
				MAC string `json:"mac_address"`
			}
		}
		one.must("GET", "/api/teacher/device-status", nil, &got)
		for _, d := range got.Devices {
			if d.MAC == mac {
				return d.ID
			}
		}
		t.Fatalf("no scanner %s among %+v", mac, got.Devices)
		return ""
	}
	first, second := one.begin(device(a.mac)), two.begin(device(b.mac))
	a.ready(t, codes[0])
	b.ready(t, codes[1])

	var wg sync.WaitGroup
	for roll := 1; roll <= 40; roll++ {
		wg.Go(func() { a.touch(roll) })
		wg.Go(func() { b.touch(roll + 20) })
	}
	wg.Wait()
	for _, c := range []struct {
		te       *teacher
		session  string
		from, to int
	}{{one, first.Session.ID, 1, 40}, {two, second.Session.ID, 21, 60}} {
		for roll, status := range c.te.look(c.session).byRoll() {
			want := "unmarked"
			if roll >= c.from && roll <= c.to {
				want = "present"
			}
			if status != want {
				t.Errorf("%s roll %d: got %q, want %q", c.te.code, roll, status, want)
			}
		}
	}
}

// A scanner that lost its Wi-Fi in one class and comes back in the next says only
// rolls. They are not credited to the class that happens to run.
func TestAQueueFromTheClassBeforeIsNotCredited(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	drive := s.plugIn(s.claim)
	codes := courseCodes(t, drive.url)
	before, after := signIn(t, drive.url, codes[0]), signIn(t, drive.url, codes[1])
	sc := newScanner(drive.url, "127.0.0.1", "AA:00:00:00:00:01")
	if err := sc.beat(); err != nil {
		t.Fatal(err)
	}
	gone := before.begin("")
	sc.ready(t, codes[0])
	sc.queue = []int{7, 8} // its Wi-Fi is away; the class ends and the next begins
	before.must("POST", "/api/teacher/session/"+gone.Session.ID+"/end", nil, nil)
	now := after.begin("")
	if active, name, err := sc.poll(); err != nil || !active || name != codes[1] {
		t.Fatalf("got %v %q %v, want the class that runs", active, name, err)
	}
	if !sc.flush() {
		t.Error("the scanner kept its queue: it would send it into every later class")
	}
	sn := after.look(now.Session.ID)
	if sn.Counts.Present != 0 {
		t.Errorf("got %d present in the class that runs, want none", sn.Counts.Present)
	}
	drive.drained(30 * time.Second)
	var kept int
	if err := s.db.QueryRow(t.Context(), `SELECT count(*) FROM inbox WHERE reason = 'unplaced'`).Scan(&kept); err != nil || kept != 2 {
		t.Errorf("got %d scans in the cloud's inbox, %v, want both kept for a person", kept, err)
	}
	sc.queue = []int{5} // from now on its queue can only belong to this class
	if !sc.flush() {
		t.Error("the scanner kept its queue")
	}
	if got := after.look(now.Session.ID).byRoll()[5]; got != "present" {
		t.Errorf("roll 5: got %q, want present", got)
	}
}
