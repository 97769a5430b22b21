package attendance

import (
	"testing"

	"pgregory.net/rapid"
)

// A drive that has let a class's facts go still shows it as it was, and goes on from
// there.
func TestWhatIsUnfoldedFoldsToTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before := append(drawSession(t), drawMarks(t, 10)...)
		later := drawMarks(t, 4)
		for i := range later { // they are other facts
			later[i].ID[2] = 9
		}
		se, standings, err := Fold(before)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range []struct {
			what      string
			got, want []Fact
		}{
			{"alone", Unfold(se, standings), before},
			{"with what came later", append(Unfold(se, standings), later...), append(before, later...)},
		} {
			wantSession, want, err := Fold(row.want)
			if err != nil {
				t.Fatal(err)
			}
			gotSession, got, err := Fold(shuffled(t, row.got))
			if err != nil {
				t.Fatal(err)
			}
			if gotSession != wantSession {
				t.Fatalf("%s: session: got %+v, want %+v", row.what, gotSession, wantSession)
			}
			equal(t, row.what, got, want, sameRegister)
		}
	})
}
