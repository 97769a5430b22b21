package drive

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/attendance/office"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/stick"
)

func TestAPendriveIsNotHeldInMemory(t *testing.T) {
	dir := t.TempDir()
	for _, p := range stick.Platforms { // 160 MB that take no place
		f, err := os.Create(filepath.Join(dir, p.Program()))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Truncate(32 << 20); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	d := Deps{Programs: dir}
	s := folderOf{school: attendance.School{Zone: time.UTC}, programs: d.programs(), dir: dir}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := s.write(io.Discard); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 16 {
		t.Errorf("got %d MB allocated for 160 MB of programs", got)
	}
}

func TestALinkIsGoodForMinutes(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	seal, err := auth.NewSeal(make([]byte, 32), "test")
	if err != nil {
		t.Fatal(err)
	}
	d := Deps{Tickets: seal, Office: office.Office{Now: func() time.Time { return now }}}
	n := attendance.Node{ID: attendance.Derive("n", nil), ClaimHash: auth.HashClaim("CODE")}
	link, err := d.link(n.ID, "CODE")
	if err != nil {
		t.Fatal(err)
	}
	_, ticket, _ := strings.Cut(link, "ticket=")
	now = now.Add(ticketFor)
	if code, err := d.open(n, ticket); err != nil || code != "CODE" {
		t.Errorf("in time: got %q, %v", code, err)
	}
	now = now.Add(time.Second)
	if _, err := d.open(n, ticket); err == nil {
		t.Error("too late: got in")
	}
}

func TestAFileNameIsPlain(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"Room 204": "room-204", "  Lab & <2> ": "lab-2", "कक्षा": "pendrive", "../../etc": "etc", strings.Repeat("a", 99): strings.Repeat("a", 60)} {
		if got := plainName(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
