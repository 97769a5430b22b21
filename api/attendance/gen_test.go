package attendance

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Everything here is drawn from very few values, so that facts collide: the same
// author, the same order, the same millisecond, another id.

var (
	noon     = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	verdicts = []Status{Present, Absent, Excused, Duty, Late, NotRequired}
)

// small is the n-th id of a kind of thing.
func small(kind byte, n int) ID { return ID{0: kind, 14: byte(n >> 8), 15: byte(n)} }

func student(n int) ID { return small('s', n) }
func actor(n int) ID   { return small('a', n) }
func segment(n int) ID { return small('c', n) }

// drawMark is one mark of one student in one session. n makes its id unique; what
// the id starts with is drawn, so that ties between equal orders go either way.
func drawMark(t *rapid.T, n int, classes ...Class) Fact {
	id := small('f', n)
	id[1] = byte(rapid.IntRange(0, 3).Draw(t, "tie"))
	f := Fact{
		V: Version, ID: id, Kind: MarkSet, Session: small('S', 1),
		Student: student(rapid.SampledFrom([]int{1, 1, 1, 2}).Draw(t, "student")),
		Actor:   actor(rapid.IntRange(1, 3).Draw(t, "actor")),
		Class:   rapid.SampledFrom(classes).Draw(t, "class"),
		Status:  rapid.SampledFrom(verdicts).Draw(t, "status"),
		Seen:    HLC(rapid.IntRange(0, 3).Draw(t, "seen")),
		Ord:     HLC(rapid.IntRange(1, 3).Draw(t, "ord")),
		Stamp: Stamp{
			Segment: segment(rapid.IntRange(0, 2).Draw(t, "segment")),
			MonoMS:  int64(rapid.IntRange(0, 3).Draw(t, "mono")) * 6 * 60_000,
		},
		EffectiveMS: noon.UnixMilli() + int64(rapid.IntRange(-1, 3).Draw(t, "at"))*6*60_000,
	}
	if f.Class == Leave {
		f.Status = rapid.SampledFrom([]Status{Excused, Duty}).Draw(t, "leave")
	}
	if rapid.IntRange(0, 2).Draw(t, "placed") == 0 {
		f.Ruling = &Ruling{Of: small('k', 1), As: AsMapped, By: actor(9), Ord: f.Ord}
		if rapid.Bool().Draw(t, "taken back") { // as if the draw before it had been placed
			f.Ruling.Back = small('f', max(0, n-1))
			f.Ruling.Back[1] = byte(rapid.IntRange(0, 3).Draw(t, "whose"))
			f.Kind, f.Status, f.Seen = MarkCleared, Unmarked, 0
			return f
		}
	}
	switch {
	case f.Class == Evidence:
		f.Kind = MarkSeen
	case rapid.IntRange(0, 3).Draw(t, "clear") == 0:
		f.Kind, f.Status = MarkCleared, Unmarked
	}
	return f
}

func drawMarks(t *rapid.T, most int, classes ...Class) []Fact {
	if len(classes) == 0 {
		classes = []Class{Evidence, Bulk, Teacher, Leave, Office}
	}
	out := make([]Fact, rapid.IntRange(0, most).Draw(t, "marks"))
	for i := range out {
		out[i] = drawMark(t, i, classes...)
	}
	return out
}

// ofOne keeps the marks of the first student.
func ofOne(facts []Fact) []Fact {
	return slices.DeleteFunc(slices.Clone(facts), func(f Fact) bool { return f.Student != student(1) })
}

func fold(facts []Fact) State {
	var s State
	for _, f := range facts {
		s = s.Add(f)
	}
	return s
}

func shuffled[T any](t *rapid.T, in []T) []T {
	if len(in) < 2 {
		return slices.Clone(in)
	}
	return rapid.Permutation(in).Draw(t, "order")
}

// cut splits facts into groups, each of which keeps their order: what several
// pendrives upload in several batches.
func cut[T any](t *rapid.T, in []T) [][]T {
	out := make([][]T, rapid.IntRange(1, 4).Draw(t, "groups"))
	for _, f := range in {
		i := rapid.IntRange(0, len(out)-1).Draw(t, "group")
		out[i] = append(out[i], f)
	}
	return out
}

// drawSession is a session's own facts: one opening, some extensions and ends.
func drawSession(t *rapid.T) []Fact {
	at := func(name string) int64 {
		return noon.UnixMilli() + int64(rapid.IntRange(0, 5).Draw(t, name))*10*60_000
	}
	out := []Fact{{
		V: Version, ID: small('o', 1), Kind: SessionOpened, Node: small('n', 1), Session: small('S', 1), Ord: 1,
		Opening:     &Opening{Course: small('C', 1), Kind: Offline, ClosesMS: at("closes"), Policy: DefaultPolicy()},
		EffectiveMS: noon.UnixMilli(), Stamp: Stamp{WallMS: noon.UnixMilli(), Segment: segment(1)},
	}}
	for i := range rapid.IntRange(0, 6).Draw(t, "changes") {
		f := Fact{V: Version, ID: small('e', i), Node: small('n', 1), Session: small('S', 1), Ord: HLC(2 + i)}
		f.WallMS = noon.UnixMilli()
		f.EffectiveMS = f.WallMS + int64(rapid.IntRange(-1, 1).Draw(t, "shift"))*60_000
		switch rapid.IntRange(0, 3).Draw(t, "what") {
		case 0:
			f.Kind, f.ClosedAt = SessionEnded, at("closed")
		case 1:
			f.Kind, f.ClosesAt = SessionExtended, at("extended")
		case 2:
			f.Kind, f.Reason = SessionVoided, "started by mistake"
		default:
			f.Kind = SessionRestored
		}
		if f.IsVoid() { // equal orders: the id decides
			f.Ord, f.ID[1] = HLC(rapid.IntRange(1, 3).Draw(t, "ord")), byte(rapid.IntRange(0, 3).Draw(t, "tie"))
		}
		out = append(out, f)
	}
	return out
}

func equal[T any](t interface {
	Helper()
	Fatalf(string, ...any)
}, what string, got, want T, same func(a, b T) bool,
) {
	t.Helper()
	if !same(got, want) {
		t.Fatalf("%s: got %+v, want %+v", what, got, want)
	}
}

func TestTheGeneratorsCollide(t *testing.T) {
	t.Parallel()
	ties, clears := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		var facts []Fact
		for i := range 8 {
			facts = append(facts, drawMark(rt, i, Evidence, Bulk, Teacher, Office))
		}
		for i, f := range facts {
			if f.Kind == MarkCleared {
				clears++
			}
			for _, g := range facts[:i] {
				if f.Ord == g.Ord && f.Class == g.Class && f.Student == g.Student && f.Actor == g.Actor {
					ties++
				}
			}
		}
	})
	if ties < 10 || clears < 10 {
		t.Fatalf("got %d ties and %d clears, want many: the properties prove nothing without them", ties, clears)
	}
}
