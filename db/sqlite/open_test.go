package sqlite_test

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
)

// child runs this program again as one of the children.
func child(t *testing.T, name, dir string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], dir)
	cmd.Env = append(os.Environ(), childEnv+"="+name)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("child %s: %v\n%s", name, err, errs.String())
	}
	return strings.TrimSpace(string(out))
}

func TestASecondProgramOnTheSameFolderIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	if got := child(t, "open", dir); got != "in use" {
		t.Errorf("while it is open: got %q, want in use", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := child(t, "open", dir); got != "opened" {
		t.Errorf("after it was closed: got %q, want opened", got)
	}
}

func TestASecondStoreInTheSameProgramIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open(t, dir, sqlite.Options{})
	_, err := sqlite.Open(t.Context(), dir, sqlite.Options{Now: time.Now, Rand: rand.Reader})
	if !errors.Is(err, sqlite.ErrInUse) {
		t.Errorf("got %v, want ErrInUse", err)
	}
}

func TestTheFilesOfARunningStore(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "odd #name? 100%41", "ü b")
	s := open(t, dir, sqlite.Options{})
	if err := s.InTx(t.Context(), putDevice(t, "one")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, sqlite.Options{}) // a file that was there opens in another order of steps
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got, want := strings.Join(names, " "), "ARISE.txt arise.lock journal-1 probe register.db register.db-wal reserve"; got != want { // no -shm
		t.Errorf("got %q, want %q", got, want)
	}
	if n, err := s.Size(); err != nil || n < 4096 {
		t.Errorf("size: got %d, %v", n, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "register.db-wal")); err == nil && info.Size() > 0 {
		t.Errorf("after closing the write-ahead log has %d bytes, want none", info.Size())
	}
}

// A drive that was pulled has a write-ahead log. Opening it with shared memory would
// need a file that some drivers of FAT cannot map.
func TestAPulledDriveIsOpenedWithoutSharedMemory(t *testing.T) {
	t.Parallel()
	dir, pulled := t.TempDir(), t.TempDir()
	s := open(t, dir, sqlite.Options{})
	append3(t, s)
	if err := os.CopyFS(pulled, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	open(t, pulled, sqlite.Options{})
	if _, err := os.Stat(filepath.Join(pulled, sqlite.FileName+"-shm")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v for the shared memory, want none", err)
	}
}

func TestARestartedStoreKnowsItself(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	before, err := s.Identity(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	append3(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, sqlite.Options{})
	after, err := s.Identity(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if string(after.Key) != string(before.Key) || after.Incarnation != before.Incarnation {
		t.Error("the key or the incarnation changed over a restart")
	}
	if got := waiting(t, s); got != 3 {
		t.Errorf("waiting: got %d, want 3", got)
	}
}

func TestADamagedLogIsMadeAgainFromTheJournal(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]string{
		"a body was changed":   `UPDATE fact SET body = CAST(body || ' ' AS BLOB) WHERE seq = 2`,
		"a line is missing":    `DELETE FROM fact WHERE seq = 2`,
		"the tail is missing":  `DELETE FROM fact WHERE seq = 3; UPDATE identity SET acked_seq = 3`,
		"a hash was exchanged": `UPDATE fact SET hash = zeroblob(32) WHERE seq = 3`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, dir, sqlite.Options{})
			append3(t, s)
			if err := s.Exec(damage); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = open(t, dir, sqlite.Options{})
			if got := waiting(t, s); got != 3 {
				t.Errorf("lines: got %d, want 3", got)
			}
			r := recovery(t, s)
			if r.Source != "journal" || r.FromJournal != 3 || r.Aside != "damaged-1" {
				t.Errorf("got %+v, want 3 lines from the journal", r)
			}
		})
	}
}

func TestAFileThatIsNoRegisterIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, sqlite.FileName), []byte(strings.Repeat("not a database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(t.Context(), dir, sqlite.Options{Now: time.Now, Rand: rand.Reader}); !errors.Is(err, sqlite.ErrDamaged) {
		t.Errorf("got %v, want ErrDamaged", err)
	}
}

func TestNothingGoesOnAfterClose(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), sqlite.Options{})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	nothing := func(context.Context, attendance.Tx) error { return nil }
	for what, err := range map[string]error{
		"InTx": s.InTx(t.Context(), nothing), "View": s.View(t.Context(), nothing),
	} {
		if !errors.Is(err, sqlite.ErrClosed) {
			t.Errorf("%s: got %v, want ErrClosed", what, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing again: got %v", err)
	}
}

func TestQueriesOfAClassUseAnIndex(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), sqlite.Options{})
	for name, sql := range map[string]string{
		"inbox":     `SELECT count(*) FROM fact WHERE (why <> '' OR answer <> '')`,
		"facts":     `SELECT id FROM fact WHERE session_id = x'00' AND why = '' AND (student_id = x'01' OR x'01' IS NULL)`,
		"known":     `SELECT id FROM fact WHERE id = x'00' AND why <> 'hash_conflict'`,
		"clashes":   `SELECT body FROM fact WHERE id = x'00' AND why = 'hash_conflict' ORDER BY seq`,
		"running":   `SELECT * FROM session WHERE closed_ms IS NULL ORDER BY opened_ms, id`,
		"last ord":  `SELECT max(f.ord) FROM fact AS f`,
		"roster":    `SELECT * FROM enrolment AS e JOIN student AS s ON s.id = e.student_id WHERE e.course_id = x'00'`,
		"standings": `SELECT * FROM standing WHERE session_id = x'00' ORDER BY student_id`,
	} {
		got, err := s.Plan(sql)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(got) {
			if strings.HasPrefix(line, "SCAN") && !strings.Contains(line, "INDEX") {
				t.Errorf("%s: got %q, want an index", name, strings.TrimSpace(line))
			}
		}
	}
}
