package attendance

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func sameState(a, b State) bool {
	return reflect.DeepEqual(a.Evidence, b.Evidence) && slices.Equal(a.Verdicts, b.Verdicts)
}

func TestAnyOrderOfFactsGivesTheSameState(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := ofOne(drawMarks(t, 10))
		equal(t, "state", fold(shuffled(t, facts)), fold(facts), sameState)
	})
}

func TestAFactTwiceIsAFactOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := ofOne(drawMarks(t, 8))
		more := slices.Clone(facts)
		for _, f := range facts {
			for range rapid.IntRange(0, 2).Draw(t, "repeats") {
				more = append(more, f)
			}
		}
		equal(t, "state", fold(shuffled(t, more)), fold(facts), sameState)
	})
}

func TestAnyCutAndInterleavingJoinsToTheSameState(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := ofOne(drawMarks(t, 10))
		var parts []State
		for _, g := range cut(t, facts) {
			parts = append(parts, fold(g))
		}
		var got State
		for _, p := range shuffled(t, parts) {
			got = got.Join(p)
		}
		equal(t, "state", got, fold(facts), sameState)
	})
}

func TestASubsetFirstAndTheRestLaterIsAllAtOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := ofOne(drawMarks(t, 10))
		first := slices.DeleteFunc(slices.Clone(facts), func(Fact) bool { return rapid.Bool().Draw(t, "later") })
		got := fold(first)
		for _, f := range shuffled(t, facts) { // the whole log again, as after a restore
			got = got.Add(f)
		}
		equal(t, "state", got, fold(facts), sameState)
	})
}

func TestJoinIsASemilattice(t *testing.T) {
	t.Parallel()
	// States that share facts, as two replicas of one register do.
	part := func(t *rapid.T, facts []Fact) State {
		return fold(slices.DeleteFunc(slices.Clone(facts), func(Fact) bool { return rapid.Bool().Draw(t, "gone") }))
	}
	rapid.Check(t, func(t *rapid.T) {
		facts := ofOne(drawMarks(t, 10))
		a, b, c := part(t, facts), part(t, facts), part(t, facts)
		equal(t, "commutative", a.Join(b), b.Join(a), sameState)
		equal(t, "associative", a.Join(b).Join(c), a.Join(b.Join(c)), sameState)
		equal(t, "idempotent", a.Join(a), a, sameState)
		equal(t, "absorbing", a.Join(b).Join(b), a.Join(b), sameState)
		equal(t, "nothing joined", a.Join(State{}), a, sameState)
	})
}

func TestJoinLeavesBothSidesAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := fold(ofOne(drawMarks(t, 8))), fold(ofOne(drawMarks(t, 8)))
		keepA, keepB := State{a.Evidence, slices.Clone(a.Verdicts)}, State{b.Evidence, slices.Clone(b.Verdicts)}
		a.Join(b)
		a.Add(drawMark(t, 99, Teacher))
		equal(t, "left", a, keepA, sameState)
		equal(t, "right", b, keepB, sameState)
	})
}

func TestVerdictsStayInTheOrderOfTheirSeats(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := fold(ofOne(drawMarks(t, 12))).Verdicts
		if !slices.IsSortedFunc(v, sameSeat) {
			t.Fatalf("got %+v, want them by class and author", v)
		}
		if n := len(slices.CompactFunc(slices.Clone(v), func(a, b Vote) bool { return sameSeat(a, b) == 0 })); n != len(v) {
			t.Fatalf("got %d verdicts for %d seats, want one each", len(v), n)
		}
	})
}

func TestAnotherBodyOfTheSameOrderIsBrokenById(t *testing.T) {
	t.Parallel()
	low := Fact{ID: small('f', 1), Kind: MarkSet, Class: Teacher, Status: Absent, Ord: 7, Actor: actor(1)}
	high := low
	high.ID, high.Status = small('f', 2), Present
	for _, facts := range [][]Fact{{low, high}, {high, low}} {
		if w, _ := fold(facts).Winner(); w.Status != Present {
			t.Errorf("got %q, want the verdict with the higher id (present)", w.Status)
		}
	}
	high.Actor = actor(2) // another seat: the tie is broken among authors as well
	for _, facts := range [][]Fact{{low, high}, {high, low}} {
		if w, _ := fold(facts).Winner(); w.Status != Present {
			t.Errorf("two authors: got %q, want the verdict with the higher id (present)", w.Status)
		}
	}
}
