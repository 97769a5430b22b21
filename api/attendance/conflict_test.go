package attendance

import (
	"testing"

	"pgregory.net/rapid"
)

func TestTheConflictFlagIsSymmetricAndKnowsNoOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := ofOne(drawMarks(t, 8))
		want := fold(facts).Conflict()
		if got := fold(shuffled(t, facts)).Conflict(); got != want {
			t.Fatalf("in another order: got %t, want %t", got, want)
		}
		names := shuffled(t, []ID{actor(1), actor(2), actor(3)})
		renamed := make([]Fact, len(facts))
		for i, f := range facts {
			f.Actor = names[f.Actor[15]-1]
			renamed[i] = f
		}
		if got := fold(renamed).Conflict(); got != want {
			t.Fatalf("with the authors' names exchanged: got %t, want %t", got, want)
		}
	})
}

func TestTwoAuthorsConflictWhenNeitherHadSeenTheOther(t *testing.T) {
	t.Parallel()
	verdict := func(n int, c Class, who int, s Status, ord, seen HLC) Fact {
		return Fact{ID: small('f', n), Kind: MarkSet, Class: c, Actor: actor(who), Status: s, Ord: ord, Seen: seen}
	}
	withdrawn := verdict(2, Teacher, 2, Unmarked, 6, 0)
	withdrawn.Kind = MarkCleared
	for name, tc := range map[string]struct {
		a, b Fact
		want bool
	}{
		"neither saw the other":               {verdict(1, Teacher, 1, Present, 5, 0), verdict(2, Teacher, 2, Absent, 6, 0), true},
		"the later saw exactly the earlier":   {verdict(1, Teacher, 1, Present, 5, 0), verdict(2, Teacher, 2, Absent, 6, 5), false},
		"the later saw only something older":  {verdict(1, Teacher, 1, Present, 5, 0), verdict(2, Teacher, 2, Absent, 6, 4), true},
		"a mad clock has not seen the future": {verdict(1, Teacher, 1, Present, 5, 6), verdict(2, Teacher, 2, Absent, 6, 0), true},
		"they agree":                          {verdict(1, Teacher, 1, Absent, 5, 0), verdict(2, Teacher, 2, Absent, 6, 0), false},
		"one author changed their mind":       {verdict(1, Teacher, 1, Present, 5, 0), verdict(2, Teacher, 1, Absent, 6, 0), false},
		"the office against a teacher":        {verdict(1, Office, 1, Present, 5, 0), verdict(2, Teacher, 2, Absent, 6, 0), true},
		"one person in two offices":           {verdict(1, Office, 1, Present, 5, 0), verdict(2, Teacher, 1, Absent, 6, 0), false},
		"a bulk mark argues with nobody":      {verdict(1, Teacher, 1, Present, 5, 0), verdict(2, Bulk, 2, Absent, 6, 0), false},
		"two bulk marks do not argue":         {verdict(1, Bulk, 1, Present, 5, 0), verdict(2, Bulk, 2, Absent, 6, 0), false},
		"a withdrawn verdict argues with nobody": {
			verdict(1, Office, 1, Present, 5, 0), withdrawn, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, facts := range [][]Fact{{tc.a, tc.b}, {tc.b, tc.a}} {
				if got := fold(facts).Conflict(); got != tc.want {
					t.Errorf("got %t, want %t", got, tc.want)
				}
			}
		})
	}
}
