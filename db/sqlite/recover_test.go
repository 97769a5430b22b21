package sqlite_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
)

// pulled is a copy of a running store's folder: what a drive holds whose plug was
// pulled.
func pulled(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

func register(dir string) string { return filepath.Join(dir, sqlite.FileName) }

// overwrite changes bytes of a file in place.
func overwrite(t *testing.T, path string, off int64, with []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(with, off)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// holds fails unless the log has exactly these facts, with the bodies they had.
func holds(t *testing.T, s *sqlite.Store, want []attendance.Fact) {
	t.Helper()
	must(t, s.Rewind(t.Context(), 1))
	up := pending(t, s, 10_000)
	here := map[attendance.ID][]byte{}
	for _, f := range up.Facts {
		here[f.ID] = f.Body
	}
	if len(up.Facts) != len(want) {
		t.Errorf("lines: got %d, want %d", len(up.Facts), len(want))
	}
	for _, f := range want {
		if !bytes.Equal(here[f.ID], f.Body) {
			t.Errorf("fact %s: got body %q, want %q", f.ID, here[f.ID], f.Body)
		}
	}
	if err := s.Ack(t.Context(), receipt(up), noFold); err != nil { // the chain holds
		t.Error(err)
	}
	must(t, s.Sound())
}

// jot appends so many notes, each in a commit of its own.
func jot(t *testing.T, s *sqlite.Store, n int) []attendance.Fact {
	t.Helper()
	out := make([]attendance.Fact, n)
	for i := range out {
		out[i] = note(t, "a note that takes some room in the file, so that there are pages to damage")
		must(t, s.InTx(t.Context(), appendFacts(out[i])))
	}
	return out
}

// Whatever happens to the register's file, every fact that was acknowledged comes
// back with its id and body: from the journal alone, or from a backup and the journal.
func TestADamagedRegisterIsMadeAgain(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(t *testing.T, dir string){
		"the write-ahead log is gone": func(t *testing.T, dir string) { must(t, os.Remove(register(dir)+"-wal")) },
		"the register is gone":        func(t *testing.T, dir string) { must(t, os.Remove(register(dir))) },
		"both are gone": func(t *testing.T, dir string) {
			must(t, errors.Join(os.Remove(register(dir)), os.Remove(register(dir)+"-wal")))
		},
		"the register is empty":         func(t *testing.T, dir string) { must(t, os.Truncate(register(dir), 0)) },
		"the register is cut at a page": func(t *testing.T, dir string) { must(t, os.Truncate(register(dir), 8*4096)) },
		"the register is cut in a page": func(t *testing.T, dir string) { must(t, os.Truncate(register(dir), 5000)) },
		"its first page is zero":        func(t *testing.T, dir string) { overwrite(t, register(dir), 0, make([]byte, 4096)) },
		"it is something else":          func(t *testing.T, dir string) { overwrite(t, register(dir), 0, bytes.Repeat([]byte("x"), 20_000)) },
		"the marker is gone as well": func(t *testing.T, dir string) {
			must(t, errors.Join(os.Remove(register(dir)), os.Remove(filepath.Join(dir, "ARISE.txt"))))
		},
		"the end of the log file is cut": func(t *testing.T, dir string) {
			must(t, os.Truncate(register(dir)+"-wal", size(t, register(dir)+"-wal")/3))
		},
	} {
		for _, backup := range []bool{false, true} {
			t.Run(name+map[bool]string{true: ", with a backup", false: ""}[backup], func(t *testing.T) {
				t.Parallel()
				running := t.TempDir()
				s := open(t, running, sqlite.Options{})
				facts := jot(t, s, 30)
				if backup {
					_, err := s.Backup(t.Context())
					must(t, err)
				}
				facts = append(facts, jot(t, s, 10)...)
				before, err := s.Identity(t.Context())
				must(t, err)
				dir := pulled(t, running)
				damage(t, dir)
				s = open(t, dir, sqlite.Options{})
				after, err := s.Identity(t.Context())
				must(t, err)
				if !bytes.Equal(before.Key, after.Key) {
					t.Error("it has another key: the cloud would not know it")
				}
				d, err := s.Drive(t.Context())
				must(t, err)
				if r := d.Recovery; r != nil && r.Source != "register" {
					if (r.Source == "backup") != backup || r.Kept+r.FromJournal != 40 {
						t.Errorf("got %+v", r)
					}
					if before.Incarnation == after.Incarnation {
						t.Error("a register that was made again goes on under the old incarnation")
					}
				}
				holds(t, s, facts)
				more := jot(t, s, 3)
				must(t, s.Close())
				s = open(t, dir, sqlite.Options{})
				holds(t, s, append(facts, more...))
			})
		}
	}
}

// A drive that only says that it has written leaves a register that is sound and old.
// What lies between is in the backup, and not in the journal any more.
func TestARegisterThatIsOlderThanItsBackupIsMadeAgainFromIt(t *testing.T) {
	t.Parallel()
	for name, later := range map[string]func(t *testing.T, s *sqlite.Store) []attendance.Fact{
		"lines": func(t *testing.T, s *sqlite.Store) []attendance.Fact { return jot(t, s, 30) },
		"the roster": func(t *testing.T, s *sqlite.Store) []attendance.Fact {
			rows := []attendance.Change{course(t, "CS301")}
			must(t, s.Apply(t.Context(), attendance.Page{Generation: newID(t), Rev: 1, Snapshot: true, Changes: rows, Digest: (&feed{}).digest(rows)}))
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, dir, sqlite.Options{})
			facts := jot(t, s, 10)
			must(t, s.Close())
			old, err := os.ReadFile(register(dir))
			must(t, err)
			s = open(t, dir, sqlite.Options{})
			facts = append(facts, later(t, s)...)
			_, err = s.Backup(t.Context())
			must(t, err)
			facts = append(facts, jot(t, s, 5)...)
			must(t, s.Close())
			must(t, os.WriteFile(register(dir), old, 0o600))
			s = open(t, dir, sqlite.Options{})
			d, err := s.Drive(t.Context())
			must(t, err)
			if d.Recovery == nil || d.Recovery.Source != "backup" || d.Recovery.Kept+d.Recovery.FromJournal != int64(len(facts)) {
				t.Errorf("got %+v, want the backup", d.Recovery)
			}
			if n, err := s.Count("course"); name == "the roster" && (n == 0 || err != nil) {
				t.Errorf("got %d courses, %v, want those of the backup", n, err)
			}
			holds(t, s, facts)
		})
	}
}

