package attendance

import (
	"context"
	"slices"
	"testing"
)

// shelf holds what a cloud has stored of one session; nothing else is asked of it.
type shelf struct {
	Tx
	placed, aside []Fact
}

func (s shelf) Facts(context.Context, ID, Which) ([]Fact, error) { return s.placed, nil }
func (s shelf) Unplaced(context.Context, ID) ([]Fact, error)     { return s.aside, nil }

func TestALostAnswerIsRepeated(t *testing.T) {
	t.Parallel()
	session := small('5', 1)
	line := func(n int) Fact {
		f := Fact{ID: small('f', n), Kind: MarkSeen, Session: session, Class: Evidence, Stamp: Stamp{WallMS: 1000, HLC: 1000 << hlcShift}}
		if err := f.Seal(); err != nil {
			t.Fatal(err)
		}
		f.Origin.Seq = int64(n)
		return f
	}
	plain, late, refused, clashing := line(1), line(2), line(3), line(4)
	late.EffectiveMS, late.Ord = 5000, 5000<<hlcShift
	refused.Why = WhyNotEnrolled
	other := clashing
	other.Body = []byte(`{"v":1}`)

	got, err := echo(t.Context(), shelf{placed: []Fact{plain, late, other}, aside: []Fact{refused}},
		[]Fact{line(1), line(2), line(3), line(4)})
	if err != nil {
		t.Fatal(err)
	}
	want := []Result{
		{Seq: 2, Code: CodeAdjusted, EffectiveMS: 5000, Ord: 5000 << hlcShift},
		{Seq: 3, Code: string(WhyNotEnrolled)},
		{Seq: 4, Code: string(WhyHashConflict)},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestLinesThatCannotBeReadAreAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	f := Fact{ID: small('f', 1), Kind: Note, Node: small('n', 2), Stamp: Stamp{WallMS: 1}}
	if err := f.Seal(); err != nil {
		t.Fatal(err)
	}
	got, unread := linesOf(Upload{Node: f.Node}, []Sent{
		{Seq: 1, ID: f.ID, Body: f.Body}, {Seq: 2, ID: f.ID, Body: []byte("{")}, {Seq: 3, ID: small('f', 9), Body: f.Body},
	}, noon)
	if len(got) != 1 || got[0].Origin.Seq != 1 {
		t.Errorf("got %d lines, want the first only", len(got))
	}
	want := []Result{{Seq: 2, Code: string(WhyPoison)}, {Seq: 3, Code: string(WhyPoison)}}
	if !slices.Equal(unread, want) {
		t.Errorf("got %+v, want %+v", unread, want)
	}
}
