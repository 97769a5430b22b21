package attendance

import (
	"errors"
	"maps"
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

func TestMergingBatchByBatchIsTheFoldOfAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		facts := drawSession(rt)
		later := append(facts[1:], drawMarks(rt, 12)...)
		for i := range later {
			later[i].Body = later[i].ID[:]
		}
		wantSession, want, err := Fold(append(facts[:1:1], later...))
		if err != nil {
			rt.Fatal(err)
		}
		m := newMemory()
		batches := append([][]Fact{facts[:1]}, cut(rt, shuffled(rt, later))...)
		batches = append(batches, cut(rt, shuffled(rt, later))...) // all of it again
		for _, b := range batches {
			if _, err := merge(t.Context(), m, b); err != nil {
				rt.Fatal(err)
			}
		}
		if got := m.sessions[wantSession.ID]; got != wantSession {
			rt.Fatalf("session: got %+v, want %+v", got, wantSession)
		}
		got := slices.SortedFunc(maps.Values(m.standings), func(a, b Standing) int { return a.Student.Compare(b.Student) })
		equal(rt, "standings", got, want, sameRegister)
	})
}

func TestWhatIsKeptAsideIsNeverFolded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		opening := drawSession(rt)[:1]
		marks := drawMarks(rt, 8)
		var good []Fact
		for i := range marks {
			marks[i].Body = marks[i].ID[:]
			if rapid.Bool().Draw(rt, "aside") {
				marks[i].Why = WhyNotEnrolled
			} else {
				good = append(good, marks[i])
			}
		}
		_, want, err := Fold(append(opening[:1:1], good...))
		if err != nil {
			rt.Fatal(err)
		}
		m := newMemory()
		if _, err := merge(t.Context(), m, append(opening[:1:1], marks...)); err != nil {
			rt.Fatal(err)
		}
		got := slices.SortedFunc(maps.Values(m.standings), func(a, b Standing) int { return a.Student.Compare(b.Student) })
		equal(rt, "standings", got, want, sameRegister)
		if got, want := len(m.log)+len(m.inbox), 1+len(marks); got != want {
			rt.Fatalf("got %d facts kept, want all %d", got, want)
		}
	})
}