// Zeroed pages anywhere, one after the other.
func TestAPageOfZerosAnywhereLosesNothing(t *testing.T) {
	t.Parallel()
	running := t.TempDir()
	s := open(t, running, sqlite.Options{})
	facts := jot(t, s, 120)
	must(t, s.Close())
	pages := size(t, register(running)) / 4096
	for page := int64(0); page < pages; page += 3 * int64(sparse()) {
		dir := pulled(t, running)
		overwrite(t, register(dir), page*4096, make([]byte, 4096))
		must(t, os.Remove(filepath.Join(dir, "probe"))) // it did not end in order
		s := open(t, dir, sqlite.Options{})
		holds(t, s, facts)
		must(t, s.Close())
	}
}

func TestDamagedFilesAreKeptAside(t *testing.T) {
	t.Parallel()
	running := t.TempDir()
	s := open(t, running, sqlite.Options{})
	jot(t, s, 5)
	dir := pulled(t, running)
	bad := bytes.Repeat([]byte("no database "), 1000)
	for round := 1; round <= 2; round++ {
		must(t, os.WriteFile(register(dir), bad, 0o600))
		must(t, os.WriteFile(register(dir)+"-wal", []byte("its log"), 0o600))
		s = open(t, dir, sqlite.Options{})
		if got := recovery(t, s).Aside; got != map[int]string{1: "damaged-1", 2: "damaged-2"}[round] {
			t.Errorf("round %d: set aside in %q", round, got)
		}
		must(t, s.Close())
	}
	for _, name := range []string{"damaged-1", "damaged-2"} {
		if got, err := os.ReadFile(filepath.Join(dir, name, sqlite.FileName)); err != nil || !bytes.Equal(got, bad) {
			t.Errorf("%s: got %d bytes, %v, want the file as it was", name, len(got), err)
		}
		if got, err := os.ReadFile(filepath.Join(dir, name, sqlite.FileName+"-wal")); err != nil || string(got) != "its log" {
			t.Errorf("%s: got %q, %v, want the write-ahead log beside it", name, got, err)
		}
	}
}

