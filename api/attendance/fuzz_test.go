package attendance

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"time"
	"unicode/utf8"
)

// seeds are one sealed fact of each kind.
func seeds() [][]byte {
	stamp := Stamp{WallMS: ms(noon), Segment: segment(1), MonoMS: 5, HLC: HLCAt(noon)}
	of := func(f Fact) []byte {
		f.ID, f.Node, f.Session, f.Stamp = small('f', 1), small('n', 2), small('S', 1), stamp
		if err := f.Seal(); err != nil {
			panic(err)
		}
		return f.Body
	}
	return [][]byte{
		of(Fact{Kind: SessionOpened, Opening: &Opening{Course: small('C', 1), Kind: Online, ClosesMS: ms(noon), Topic: "Algebra", Policy: DefaultPolicy()}}),
		of(Fact{Kind: SessionExtended, ClosesAt: ms(noon)}),
		of(Fact{Kind: SessionEnded, ClosedAt: ms(noon)}),
		of(Fact{Kind: MarkSeen, Student: student(1), Roll: 7, Class: Evidence, Status: Present, Device: &DeviceRef{ID: small('d', 1)}}),
		of(Fact{Kind: MarkSet, Student: student(1), Class: Teacher, Status: Excused, Method: Manual, Reason: "चिकित्सा <b>", Seen: 9}),
		of(Fact{Kind: MarkCleared, Student: student(1), Class: Bulk}),
		of(Fact{Kind: Note, Reason: "fire drill"}),
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		kept := bytes.Clone(body)
		got, err := Decode(body)
		if !bytes.Equal(body, kept) {
			t.Fatal("the input was changed")
		}
		if len(body) > MaxBody && err == nil {
			t.Fatalf("got %d bytes read, want at most %d", len(body), MaxBody)
		}
		if err != nil {
			return
		}
		if !bytes.Equal(got.Body, body) {
			t.Fatalf("got body %q, want %q", got.Body, body)
		}
		again, err := Decode(got.Body)
		if err != nil || !reflect.DeepEqual(again, got) {
			t.Fatalf("read again: got %+v %v, want %+v", again, err, got)
		}
		if got.V == Version {
			canonical(t, got)
		}
		usable(t, got)
	})
}

// canonical seals a fact that was read: what it says must not change by it.
func canonical(t *testing.T, f Fact) {
	want := f
	if err := f.Seal(); err != nil {
		return // escaped, it may be too large
	}
	got, err := Decode(f.Body)
	if err != nil {
		t.Fatalf("sealed again: %v", err)
	}
	got.Body, want.Body = nil, nil
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("sealed again: got %+v, want %+v", got, want)
	}
}

// usable walks what the cloud does with a fact: no database may refuse the result.
func usable(t *testing.T, f Fact) {
	printable := func(what string, at time.Time) {
		if _, err := at.MarshalJSON(); err != nil || at.Year() < 1970 {
			t.Fatalf("%s: got %v %v, want a time that can be stored", what, at, err)
		}
	}
	up := Upload{Node: f.Node, Incarnation: small('i', 1), Clock: Sample{WallMS: ms(noon) - 90_000, Segment: f.Segment, MonoMS: 1 << 30}}
	got, _ := receive(up, Sent{Seq: 1, ID: f.ID, Body: f.Body}, noon)
	if got.Why != "" || got.Ord < 0 || got.Effective().After(noon) {
		t.Fatalf("got %q at %v ord %d, want it placed by now", got.Why, got.Effective(), got.Ord)
	}
	printable("effective", got.Effective())
	switch {
	case f.V != Version:
	case f.IsMark():
		state := State{}.Add(got)
		st := Stand(Session{Policy: DefaultPolicy(), OpenedAt: noon}, f.Student, state)
		printable("at", time.UnixMilli(max(0, st.At.UnixMilli())))
		if st.Status != Unmarked {
			if _, err := ParseStatus(string(st.Status)); err != nil {
				t.Fatal(err)
			}
		}
	case f.Kind == SessionOpened:
		s := open(got)
		printable("closes", s.ClosesAt)
		printable("opened", s.OpenedAt)
	case f.Kind == SessionExtended, f.Kind == SessionEnded:
		s := Session{ClosesAt: noon}.fold(got)
		printable("closes", s.ClosesAt)
		if !s.ClosedAt.IsZero() {
			printable("closed", s.ClosedAt)
		}
	}
}

func FuzzParseID(f *testing.F) {
	f.Add("")
	f.Add(small('f', 1).String())
	f.Add("6600000G-0000-7000-8000-000000000001")
	f.Add("66000000-0000-0000-0000-00000000000é")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseID(s)
		if err != nil {
			if !id.IsZero() {
				t.Fatalf("got %v with %v, want none", id, err)
			}
			return
		}
		if got, err := ParseID(id.String()); err != nil || got != id {
			t.Fatalf("%q: got %v %v, want %v", s, got, err, id)
		}
		var scanned ID
		if err := scanned.Scan(s); err != nil || scanned != id {
			t.Fatalf("scanned: got %v %v, want %v", scanned, err, id)
		}
	})
}

func FuzzToldFact(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s, ms(noon), int64(HLCAt(noon)))
	}
	f.Fuzz(func(t *testing.T, body []byte, at, ord int64) {
		got, err := Told{Body: body, EffectiveMS: at, Ord: HLC(ord)}.Fact()
		if err != nil {
			if !got.ID.IsZero() || got.Learnt {
				t.Fatalf("got %+v with %v, want nothing", got, err)
			}
			return
		}
		if !got.Learnt || got.EffectiveMS != at || got.Ord != HLC(ord) || !bytes.Equal(got.Body, body) {
			t.Fatalf("got %+v, want it learnt with the cloud's time and order", got)
		}
	})
}

// What is read the short way is what encoding/json reads.
func FuzzUnseal(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	for _, s := range []string{
		``, `{}`, `{"v":1}`, `{"v":01}`, `{"v":-1}`, `{"v":1.5}`, `{"v":1e3}`, `{"v":1,}`, `{,"v":1}`, `{"v":1}}`, `{"v":1,"v":2}`,
		`{"id":""}`, `{"id":"x"}`, `{"id":null}`, `{"kind":"a\u0062"}`, "{\"kind\":\"a\tb\"}", `{"kind":"a`, `{"kind":7}`, `{"hlc":1,"v":1}`,
		`{"hlc":999999999999999999}`, `{"hlc":1000000000000000000}`, `{"hlc":9223372036854775808}`, `{"device":{}}`, `{"device":{"seq":1}}`, `{"device":null}`, `{"device":{"seq":1},"hlc":2}`,
		`{"V":1}`, `{"v":1 }`, `{"v":1,"opening":{}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, plain := unseal(body)
		if !plain || !utf8.Valid(body) {
			return
		}
		var want Fact
		if err := json.Unmarshal(body, &want); err != nil {
			t.Fatalf("got %+v, want it refused: %v", got, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

func TestWhatPendrivesWriteIsReadTheShortWay(t *testing.T) {
	t.Parallel()
	for _, body := range seeds() {
		_, plain := unseal(body)
		want := !bytes.Contains(body, []byte(`"opening"`)) && !bytes.Contains(body, []byte(`\u`))
		if plain != want {
			t.Errorf("%s: got plain %v, want %v", body, plain, want)
		}
	}
}
