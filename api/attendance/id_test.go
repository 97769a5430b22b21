package attendance

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var form = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

func drawID(t *rapid.T) ID {
	return ID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
}

func checkBits(t interface{ Fatalf(string, ...any) }, id ID, version byte) {
	if id[6]>>4 != version || id[8]>>6 != 2 {
		t.Fatalf("%v: got version %d variant %d, want %d and 2", id, id[6]>>4, id[8]>>6, version)
	}
}

func TestNewIDIsAUUIDv7OfItsMillisecond(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		chance := rapid.SliceOfN(rapid.Byte(), 10, 10).Draw(t, "chance")
		at := time.UnixMilli(rapid.Int64Range(0, maxMS).Draw(t, "ms"))
		id, err := NewID(at, bytes.NewReader(chance))
		if err != nil {
			t.Fatal(err)
		}
		checkBits(t, id, 7)
		if got := int64(id[0])<<40 | int64(id[1])<<32 | int64(id[2])<<24 | int64(id[3])<<16 | int64(id[4])<<8 | int64(id[5]); got != at.UnixMilli() {
			t.Fatalf("got the time %d, want %d", got, at.UnixMilli())
		}
		if id[7] != chance[1] || !bytes.Equal(id[9:], chance[3:]) {
			t.Fatalf("got %v, want the chance %x in it", id, chance)
		}
		later, _ := NewID(at.Add(time.Millisecond), bytes.NewReader(make([]byte, 10)))
		if bytes.Compare(id[:6], later[:6]) >= 0 {
			t.Fatalf("got %v then %v, want rising by time", id, later)
		}
	})
}

func TestNewIDNeedsChance(t *testing.T) {
	t.Parallel()
	id, err := NewID(noon, strings.NewReader("too short"))
	if !errors.Is(err, io.ErrUnexpectedEOF) || !id.IsZero() {
		t.Errorf("got %v %v, want no id and the reason", id, err)
	}
}

func TestScanIDKnownAnswer(t *testing.T) {
	t.Parallel()
	// UUIDv8(SHA-256("dev1" ‖ device ‖ epoch ‖ seq)[:16]), worked out with hashlib.
	got := ScanID(small('d', 1), 1, 2)
	checkBits(t, got, 8)
	if want := "41e91245-0a26-89e5-8ec4-3e2210080ad2"; got.String() != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestTheSameScanHasOneIDAndAnotherScanAnother(t *testing.T) {
	t.Parallel()
	few := rapid.Int64Range(-1, 2)
	rapid.Check(t, func(t *rapid.T) {
		type scan struct {
			device     ID
			epoch, seq int64
		}
		draw := func() scan {
			return scan{small('d', rapid.IntRange(1, 2).Draw(t, "device")), few.Draw(t, "epoch"), few.Draw(t, "seq")}
		}
		a, b := draw(), draw()
		same := ScanID(a.device, a.epoch, a.seq) == ScanID(b.device, b.epoch, b.seq)
		if same != (a == b) {
			t.Fatalf("%+v and %+v: got the same id %t, want %t", a, b, same, a == b)
		}
	})
}

func TestDerivedIDsKnowTheirLabel(t *testing.T) {
	t.Parallel()
	id := small('f', 1)
	seen := map[ID]string{}
	for _, label := range []string{"mark", "undo", "end", "extend", "park", "dev1", ""} {
		got := Derive(label, id[:])
		checkBits(t, got, 8)
		if other, taken := seen[got]; taken {
			t.Errorf("%q and %q give one id, want two", label, other)
		}
		seen[got] = label
	}
	if Derive("mark", id[:], id[:]) == Derive("mark", id[:]) {
		t.Error("one part and two give one id, want two")
	}
}

func TestAnIDPrintsAndParsesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := drawID(t)
		s := id.String()
		if !form.MatchString(s) || strings.ReplaceAll(s, "-", "") != hex.EncodeToString(id[:]) {
			t.Fatalf("got %q for %x", s, id[:])
		}
		for _, in := range []string{s, strings.ToUpper(s)} {
			if got, err := ParseID(in); err != nil || got != id {
				t.Fatalf("%q: got %v %v, want %v", in, got, err, id)
			}
		}
		var got struct{ A, B ID }
		doc, err := json.Marshal(struct{ A, B ID }{A: id})
		if err == nil {
			err = json.Unmarshal(doc, &got)
		}
		if err != nil || got.A != id || !got.B.IsZero() {
			t.Fatalf("%s: got %+v %v, want it back", doc, got, err)
		}
	})
}

func TestWhatIsNotAnIDIsRefused(t *testing.T) {
	t.Parallel()
	good := small('f', 1).String()
	for _, in := range []string{"", "x", good[:35], good + "0", "g" + good[1:], strings.ReplaceAll(good, "-", "_"), "{" + good[1:35] + "}", strings.Repeat("é", 18)} {
		if got, err := ParseID(in); err == nil || !got.IsZero() {
			t.Errorf("%q: got %v, want it refused", in, got)
		}
	}
	id := small('f', 1)
	if err := id.UnmarshalText([]byte("x")); err == nil || id != small('f', 1) {
		t.Errorf("got %v %v, want an error and the id left alone", id, err)
	}
	if _, err := ParseID(strings.Repeat("x", 10_000)); err == nil || len(err.Error()) > 100 {
		t.Error("a long text fills the error, want it clipped")
	}
}

func TestAnIDIsStoredAsBytesAndReadFromAllForms(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := drawID(t)
		if id.IsZero() {
			t.Skip("none")
		}
		v, err := id.Value()
		if b, ok := v.([]byte); err != nil || !ok || !bytes.Equal(b, id[:]) {
			t.Fatalf("got %v %v, want its 16 bytes", v, err)
		}
		for _, src := range []any{v, id.String(), []byte(id.String())} {
			got := small('x', 9)
			if err := got.Scan(src); err != nil || got != id {
				t.Fatalf("from %v: got %v %v, want %v", src, got, err, id)
			}
		}
	})
	if v, err := (ID{}).Value(); v != nil || err != nil {
		t.Errorf("none: got %v %v, want NULL", v, err)
	}
	for _, src := range []any{nil, "", []byte{}} {
		got := small('x', 9)
		if err := got.Scan(src); err != nil || !got.IsZero() {
			t.Errorf("from %v: got %v %v, want none", src, got, err)
		}
	}
	for _, src := range []any{7, 1.5, []byte("short"), "short"} {
		if err := new(ID).Scan(src); err == nil {
			t.Errorf("from %v: got it read, want an error", src)
		}
	}
}

func TestIDsAreOrderedByTheirBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawID(t), drawID(t)
		copy(b[:], a[:rapid.IntRange(0, 16).Draw(t, "same start")])
		if got, want := a.Compare(b), bytes.Compare(a[:], b[:]); got != want {
			t.Fatalf("got %d, want %d", got, want)
		}
		if got, want := a.Compare(b), strings.Compare(a.String(), b.String()); got != want {
			t.Fatalf("printed: got %d, want %d", got, want)
		}
	})
}