// The plug can be pulled while a register is being made again.
func TestARecoveryThatWasCutGoesOn(t *testing.T) {
	t.Parallel()
	running := t.TempDir()
	s := open(t, running, sqlite.Options{})
	facts := jot(t, s, 20)
	_, err := s.Backup(t.Context())
	must(t, err)
	facts = append(facts, jot(t, s, 5)...)
	for name, cut := range map[string]func(t *testing.T, dir string){
		"after the file was moved and before its log was": func(t *testing.T, dir string) {
			must(t, os.Mkdir(filepath.Join(dir, "damaged-1"), 0o700))
			must(t, os.Rename(register(dir), filepath.Join(dir, "damaged-1", sqlite.FileName)))
		},
		"while the backup was copied": func(t *testing.T, dir string) {
			must(t, errors.Join(os.Remove(register(dir)), os.Remove(register(dir)+"-wal")))
			must(t, os.WriteFile(register(dir)+".new", []byte("half"), 0o600))
		},
		"after the backup was copied": func(t *testing.T, dir string) {
			must(t, os.Remove(register(dir)+"-wal"))
			raw, err := os.ReadFile(filepath.Join(dir, "backup-1.db"))
			must(t, err)
			must(t, os.WriteFile(register(dir), raw, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := pulled(t, running)
			cut(t, dir)
			holds(t, open(t, dir, sqlite.Options{}), facts)
		})
	}
}

func TestABadBackupIsPassedOver(t *testing.T) {
	t.Parallel()
	running := t.TempDir()
	s := open(t, running, sqlite.Options{})
	var facts []attendance.Fact
	for range 3 {
		facts = append(facts, jot(t, s, 10)...)
		_, err := s.Backup(t.Context())
		must(t, err)
	}
	facts = append(facts, jot(t, s, 10)...)
	for name, row := range map[string]struct {
		damage func(t *testing.T, dir string)
		kept   int64
	}{
		"the newest is cut":  {func(t *testing.T, dir string) { must(t, os.Truncate(filepath.Join(dir, "backup-3.db"), 9000)) }, 20},
		"a body was changed": {func(t *testing.T, dir string) { change1(t, filepath.Join(dir, "backup-3.db")) }, 20},
		"the newest two are bad": {func(t *testing.T, dir string) {
			change1(t, filepath.Join(dir, "backup-3.db"))
			must(t, os.Truncate(filepath.Join(dir, "backup-2.db"), 0))
		}, 10},
		"none is good": {func(t *testing.T, dir string) {
			for _, n := range []string{"1", "2", "3"} {
				must(t, os.Truncate(filepath.Join(dir, "backup-"+n+".db"), 100))
			}
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			dir := pulled(t, running)
			must(t, os.Truncate(register(dir), 3000))
			row.damage(t, dir)
			s := open(t, dir, sqlite.Options{})
			if r := recovery(t, s); r.Kept != row.kept || r.FromJournal != 40-row.kept {
				t.Errorf("got %+v, want %d from the backup", r, row.kept)
			}
			holds(t, s, facts)
		})
	}
}

// change1 flips a bit in the text of every fact: SQLite leaves old copies of rows
// in its pages, in which a single flip would change nothing.
func change1(t *testing.T, path string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	must(t, err)
	bad := bytes.ReplaceAll(raw, []byte("takes some room"), []byte("takes Some room"))
	if bytes.Equal(bad, raw) {
		t.Fatal("no fact in the file")
	}
	must(t, os.WriteFile(path, bad, 0o600))
}

func TestWithNothingLeftTheFolderIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	jot(t, s, 5)
	must(t, s.Close())
	must(t, os.Truncate(register(dir), 3000))
	must(t, os.Remove(filepath.Join(dir, "journal-1")))
	for range 2 {
		if _, err := sqlite.Open(t.Context(), dir, sqlite.Options{Now: time.Now, Rand: rand.Reader}); !errors.Is(err, sqlite.ErrDamaged) {
			t.Errorf("got %v, want ErrDamaged", err)
		}
	}
	if got := size(t, register(dir)); got != 3000 {
		t.Errorf("the damaged file has %d bytes now, want it left alone", got)
	}
}

