package attendance

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func sameRegister(a, b []Standing) bool {
	return slices.EqualFunc(a, b, func(a, b Standing) bool {
		same := sameState(a.State, b.State)
		a.State, b.State = State{}, State{}
		return same && reflect.DeepEqual(a, b)
	})
}

func TestFoldOverShuffledFactsIsEqual(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := append(drawSession(t), drawMarks(t, 10)...)
		wantSession, want, err := Fold(facts)
		if err != nil {
			t.Fatal(err)
		}
		gotSession, got, err := Fold(append(shuffled(t, facts), shuffled(t, facts)...))
		if err != nil {
			t.Fatal(err)
		}
		if gotSession != wantSession {
			t.Fatalf("session: got %+v, want %+v", gotSession, wantSession)
		}
		equal(t, "standings", got, want, sameRegister)
	})
}

func TestFoldNeedsAnOpening(t *testing.T) {
	t.Parallel()
	if _, _, err := Fold([]Fact{{Kind: MarkSeen, Class: Evidence}}); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v, want not found", err)
	}
}
