package torture

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mutant is the pendrive with a mistake in it. Its source is altered while it is
// built and nowhere else, so that nothing of it can ship.
type mutant struct {
	says  string
	edits []edit
}

type edit struct{ file, from, to string }

// unsynced lets the second copy of the log go where the first goes; with a synced one
// what the register loses is taken back.
var unsynced = edit{"db/sqlite/journal/journal.go", "	return s.file.Sync()\n", "	return nil\n"}

// mutants are mistakes that somebody could make in good faith.
var mutants = []mutant{
	{"synchronous=NORMAL", []edit{
		{"db/sqlite/open.go", `{"synchronous", "2"}`, `{"synchronous", "1"}`},
		{"db/sqlite/open.go", `"_synchronous": {"FULL"}`, `"_synchronous": {"NORMAL"}`},
		unsynced,
	}},
	// With the exclusive lock SQLite keeps its journal and wipes its head durably; it is
	// deleting the file that nobody syncs.
	{"journal_mode=DELETE", []edit{
		{"db/sqlite/open.go", `{"journal_mode", "wal"}`, `{"journal_mode", "delete"}`},
		{"db/sqlite/open.go", `"_journal_mode": {"WAL"}`, `"_journal_mode": {"DELETE"}`},
		{"db/sqlite/open.go", `{"locking_mode", "exclusive"}`, `{"locking_mode", "normal"}`},
		{"db/sqlite/open.go", `err := preallocate(s.path+"-wal", s.opt.Sizes.WAL)`, `err := error(nil)`},
		unsynced,
	}},
	{"acknowledged before the commit", []edit{
		{"db/sqlite/group.go", "	<-g.done\n", "\n"},
		{"db/sqlite/group.go", `	if g := s.group; g != nil &&
		(s.queue.Load() == 0 || g.size >= groupSize || s.opt.Now().Sub(g.begun) >= groupFor) {
		s.commit()
	}
`, `	if g := s.group; g != nil {
		time.AfterFunc(3*time.Millisecond, func() {
			s.turn.Lock()
			if s.group == g {
				s.commit()
			}
			s.pass()
		})
	}
`},
	}},
}

// build compiles the mutant. An edit that finds nothing to alter is a failure: the
// code has moved on, and the mutant with it.
func (m mutant) build(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	texts := map[string]string{}
	for _, e := range m.edits {
		path, err := filepath.Abs(filepath.Join("../..", filepath.FromSlash(e.file)))
		if err != nil {
			t.Fatal(err)
		}
		if texts[path] == "" {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			texts[path] = string(raw)
		}
		if n := strings.Count(texts[path], e.from); n != 1 {
			t.Fatalf("%s: %q is there %d times, want once: bring the mutant up to date", e.file, e.from, n)
		}
		texts[path] = strings.Replace(texts[path], e.from, e.to, 1)
	}
	overlay := map[string]string{}
	for path, text := range texts {
		altered := filepath.Join(dir, filepath.Base(path))
		if err := os.WriteFile(altered, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		overlay[path] = altered
	}
	raw, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(dir, "edge")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-overlay", list, "-o", bin, "../../edge")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return bin
}

// foundOut cuts the power of a mutant until it has lost something.
func (m mutant) foundOut(t *testing.T, s *school, most int) {
	t.Helper()
	chance := rand.New(rand.NewPCG(3, 512))
	r := newRun(t, s, "mutant: "+m.says, NewDisk())
	r.drive.bin = m.build(t)
	r.begin()
	var report Report
	for range most {
		if !r.cut(chance, Drop, moment{step: 1 + chance.IntN(300)}) {
			break
		}
		if err := r.drive.boot(); err != nil {
			r.history.Add(Event{Type: Broken, Place: r.drive.place, Said: err.Error()})
			break
		}
		r.up()
		events, err := r.history.Events()
		if err != nil {
			t.Fatal(err)
		}
		if report = Check(events, Rules{Drill: true}); report.Count(Lost) > 0 {
			break
		}
	}
	report.Mutant = true
	tell(row{r.name, r.tries, report})
	if report.Count(Lost) == 0 {
		t.Errorf("after %d cuts nothing was lost: %v", r.tries, report.Findings)
	}
}
