package attendance

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// shows is the register kept by a slow clerk who reads the whole log each time:
// of each class the last word of each author, less what somebody who had read it
// took back, and of the rest the latest.
func shows(facts []Fact) (Fact, bool) {
	byOrder := func(a, b Fact) int {
		return cmp.Or(cmp.Compare(a.Ord, b.Ord), slices.Compare(a.ID[:], b.ID[:]))
	}
	came, _ := arrival(facts)
	var leave *Fact
	for _, c := range []Class{Office, Leave, Teacher, Bulk} {
		last := map[[2]ID]Fact{}
		for _, f := range slices.SortedFunc(slices.Values(facts), byOrder) {
			if f.Class == c {
				last[[2]ID{f.Actor, placing(f)}] = f
			}
		}
		var said []Fact
		for _, f := range last {
			takenBack := false
			for _, w := range last {
				takenBack = takenBack || c != Leave && w.Kind == MarkCleared && min(w.Seen, w.Ord) >= f.Ord
			}
			if f.Kind == MarkSet && !takenBack {
				said = append(said, f)
			}
		}
		if len(said) > 0 {
			top := slices.MaxFunc(said, byOrder)
			there := top.Status.Attended() && (c != Bulk || !came.ID.IsZero())
			switch {
			case c == Leave:
				leave = &top // it shows, unless somebody says that the student was there
				continue
			case leave != nil && !there:
				return *leave, true
			}
			return top, true
		}
	}
	if leave != nil && came.ID.IsZero() {
		return *leave, true
	}
	return arrival(facts)
}

func TestAWithdrawalSaysNothingOfWhatItsAuthorNeverSaw(t *testing.T) {
	t.Parallel()
	// Offline, one teacher says present. In the cloud another says absent, and takes
	// that back without ever having heard of the first.
	offline := Fact{ID: small('f', 1), Kind: MarkSet, Class: Teacher, Status: Present, Actor: actor(1), Ord: 10}
	said := Fact{ID: small('f', 2), Kind: MarkSet, Class: Teacher, Status: Absent, Actor: actor(2), Ord: 11}
	took := Fact{ID: small('f', 3), Kind: MarkCleared, Class: Teacher, Actor: actor(2), Ord: 12, Seen: 9}
	if got, ok := fold([]Fact{offline, said, took}).Winner(); !ok || got.Fact != offline.ID {
		t.Errorf("got %v %t, want the verdict nobody took back", got.Status, ok)
	}
	took.Seen = 11
	if got, ok := fold([]Fact{offline, said, took}).Winner(); ok {
		t.Errorf("got %v, want nothing: it was seen and taken back", got.Status)
	}
}

// placing is the decision that put a fact where it is, or the one it takes back.
func placing(f Fact) ID {
	switch {
	case f.Ruling == nil:
		return ID{}
	case f.Ruling.Back.IsZero():
		return f.ID
	}
	return f.Ruling.Back
}

// arrival is the earliest evidence but for what was placed and taken back later.
func arrival(facts []Fact) (Fact, bool) {
	var seen []Fact
	for _, f := range facts {
		if f.Class != Evidence || f.Kind == MarkCleared {
			continue
		}
		if !slices.ContainsFunc(facts, func(g Fact) bool {
			return g.Class == Evidence && g.takesBack() && g.Ruling.Back == f.ID && f.Ruling != nil &&
				cmp.Or(cmp.Compare(f.Ord, g.Ord), slices.Compare(f.ID[:], g.ID[:])) < 0
		}) {
			seen = append(seen, f)
		}
	}
	if len(seen) == 0 {
		return Fact{}, false
	}
	return slices.MinFunc(seen, func(a, b Fact) int {
		return cmp.Or(cmp.Compare(a.EffectiveMS, b.EffectiveMS), cmp.Compare(a.Ord, b.Ord), slices.Compare(a.ID[:], b.ID[:]))
	}), true
}

func TestTheRegisterShowsWhatASlowClerkWouldRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := ofOne(drawMarks(t, 10))
		want, found := shows(facts)
		got, ok := fold(shuffled(t, facts)).Winner()
		if ok != found || got.Fact != want.ID {
			t.Fatalf("got %v %t, want %v %t", got.Fact, ok, want.ID, found)
		}
		if ok && got.Class != Evidence && got.Status != want.Status {
			t.Fatalf("got %q, want %q", got.Status, want.Status)
		}
		if ok && got.Class == Evidence && got.Status != Present {
			t.Fatalf("evidence says %q, want only present", got.Status)
		}
	})
}

func TestNoEvidenceChangesWhoHasAVerdict(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before := fold(ofOne(drawMarks(t, 8, Evidence, Bulk, Teacher, Office)))
		w, ok := before.Winner()
		if !ok || w.Class == Evidence {
			t.Skip("nobody decided")
		}
		after := before
		for i := range 3 {
			after = after.Add(drawMark(t, 100+i, Evidence))
		}
		got, _ := after.Winner()
		equal(t, "winner", got, w, func(a, b Vote) bool { return a == b })
		equal(t, "conflict", after.Conflict(), before.Conflict(), func(a, b bool) bool { return a == b })
	})
}

func TestEvidenceIsNeverLostAndArrivalIsTheEarliest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := ofOne(drawMarks(t, 10))
		want, found := arrival(facts)
		got, ok := fold(shuffled(t, facts)).arrival()
		if ok != found {
			t.Fatalf("got evidence %v, want %t", got, found)
		}
		if found && (got.Fact != want.ID || got.AtMS != want.EffectiveMS) {
			t.Fatalf("got %v at %d, want %v at %d", got.Fact, got.AtMS, want.ID, want.EffectiveMS)
		}
	})
}

