package sqlite_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
)

func backups(t *testing.T, dir string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "backup*"))
	must(t, err)
	for i := range all {
		all[i] = filepath.Base(all[i])
	}
	return all
}

func TestBackupsTakeTurns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	for n := 1; n <= 5; n++ {
		jot(t, s, 3)
		c, err := s.Backup(t.Context())
		must(t, err)
		if c.Last != int64(3*n) {
			t.Errorf("backup %d: got %d lines, want %d", n, c.Last, 3*n)
		}
		if got := len(backups(t, dir)); got != min(n, 3) {
			t.Errorf("after %d: got %d files", n, got)
		}
	}
	d, err := s.Drive(t.Context())
	must(t, err)
	if d.Backups != 3 || d.BackupErr != nil || time.Since(d.BackupAt) > time.Minute {
		t.Errorf("got %+v", d)
	}
	must(t, s.Close())
	s = open(t, dir, sqlite.Options{})
	if d, err = s.Drive(t.Context()); err != nil || d.Backups != 3 || d.BackupAt.IsZero() {
		t.Errorf("after a restart: got %+v, %v", d, err)
	}
}

func TestAfterAClassABackupIsDue(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	now := time.Now()
	s := open(t, dir, sqlite.Options{Now: func() time.Time { return now }})
	must(t, s.Tend(t.Context()))
	if got := backups(t, dir); len(got) != 0 {
		t.Fatalf("got %v before anything happened", got)
	}
	f := opening(t)
	end := attendance.Fact{ID: newID(t), Kind: attendance.SessionEnded, Node: f.Node, Session: f.Session, ClosedAt: 1, Stamp: f.Stamp}
	must(t, end.Seal())
	must(t, s.InTx(t.Context(), appendFacts(f)))
	must(t, s.Tend(t.Context()))
	if got := backups(t, dir); len(got) != 0 {
		t.Fatalf("got %v while the class runs", got)
	}
	must(t, s.InTx(t.Context(), appendFacts(end)))
	must(t, s.Tend(t.Context()))
	must(t, s.Tend(t.Context()))
	if got := backups(t, dir); len(got) != 1 {
		t.Errorf("got %v after the class, want one", got)
	}
}

func TestALargeBackupWaitsForTheClassesThatRun(t *testing.T) {
	t.Parallel()
	z := small
	z.Quick = 1
	now := time.Now()
	o := &old{now: now}
	s := open(t, t.TempDir(), sqlite.Options{Now: func() time.Time { return o.now }, Sizes: z})
	o.class = classIn(t, s, 6)
	must(t, s.Tend(t.Context())) // of the roster
	if _, err := s.Backup(t.Context()); err != nil {
		t.Fatal(err)
	}
	count := func() int64 {
		d, err := s.Drive(t.Context())
		must(t, err)
		return int64(d.Backups)
	}
	before := count()
	end := func(id attendance.ID) {
		_, err := o.service.Close(t.Context(), o.rao, id)
		must(t, err)
	}
	first, err := o.service.Open(t.Context(), o.rao, attendance.Order{Course: o.course, Kind: attendance.Offline})
	must(t, err)
	end(first.ID)
	second, err := o.service.Open(t.Context(), o.rao, attendance.Order{Course: o.course, Kind: attendance.Offline})
	must(t, err)
	for range 3 {
		must(t, s.Tend(t.Context()))
	}
	if got := count(); got != before {
		t.Errorf("got %d backups while the next class runs, want %d", got, before)
	}
	end(second.ID)
	must(t, s.Tend(t.Context()))
	if got := count(); got != before+1 {
		t.Errorf("got %d backups after the class, want %d", got, before+1)
	}
}

func TestANewRosterIsBackedUpOnceAnHour(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	now := time.Now()
	s := open(t, dir, sqlite.Options{Now: func() time.Time { return now }})
	fd := &feed{store: s, generation: newID(t)}
	for i, want := range []int{1, 1, 2} {
		if i == 2 {
			now = now.Add(time.Hour)
		}
		must(t, fd.apply(t.Context(), []attendance.Change{course(t, "CS301")}))
		must(t, s.Tend(t.Context()))
		if got := backups(t, dir); len(got) != want {
			t.Errorf("round %d: got %v, want %d", i, got, want)
		}
	}
}

// A backup that cannot be read through does not take a good one's place.
func TestABackupThatIsNotGoodDoesNotCount(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	jot(t, s, 3)
	_, err := s.Backup(t.Context())
	must(t, err)
	good, err := os.ReadFile(filepath.Join(dir, "backup-1.db"))
	must(t, err)
	must(t, s.Exec(`UPDATE fact SET body = CAST(replace(CAST(body AS TEXT), 'some', 'SOME') AS BLOB) WHERE seq = 2`))
	if _, err := s.Backup(t.Context()); err == nil {
		t.Error("a backup whose log does not add up was taken for good")
	}
	if got := backups(t, dir); len(got) != 1 {
		t.Errorf("got %v, want the good one alone", got)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "backup-1.db")); err != nil || !bytes.Equal(got, good) {
		t.Errorf("the good one was touched: %v", err)
	}
	if d, err := s.Drive(t.Context()); err != nil || d.BackupErr == nil {
		t.Errorf("got %+v, %v, want it said", d, err)
	}
}

// What the journal has is let go only when the oldest of the backups has it too.
func TestTheJournalIsReusedAfterBackups(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	var facts []attendance.Fact
	for range 12 {
		facts = append(facts, jot(t, s, 60)...) // about half a segment
		_, err := s.Backup(t.Context())
		must(t, err)
		must(t, s.Tend(t.Context()))
	}
	segments, err := filepath.Glob(filepath.Join(dir, "journal-*"))
	must(t, err)
	if len(segments) > 5 {
		t.Errorf("got %d segments, want a few that are used again", len(segments))
	}
	must(t, s.Close())
	must(t, os.Truncate(register(dir), 3000))
	for _, n := range []string{"2", "3"} { // all but one backup are bad as well
		if c, err := sqlite.LastLine(t, filepath.Join(dir, "backup-"+n+".db")); err == nil && c < 720 {
			must(t, os.Truncate(filepath.Join(dir, "backup-"+n+".db"), 100))
		}
	}
	holds(t, open(t, dir, sqlite.Options{}), facts)
}

func TestMarksGoOnWhileABackupIsMade(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), sqlite.Options{})
	stop := make(chan struct{})
	var writers sync.WaitGroup
	var mu sync.Mutex
	var facts []attendance.Fact
	for range 3 {
		writers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				some := jot(t, s, 1)
				mu.Lock()
				facts = append(facts, some...)
				mu.Unlock()
			}
		})
	}
	for range 5 {
		_, err := s.Backup(t.Context())
		must(t, err)
	}
	close(stop)
	writers.Wait()
	holds(t, s, facts)
}
