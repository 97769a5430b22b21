package attendance

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWhatIsSealedIsReadBackEqual(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := drawMark(t, 1, Evidence, Bulk, Teacher, Office)
		f.V, f.Ord, f.EffectiveMS = 0, 0, 0
		f.WallMS, f.HLC = rapid.Int64Range(0, maxMS).Draw(t, "wall"), HLC(rapid.Int64Min(0).Draw(t, "hlc"))
		f.Node, f.Reason = small('n', 1), strings.ReplaceAll(rapid.StringN(0, 50, 200).Draw(t, "reason"), "\x00", "")
		if err := f.Seal(); err != nil {
			t.Fatal(err)
		}
		got, err := Decode(f.Body)
		if err != nil {
			t.Fatalf("%s: %v", f.Body, err)
		}
		if !reflect.DeepEqual(got, f) {
			t.Fatalf("got %+v, want %+v", got, f)
		}
	})
}

func TestTheDigestKnowsEveryByte(t *testing.T) {
	t.Parallel()
	a, b := Fact{Body: []byte(`{"v":1}`)}, Fact{Body: []byte(`{"v":1} `)}
	if a.Digest() == b.Digest() {
		t.Error("two bodies have one digest, want two")
	}
}

// body changes one sealed fact of a kind as a damaged or hostile drive would.
func body(t *testing.T, kind Kind, change map[string]any) []byte {
	t.Helper()
	f := Fact{ID: small('f', 1), Kind: kind, Node: small('n', 2), Session: small('S', 1), Stamp: Stamp{WallMS: 5, HLC: 5}}
	switch kind {
	case SessionOpened:
		f.Opening = &Opening{Course: small('C', 1), Kind: Offline, ClosesMS: 9, Policy: DefaultPolicy()}
	case SessionExtended:
		f.ClosesAt = 9
	case SessionEnded:
		f.ClosedAt = 9
	case MarkSeen:
		f.Student, f.Class, f.Status = student(1), Evidence, Present
	case MarkSet, MarkCleared:
		f.Student, f.Class, f.Status = student(1), Teacher, Present
	}
	var doc map[string]any
	if err := json.Unmarshal(sealed(t, f).Body, &doc); err != nil {
		t.Fatal(err)
	}
	for path, v := range change {
		at := doc
		if head, rest, deep := strings.Cut(path, "."); deep {
			at, path = doc[head].(map[string]any), rest
		}
		if v == nil {
			delete(at, path)
		} else {
			at[path] = v
		}
	}
	out, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWhatNoServerOfOursWritesIsRefused(t *testing.T) {
	t.Parallel()
	scan := map[string]any{"id": student(1), "epoch": 1, "seq": 2}
	for _, tc := range []struct {
		why    string
		kind   Kind
		change map[string]any
	}{
		{"no id", MarkSet, map[string]any{"id": nil}},
		{"no version", MarkSet, map[string]any{"v": nil}},
		{"a negative wall clock", Note, map[string]any{"wall_ms": -1}},
		{"a negative order", Note, map[string]any{"hlc": -1}},
		{"a negative monotonic clock", Note, map[string]any{"mono_ms": -1}},
		{"a monotonic clock of ten thousand years", Note, map[string]any{"mono_ms": int64(maxMS + 1)}},
		{"having seen before time", MarkSet, map[string]any{"seen": -1}},
		{"the year 10000", Note, map[string]any{"wall_ms": int64(maxMS + 1)}},
		{"a session without opening", SessionOpened, map[string]any{"opening": nil}},
		{"a session without course", SessionOpened, map[string]any{"opening.course": nil}},
		{"a session without id", SessionOpened, map[string]any{"session": nil}},
		{"a session without an end", SessionOpened, map[string]any{"opening.closes_ms": 0}},
		{"a session that ends after 9999", SessionOpened, map[string]any{"opening.closes_ms": int64(maxMS + 1)}},
		{"a kind of session no column takes", SessionOpened, map[string]any{"opening.kind": "hybrid"}},
		{"a topic no column takes", SessionOpened, map[string]any{"opening.topic": "a\x00b"}},
		{"a room no column takes", SessionOpened, map[string]any{"opening.room": "\x00"}},
		{"a session of one student", SessionOpened, map[string]any{"student": student(1)}},
		{"a session with a class of marks", SessionOpened, map[string]any{"class": 7}},
		{"an extension to nowhere", SessionExtended, map[string]any{"closes_ms": nil}},
		{"an extension before time", SessionExtended, map[string]any{"closes_ms": -5}},
		{"an end in 1970", SessionEnded, map[string]any{"closed_ms": nil}},
		{"an end before time", SessionEnded, map[string]any{"closed_ms": -5}},
		{"an end of one student", SessionEnded, map[string]any{"student": student(1)}},
		{"a note with a class of marks", Note, map[string]any{"class": 20}},
		{"a class nobody knows", MarkSet, map[string]any{"class": 36}},
		{"no class", MarkSet, map[string]any{"class": nil}},
		{"evidence that judges", MarkSeen, map[string]any{"class": 30}},
		{"a verdict as evidence", MarkSet, map[string]any{"class": 10}},
		{"evidence withdrawn", MarkCleared, map[string]any{"class": 10}},
		{"a status nobody knows", MarkSet, map[string]any{"status": "ill"}},
		{"a verdict without status", MarkSet, map[string]any{"status": nil}},
		{"a reason no column takes", MarkSet, map[string]any{"reason": "\x00"}},
		{"a method no column takes", MarkSet, map[string]any{"method": "\x00"}},
		{"a counted scan under another id", MarkSeen, map[string]any{"device": scan}},
	} {
		t.Run(tc.why, func(t *testing.T) {
			t.Parallel()
			if _, err := Decode(body(t, tc.kind, nil)); err != nil {
				t.Fatalf("unchanged: got %v, want it read", err)
			}
			if f, err := Decode(body(t, tc.kind, tc.change)); err == nil {
				t.Errorf("got %+v, want it refused", f)
			}
		})
	}
}

func TestWhatANewerServerWritesIsRead(t *testing.T) {
	t.Parallel()
	for why, b := range map[string][]byte{
		"a field we do not know":           body(t, MarkSet, map[string]any{"mood": "good"}),
		"a kind we do not know":            body(t, Note, map[string]any{"kind": "mark.sung"}),
		"a rule we do not know":            body(t, MarkSet, map[string]any{"v": 2, "class": 36, "status": "ill"}),
		"a counted scan under its own id":  body(t, MarkSeen, map[string]any{"id": ScanID(student(1), 1, 2), "device": map[string]any{"id": student(1), "epoch": 1, "seq": 2}}),
		"a scanner that does not count":    body(t, MarkSeen, map[string]any{"device": map[string]any{"id": student(1)}}),
		"a note about one student":         body(t, Note, map[string]any{"student": student(1)}),
		"a withdrawal that names a status": body(t, MarkCleared, nil),
	} {
		f, err := Decode(b)
		if err != nil {
			t.Errorf("%s: got %v, want it read", why, err)
		}
		if !bytes.Equal(f.Body, b) {
			t.Errorf("%s: got body %s, want %s", why, f.Body, b)
		}
	}
}

func TestTheBodyIsACopyOfWhatWasRead(t *testing.T) {
	t.Parallel()
	buf := body(t, Note, nil)
	f, err := Decode(buf)
	if err != nil {
		t.Fatal(err)
	}
	want := f.Digest()
	clear(buf) // the next batch comes into the same buffer
	if f.Digest() != want {
		t.Error("got another digest after the buffer was reused, want the same")
	}
}

func TestAFactThatIsTooLargeIsRefusedOnBothSides(t *testing.T) {
	t.Parallel()
	f := Fact{ID: small('f', 1), Kind: Note, Reason: strings.Repeat("a", MaxBody)}
	var bad Invalid
	if err := f.Seal(); !errors.As(err, &bad) {
		t.Errorf("got %v, want invalid", err)
	}
	f.Reason = ""
	at := sealed(t, f).Body
	pad := append(at, bytes.Repeat([]byte(" "), MaxBody-len(at))...)
	if _, err := Decode(pad); err != nil {
		t.Errorf("%d bytes: got %v, want them read", len(pad), err)
	}
	if _, err := Decode(append(pad, ' ')); err == nil {
		t.Errorf("%d bytes: got them read, want them refused", len(pad)+1)
	}
}

func TestPoliciesOutOfRangeFallBackToTheDefault(t *testing.T) {
	t.Parallel()
	good := Policy{Version: 3, LateAfterMin: 5, LateWeight: 0.5, Minimum: 80, Critical: 50}
	if got := good.orDefault(); got != good {
		t.Errorf("got %+v, want it kept", got)
	}
	for why, change := range map[string]func(*Policy){
		"no version":              func(p *Policy) { p.Version = 0 },
		"late after ages":         func(p *Policy) { p.LateAfterMin = 1 << 60 },
		"late counts double":      func(p *Policy) { p.LateWeight = 2 },
		"late counts against":     func(p *Policy) { p.LateWeight = -1 },
		"a minimum over all":      func(p *Policy) { p.Minimum = 101 },
		"a minimum under nothing": func(p *Policy) { p.Minimum = -1 },
		"critical over all":       func(p *Policy) { p.Critical = 1e300 },
	} {
		p := good
		change(&p)
		if got := p.orDefault(); got != DefaultPolicy() {
			t.Errorf("%s: got %+v, want the default", why, got)
		}
	}
}

func TestABodyThatIsNotTextIsRefused(t *testing.T) {
	t.Parallel()
	good := body(t, Note, map[string]any{"reason": "xx"})
	if f, err := Decode(bytes.Replace(good, []byte("xx"), []byte("\xff\xfe"), 1)); err == nil {
		t.Errorf("got %q, want it refused: the body would be hashed as one text and read as another", f.Reason)
	}
}