func TestAFastClockDoesNotTurnTheFirstArrivalIntoTheSecond(t *testing.T) {
	t.Parallel()
	// The drive runs 90 s ahead: little enough to keep its order, too much for its
	// time, which the cloud corrected. The other scanner saw the student later.
	first := Fact{
		ID: small('f', 1), Kind: MarkSeen, Class: Evidence,
		Ord: HLCAt(noon.Add(90 * time.Second)), EffectiveMS: noon.UnixMilli(),
	}
	second := Fact{
		ID: small('f', 2), Kind: MarkSeen, Class: Evidence,
		Ord: HLCAt(noon.Add(time.Minute)), EffectiveMS: noon.Add(time.Minute).UnixMilli(),
	}
	for _, facts := range [][]Fact{{first, second}, {second, first}} {
		if got := fold(facts).Evidence; got.AtMS != noon.UnixMilli() {
			t.Errorf("got an arrival at %v, want %v", time.UnixMilli(got.AtMS).UTC(), noon)
		}
	}
}

func TestAWithdrawnVerdictShowsTheLayerBelow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := ofOne(drawMarks(t, 10))
		for i, c := range []Class{Office, Teacher, Bulk} {
			clear := Fact{ID: small('x', i), Kind: MarkCleared, Status: Absent, Class: c, Student: student(1), Ord: 9, Seen: 9, Actor: actor(rapid.IntRange(1, 4).Draw(t, "who"))}
			below := slices.DeleteFunc(slices.Clone(facts), func(f Fact) bool { return f.Class == c })
			want, found := shows(below)
			got, ok := fold(append(slices.Clone(facts), clear)).Winner()
			if ok != found || got.Fact != want.ID {
				t.Fatalf("%d withdrawn: got %v %t, want %v %t", c, got.Fact, ok, want.ID, found)
			}
		}
	})
}

func TestBulkNeverOverturnsAnIndividualVerdict(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := fold(ofOne(drawMarks(t, 8, Evidence, Teacher, Office)))
		w, ok := s.Winner()
		if !ok || w.Class == Evidence {
			t.Skip("no individual verdict")
		}
		bulk := drawMark(t, 100, Bulk)
		bulk.Ord = 100
		if got, _ := s.Add(bulk).Winner(); got != w {
			t.Fatalf("got %+v, want %+v", got, w)
		}
	})
}

func TestALeaveNeverHidesThatSomebodyWasThere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := ofOne(drawMarks(t, 10))
		without := slices.DeleteFunc(slices.Clone(facts), func(f Fact) bool { return f.Class == Leave })
		with, _ := fold(shuffled(t, facts)).Winner()
		before, _ := fold(without).Winner()
		_, seen := arrival(without)
		if (before.Class != Bulk || seen) && before.Status.Attended() && !with.Status.Attended() {
			t.Fatalf("got %v of class %d, want %v of class %d to show", with.Status, with.Class, before.Status, before.Class)
		}
		if before.Class == Office && with != before {
			t.Fatalf("got %+v, want the office's word %+v", with, before)
		}
	})
}

func TestALeaveExcusesWhoWasNotThere(t *testing.T) {
	t.Parallel()
	leave := Fact{ID: small('f', 9), Kind: MarkSet, Class: Leave, Status: Excused, Actor: small('r', 1), Ord: 5}
	other := leave
	other.ID, other.Actor, other.Status = small('f', 8), small('r', 2), Duty
	ended := Fact{ID: small('f', 7), Kind: MarkCleared, Class: Leave, Actor: small('r', 1), Ord: 6, Seen: 5}
	said := func(c Class, st Status) Fact {
		return Fact{ID: small('f', int(c)), Kind: MarkSet, Class: c, Status: st, Actor: actor(1), Ord: 9}
	}
	finger := Fact{ID: small('f', 1), Kind: MarkSeen, Class: Evidence, Ord: 1}
	for name, c := range map[string]struct {
		facts []Fact
		want  Status
	}{
		"whom nobody saw": {[]Fact{leave}, Excused},
		"whom the teacher has marked absent, ever so late": {[]Fact{leave, said(Teacher, Absent)}, Excused},
		"with all others absent":                           {[]Fact{leave, said(Bulk, Absent)}, Excused},
		"with all others present":                          {[]Fact{leave, said(Bulk, Present)}, Excused},
		"but a finger shows":                               {[]Fact{leave, finger}, Present},
		"and so does it with all others present":           {[]Fact{leave, said(Bulk, Present), finger}, Present},
		"but a teacher's present shows":                    {[]Fact{leave, said(Teacher, Late)}, Late},
		"though a finger was there, a teacher said absent": {[]Fact{leave, finger, said(Teacher, Absent)}, Excused},
		"but the office's word shows":                      {[]Fact{leave, said(Office, Absent)}, Absent},
		"until it was withdrawn":                           {[]Fact{leave, ended, said(Teacher, Absent)}, Absent},
		"and another leave stays when one is withdrawn":    {[]Fact{leave, other, ended}, Duty},
	} {
		got, _ := fold(c.facts).Winner()
		if slices.Reverse(c.facts); got.Status != c.want {
			t.Errorf("%s: got %q, want %q", name, got.Status, c.want)
		}
		if back, _ := fold(c.facts).Winner(); back != got {
			t.Errorf("%s: got %q in another order", name, back.Status)
		}
	}
}
