package attendance

import (
	"encoding/hex"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestChainKnownAnswers(t *testing.T) {
	t.Parallel()
	// SHA-256(prev ‖ seq as 8 bytes big-endian ‖ id ‖ body), worked out with hashlib.
	one := Chain([32]byte{}, 1, small('f', 1), []byte(`{"v":1}`))
	if got, want := hex.EncodeToString(one[:]), "598eab19cfc66e33cc5ac55dfd1e214e81acaaa6f9b84f49ffef5d0a2a690b92"; got != want {
		t.Errorf("first line: got %s, want %s", got, want)
	}
	two := Chain(one, 258, small('f', 2), nil)
	if got, want := hex.EncodeToString(two[:]), "c745105eea1a75dc2f5e2e635f4dc15ec0ff11be6bcb43d08e79d396abea94af"; got != want {
		t.Errorf("second line: got %s, want %s", got, want)
	}
}

func logOf(n int) []Sent {
	out := make([]Sent, n)
	for i := range out {
		out[i] = Sent{Seq: int64(i + 1), ID: small('f', i+1), Body: []byte{byte(i)}}
	}
	return out
}

// hashAt is the running hash of a log after its n-th line.
func hashAt(log []Sent, n int) (h [32]byte) {
	for _, l := range log[:n] {
		h = Chain(h, l.Seq, l.ID, l.Body)
	}
	return h
}

// batch is lines from+1 to to of a log.
func batch(log []Sent, from, to int) Upload {
	return Upload{HashBefore: hashAt(log, from), Head: int64(len(log)), Facts: log[from:to]}
}

func TestAnyCutOfALogWithRepeatsEndsAtTheSameStream(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		log := logOf(rapid.IntRange(1, 12).Draw(t, "lines"))
		var st Stream
		var kept []Sent
		for int(st.Seq) < len(log) {
			from := rapid.IntRange(0, int(st.Seq)).Draw(t, "from") // overlaps what was received
			to := rapid.IntRange(from+1, len(log)).Draw(t, "to")   // and may end before it
			fresh, end, err := st.accept(batch(log, from, to))
			if err != nil {
				t.Fatalf("lines %d to %d at %d: %v", from+1, to, st.Seq, err)
			}
			if want := hashAt(log, to); end != (Stream{Seq: int64(to), Hash: want}) {
				t.Fatalf("got line %d hash %x, want line %d hash %x", end.Seq, end.Hash, to, want)
			}
			kept = append(kept, fresh...)
			if len(fresh) > 0 {
				st = end
			}
		}
		if want := (Stream{Seq: int64(len(log)), Hash: hashAt(log, len(log))}); st != want {
			t.Fatalf("got %d %x, want %d %x", st.Seq, st.Hash, want.Seq, want.Hash)
		}
		if !slices.EqualFunc(kept, log, func(a, b Sent) bool { return a.Seq == b.Seq }) {
			t.Fatalf("got %d lines taken, want each of %d once and in order", len(kept), len(log))
		}
	})
}

func TestAMissingLineIsAskedFor(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		log := logOf(rapid.IntRange(2, 12).Draw(t, "lines"))
		have := rapid.IntRange(0, len(log)-2).Draw(t, "received")
		from := rapid.IntRange(have+1, len(log)-1).Draw(t, "from")
		st := Stream{Seq: int64(have), Hash: hashAt(log, have)}
		_, end, err := st.accept(batch(log, from, len(log)))
		var gap Gap
		if !errors.As(err, &gap) || gap.Wanted != st.Seq+1 {
			t.Fatalf("got %v, want a gap at %d", err, st.Seq+1)
		}
		if end != st {
			t.Fatalf("got the stream at %d, want it unmoved at %d", end.Seq, st.Seq)
		}
	})
}

func TestAChangedLineIsAFork(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		log := logOf(rapid.IntRange(1, 12).Draw(t, "lines"))
		have := rapid.IntRange(1, len(log)).Draw(t, "received")
		st := Stream{Seq: int64(have), Hash: hashAt(log, have)}

		other := slices.Clone(log)
		changed := rapid.IntRange(0, have-1).Draw(t, "changed")
		if rapid.Bool().Draw(t, "body") {
			other[changed].Body = []byte("another")
		} else {
			other[changed].ID = small('x', changed)
		}
		from := rapid.IntRange(0, have).Draw(t, "from")
		to := rapid.IntRange(have, len(log)).Draw(t, "to")
		if from == to {
			t.Skip("nothing sent")
		}
		_, end, err := st.accept(batch(other, from, to))
		var fork Fork
		if !errors.As(err, &fork) || fork.Rewound {
			t.Fatalf("line %d changed, %d to %d sent at %d: got %v, want a fork", changed+1, from+1, to, have, err)
		}
		if end != st {
			t.Fatalf("got the stream at %d, want it unmoved at %d", end.Seq, st.Seq)
		}
	})
}

func TestALogThatEndsBeforeWhatWasReceivedIsRewound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		log := logOf(rapid.IntRange(2, 12).Draw(t, "lines"))
		have := rapid.IntRange(2, len(log)).Draw(t, "received")
		st := Stream{Seq: int64(have), Hash: hashAt(log, have)}
		short := log[:rapid.IntRange(1, have-1).Draw(t, "set back to")]
		up := batch(short, rapid.IntRange(0, len(short)-1).Draw(t, "from"), len(short))
		if rapid.Bool().Draw(t, "an older drive that does not say where it ends") {
			up.Head = 0
		}
		_, _, err := st.accept(up)
		var fork Fork
		if !errors.As(err, &fork) || !fork.Rewound || fork.Seq != st.Seq {
			t.Fatalf("got %v, want rewound before %d", err, st.Seq)
		}
	})
}

func TestLinesMustBeDense(t *testing.T) {
	t.Parallel()
	log := logOf(3)
	for name, facts := range map[string][]Sent{
		"a hole":     {log[0], log[2]},
		"a repeat":   {log[0], log[0]},
		"backwards":  {log[0], {Seq: 0}},
		"from below": {{Seq: -1}, {Seq: 1}},
	} {
		var bad Invalid
		if _, _, err := (Stream{}).accept(Upload{Facts: facts}); !errors.As(err, &bad) {
			t.Errorf("%s: got %v, want invalid", name, err)
		}
	}
	if fresh, end, err := (Stream{Seq: 3}).accept(Upload{}); err != nil || end.Seq != 3 || len(fresh) != 0 {
		t.Errorf("an empty batch: got %d at %d, %v, want nothing at 3", len(fresh), end.Seq, err)
	}
}

func TestOfTwoLinesWithOneIDTheSecondIsKeptAside(t *testing.T) {
	t.Parallel()
	in := []Fact{{ID: small('f', 1)}, {ID: small('f', 2)}, {ID: small('f', 1)}, {ID: small('f', 2), Why: WhyPoison}}
	for i := range in {
		in[i].Origin.Seq = int64(i + 5)
	}
	got, at := dedupe(in)
	for i, want := range []Why{"", "", WhyHashConflict, WhyPoison} {
		if got[i].Why != want || got[i].ID != in[i].ID || at[i] != int64(i+5) {
			t.Errorf("line %d: got %q at %d, want %q", i, got[i].Why, at[i], want)
		}
	}
}