// The journal is on the same drive: it may be what was damaged.
func TestALostJournalIsWrittenAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	facts := jot(t, s, 20)
	must(t, s.Close())
	must(t, os.Remove(filepath.Join(dir, "journal-1")))
	s = open(t, dir, sqlite.Options{})
	must(t, s.Close())
	must(t, os.Truncate(register(dir), 3000))
	s = open(t, dir, sqlite.Options{})
	if r := recovery(t, s); r.Source != "journal" || r.FromJournal != 20 {
		t.Errorf("got %+v, want all from the journal", r)
	}
	holds(t, s, facts)
}

func TestAnotherPendrivesJournalIsNotTakenIn(t *testing.T) {
	t.Parallel()
	other, dir := t.TempDir(), t.TempDir()
	s := open(t, other, sqlite.Options{})
	jot(t, s, 5)
	must(t, s.Close())
	s = open(t, dir, sqlite.Options{})
	facts := jot(t, s, 4)
	must(t, s.Close())
	raw, err := os.ReadFile(filepath.Join(other, "journal-1"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "journal-1"), raw, 0o600))
	holds(t, open(t, dir, sqlite.Options{}), facts)
}

// An older copy of the register's file, put back by whatever: the journal has the rest,
// line for line, so the cloud sees the log it knows.
func TestARegisterThatWasSetBackIsTheSameAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	facts := jot(t, s, 10)
	must(t, s.Close())
	old, err := os.ReadFile(register(dir))
	must(t, err)
	s = open(t, dir, sqlite.Options{})
	facts = append(facts, jot(t, s, 10)...)
	before := pending(t, s, 100)
	must(t, s.Close())
	must(t, os.WriteFile(register(dir), old, 0o600))
	s = open(t, dir, sqlite.Options{})
	after := pending(t, s, 100)
	if after.Incarnation != before.Incarnation || receipt(after).Hash != receipt(before).Hash {
		t.Error("the log is not what it was")
	}
	if r := recovery(t, s); r.Source != "register" || r.Kept != 10 || r.FromJournal != 10 || r.Aside != "" {
		t.Errorf("got %+v, want 10 lines kept and 10 from the journal", r)
	}
	holds(t, s, facts)
}

func TestThePairingComesBackFromTheJournal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	id, err := s.Identity(t.Context())
	must(t, err)
	id.Node, id.Name, id.Institution, id.Cloud = newID(t), "Room 204", "Test College", "https://school.example"
	must(t, s.Claimed(t.Context(), id))
	must(t, s.Close())
	must(t, os.Remove(register(dir)))
	s = open(t, dir, sqlite.Options{})
	got, err := s.Identity(t.Context())
	must(t, err)
	if got.Node != id.Node || got.Name != id.Name || got.Institution != id.Institution || got.Cloud != id.Cloud || !bytes.Equal(got.Key, id.Key) {
		t.Errorf("got %+v, want %+v", got, id)
	}
	if got.Incarnation == id.Incarnation {
		t.Error("it goes on under the old incarnation")
	}
}
