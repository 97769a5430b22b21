package journal_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/arise-attendance/arise/db/sqlite/journal"
)

// small segments come to their end soon.
var small = journal.Options{Segment: 64 << 10}

func lines(t testing.TB, from, n int) []journal.Line {
	t.Helper()
	out := make([]journal.Line, n)
	for i := range out {
		l := journal.Line{Seq: int64(from + i), Body: fmt.Appendf(nil, `{"line":%d,"text":%q}`, from+i, strings.Repeat("x", (from+i)*37%500))}
		if _, err := rand.Read(l.ID[:]); err != nil {
			t.Fatal(err)
		}
		if _, err := rand.Read(l.Hash[:]); err != nil {
			t.Fatal(err)
		}
		if i%5 == 3 {
			l.Why = "unplaced"
		}
		out[i] = l
	}
	return out
}

func open(t testing.TB, dir string, o journal.Options) (*journal.Journal, journal.Found, []journal.Line) {
	t.Helper()
	var all []journal.Line
	j, found, err := journal.Open(dir, o, func(l journal.Line) error {
		l.Body = bytes.Clone(l.Body)
		all = append(all, l)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j, found, all
}

// written is a folder whose journal holds lines, written in groups of three.
func written(t testing.TB, all []journal.Line, o journal.Options) string {
	t.Helper()
	dir := t.TempDir()
	j, _, _ := open(t, dir, o)
	if err := j.Own([]byte("drive 7")); err != nil {
		t.Fatal(err)
	}
	for group := range slices.Chunk(all, 3) {
		if err := j.Append(group); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func same(a, b journal.Line) bool {
	return a.Seq == b.Seq && a.ID == b.ID && a.Why == b.Why && a.Hash == b.Hash && bytes.Equal(a.Body, b.Body)
}

func check(t *testing.T, what string, got, want []journal.Line) {
	t.Helper()
	if !slices.EqualFunc(got, want, same) {
		t.Errorf("%s: got %d lines, want %d, as they were written", what, len(got), len(want))
	}
}

func TestWhatWasWrittenIsReadInOrder(t *testing.T) {
	t.Parallel()
	all := lines(t, 1, 400) // over several segments
	dir := written(t, all, small)
	_, found, got := open(t, dir, small)
	check(t, "after a restart", got, all)
	if string(found.Owner) != "drive 7" || found.Holes != 0 || found.Last != 400 || found.Lines != 400 {
		t.Errorf("got %+v", found)
	}
}

func TestAnEmptyFolderHasAnEmptyJournal(t *testing.T) {
	t.Parallel()
	j, found, got := open(t, t.TempDir(), small)
	if len(got) != 0 || found.Owner != nil || found.Last != 0 {
		t.Errorf("got %d lines, %+v", len(got), found)
	}
	if err := j.Append(nil); err != nil {
		t.Error(err)
	}
}

func TestTheOwnerIsKnownFromEverySegment(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j, _, _ := open(t, dir, small)
	for i, owner := range []string{"nobody", "drive 7", "drive 7", "drive 8"} {
		if err := j.Own([]byte(owner)); err != nil {
			t.Fatal(err)
		}
		if err := j.Append(lines(t, i*200+1, 200)); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "journal-*"))
	if err != nil || len(files) < 3 {
		t.Fatalf("got %d segments, want several", len(files))
	}
	for _, f := range files[:len(files)-1] { // but one, which is the newest or not
		if err := os.Remove(f); err != nil {
			t.Fatal(err)
		}
	}
	if _, found, _ := open(t, dir, small); len(found.Owner) == 0 {
		t.Error("a single segment does not say whose it is")
	}
}

// The plug can be pulled at any byte: what had been acknowledged before stays.
func TestATornEndLosesOnlyWhatWasBeingWritten(t *testing.T) {
	t.Parallel()
	all := lines(t, 1, 12)
	dir := written(t, all, journal.Options{Segment: 8 << 10})
	path := filepath.Join(dir, "journal-1")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	end := (int64(len(bytes.TrimRight(whole, "\x00"))) + 7) / 8 * 8
	ends := []int64{} // of each line's frame
	at := end
	for i := len(all) - 1; i >= len(all)-4; i-- {
		ends = append(ends, at)
		at -= all[i].Size()
	}
	for cut := at; cut <= end; cut++ {
		torn := bytes.Clone(whole)
		clear(torn[cut:])
		if err := os.WriteFile(path, torn, 0o600); err != nil {
			t.Fatal(err)
		}
		var got []journal.Line
		if _, err := journal.Read(dir, func(l journal.Line) error { got = append(got, l); return nil }); err != nil {
			t.Fatal(err)
		}
		lost := 0
		for _, e := range ends {
			if cut < e {
				lost++
			}
		}
		// A frame may end in bytes that are zero anyway.
		if len(got) < len(all)-lost || len(got) > len(all) || !slices.EqualFunc(got, all[:len(got)], same) {
			t.Fatalf("cut at %d of %d: got %d lines, want at least %d", cut, end, len(got), len(all)-lost)
		}
	}
}

func TestATornEndIsWrittenOver(t *testing.T) {
	t.Parallel()
	all := lines(t, 1, 9)
	dir := written(t, all, small)
	path := filepath.Join(dir, "journal-1")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	end := len(bytes.TrimRight(whole, "\x00"))
	clear(whole[end-20:])
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	j, _, got := open(t, dir, small)
	check(t, "torn", got, all[:8])
	again := lines(t, 9, 3)
	if err := j.Append(again); err != nil {
		t.Fatal(err)
	}
	_, _, got = open(t, dir, small)
	check(t, "after going on", got, append(all[:8:8], again...))
}

// A flipped bit costs its own line, wherever it is.
func TestABitThatFlipsCostsOneLine(t *testing.T) {
	t.Parallel()
	all := lines(t, 1, 9)
	dir := written(t, all, journal.Options{Segment: 8 << 10})
	path := filepath.Join(dir, "journal-1")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	end := len(bytes.TrimRight(whole, "\x00"))
	for at := range end {
		bad := bytes.Clone(whole)
		bad[at] ^= 1 << (at % 8)
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		var got []journal.Line
		found, err := journal.Read(dir, func(l journal.Line) error { got = append(got, l); return nil })
		if err != nil {
			t.Fatal(err)
		}
		if len(got) < len(all)-1 {
			t.Fatalf("bit %d of byte %d: got %d lines, want all but one", at%8, at, len(got))
		}
		if len(got) < len(all) && got[len(got)-1].Seq == all[len(all)-1].Seq && found.Holes != 1 {
			t.Fatalf("bit %d of byte %d: got %d holes, want one", at%8, at, found.Holes)
		}
		for _, l := range got {
			if !same(l, all[l.Seq-1]) {
				t.Fatalf("bit %d of byte %d: line %d is not what was written", at%8, at, l.Seq)
			}
		}
	}
}

func TestAReleasedSegmentIsWrittenOverAndItsOldLinesAreGone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j, _, _ := open(t, dir, small)
	var all []journal.Line
	for i := range 60 {
		group := lines(t, i*20+1, 20)
		all = append(all, group...)
		if err := j.Append(group); err != nil {
			t.Fatal(err)
		}
		j.Release(int64(i*20) - 100) // a backup has all but the last
		if err := j.Prepare(); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "journal-*"))
	if err != nil || len(files) > 5 {
		t.Errorf("got %d segments, want a few that are used again", len(files))
	}
	_, found, got := open(t, dir, small)
	if found.Holes != 0 || len(got) == 0 || len(got) > 900 {
		t.Fatalf("got %d lines and %d holes, want the last ones", len(got), found.Holes)
	}
	check(t, "the last lines", got, all[len(all)-len(got):])
	if got[0].Seq > int64(59*20)-100 {
		t.Errorf("line %d is the first, but a backup has only those through %d", got[0].Seq, 59*20-100)
	}
}

func TestGarbageIsNoJournal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	raw := make([]byte, 100_000)
	for i := range 5 {
		if _, err := rand.Read(raw); err != nil {
			t.Fatal(err)
		}
		for at := 0; at+16 < len(raw); at += 40 { // with lengths that lie
			copy(raw[at:], []byte{0xfe, 0xc1, 0xff, 0xc0})
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("journal-%d", i+1)), raw[:len(raw)-i], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	j, found, got := open(t, dir, small)
	if len(got) != 0 || found.Owner != nil {
		t.Errorf("got %d lines, %+v", len(got), found)
	}
	all := lines(t, 1, 300)
	if err := j.Append(all); err != nil {
		t.Fatal(err)
	}
	_, _, got = open(t, dir, small)
	check(t, "over the garbage", got, all)
}

// faulty fails when told to.
type faulty struct {
	*os.File
	fail *error
}

func (f faulty) Sync() error { return errors.Join(*f.fail, f.File.Sync()) }

func TestAfterAFailedSyncNothingIsAcknowledged(t *testing.T) {
	t.Parallel()
	var fail error
	o := small
	o.Open = func(path string) (journal.File, error) {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		return faulty{f, &fail}, err
	}
	j, _, _ := open(t, t.TempDir(), o)
	if err := j.Append(lines(t, 1, 3)); err != nil {
		t.Fatal(err)
	}
	fail = errors.New("on purpose")
	if err := j.Append(lines(t, 4, 3)); !errors.Is(err, fail) {
		t.Errorf("got %v", err)
	}
	on := fail
	fail = nil
	if err := j.Append(lines(t, 7, 3)); !errors.Is(err, on) {
		t.Errorf("after it seemed well again: got %v, want the first failure", err)
	}
	if err := j.Own([]byte("x")); !errors.Is(err, on) {
		t.Errorf("owner: got %v", err)
	}
}

func TestSpaceIsPromisedBeforeItIsNeeded(t *testing.T) {
	t.Parallel()
	full := errors.New("no space")
	var files int
	o := small
	o.Open = func(path string) (journal.File, error) {
		if files++; files > 2 {
			return nil, full
		}
		return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	}
	j, _, _ := open(t, t.TempDir(), o)
	wrote := 0
	for {
		group := lines(t, wrote+1, 10)
		size := int64(0)
		for _, l := range group {
			size += l.Size()
		}
		err := j.Reserve(size)
		if errors.Is(err, full) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Append(group); err != nil {
			t.Fatalf("after %d lines, though the space was promised: %v", wrote, err)
		}
		wrote += 10
	}
	if wrote < 100 {
		t.Errorf("got %d lines into two segments", wrote)
	}
	j.Release(int64(wrote))
	if err := j.Reserve(1000); err != nil {
		t.Errorf("with a segment to write over: got %v", err)
	}
}

func TestWritersAndThoseWhoMakeRoomDoNotMeet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j, _, _ := open(t, dir, small)
	var all sync.WaitGroup
	var mu sync.Mutex
	seq := 0
	for range 4 {
		all.Go(func() {
			for range 50 {
				mu.Lock()
				group := lines(t, seq+1, 5)
				seq += 5
				if err := errors.Join(j.Reserve(5000), j.Append(group)); err != nil {
					t.Error(err)
				}
				mu.Unlock()
				if err := j.Prepare(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	_, found, got := open(t, dir, small)
	if found.Holes != 0 || len(got) != 1000 {
		t.Errorf("got %d lines, %d holes", len(got), found.Holes)
	}
}

func TestHalfAMadeSegmentIsMadeAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i, size := range []int{0, 7, 30_000} {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("journal-%d", i+1)), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	j, _, _ := open(t, dir, small)
	all := lines(t, 1, 300)
	if err := j.Append(all); err != nil {
		t.Fatal(err)
	}
	_, _, got := open(t, dir, small)
	check(t, "all", got, all)
}

func TestAFolderThatIsNotThereIsSaid(t *testing.T) {
	t.Parallel()
	if _, _, err := journal.Open(filepath.Join(t.TempDir(), "gone"), small, nil); err == nil {
		t.Error("got no error")
	}
}

func FuzzSegment(f *testing.F) {
	f.Add([]byte{0xfe, 0xc1, 0xff, 0xc0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 'L'})
	f.Fuzz(func(t *testing.T, raw []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "journal-1"), raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := journal.Read(dir, func(journal.Line) error { return nil }); err != nil {
			t.Fatal(err)
		}
	})
}
