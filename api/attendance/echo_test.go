package attendance

import (
	"slices"
	"testing"
)

func TestLinesThatCannotBeReadAreAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	f := Fact{ID: small('f', 1), Kind: Note, Node: small('n', 2), Stamp: Stamp{WallMS: 1}}
	if err := f.Seal(); err != nil {
		t.Fatal(err)
	}
	up := Upload{Node: f.Node}
	got, unread := up.timing(noon, noon).linesOf(up, []Sent{
		{Seq: 1, ID: f.ID, Body: f.Body}, {Seq: 2, ID: f.ID, Body: []byte("{")}, {Seq: 3, ID: small('f', 9), Body: f.Body},
	})
	if len(got) != 1 || got[0].Origin.Seq != 1 {
		t.Errorf("got %d lines, want the first only", len(got))
	}
	want := []Result{{Seq: 2, Code: string(WhyPoison)}, {Seq: 3, Code: string(WhyPoison)}}
	if !slices.Equal(unread, want) {
		t.Errorf("got %+v, want %+v", unread, want)
	}
}
