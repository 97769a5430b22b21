package attendance

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestASessionMovesOneWayUnderAnyOrderOfFacts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := drawSession(t)
		want := open(facts[0])
		for _, f := range facts[1:] {
			shift := f.EffectiveMS - f.WallMS
			if f.IsVoid() {
				if f.Ord > want.Void.Ord || f.Ord == want.Void.Ord && f.ID.Compare(want.Void.Fact) > 0 {
					want.Void = Void{f.Kind == SessionVoided, f.Actor, f.EffectiveMS, f.Reason, f.Ord, f.ID}
				}
				continue
			}
			if f.Kind == SessionExtended {
				want.ClosesAt = time.UnixMilli(max(want.ClosesAt.UnixMilli(), f.ClosesAt+shift)).UTC()
				continue
			}
			if at := time.UnixMilli(f.ClosedAt + shift).UTC(); want.ClosedAt.IsZero() || at.Before(want.ClosedAt) {
				want.ClosedAt = at
			}
		}
		got := open(facts[0])
		for _, f := range append(shuffled(t, facts), shuffled(t, facts)...) { // and twice
			got = got.fold(f)
		}
		if got != want {
			t.Fatalf("got closes %v closed %v, want closes %v closed %v", got.ClosesAt, got.ClosedAt, want.ClosesAt, want.ClosedAt)
		}
	})
}

func TestASessionTakesMarksUntilItClosesOrIsClosed(t *testing.T) {
	t.Parallel()
	s := Session{ClosesAt: noon.Add(time.Hour)}
	for at, want := range map[time.Duration]bool{-time.Hour: true, time.Hour - 1: true, time.Hour: false, 2 * time.Hour: false} {
		if got := s.OpenAt(noon.Add(at)); got != want {
			t.Errorf("after %v: got %t, want %t", at, got, want)
		}
	}
	if got := s.Remaining(noon); got != time.Hour {
		t.Errorf("got %v left, want 1h", got)
	}
	if got := s.Remaining(noon.Add(2 * time.Hour)); got != 0 {
		t.Errorf("after the end: got %v left, want 0", got)
	}
	s.ClosedAt = noon.Add(time.Minute)
	if s.OpenAt(noon) {
		t.Error("a session that was ended is open, want closed")
	}
}

func TestTheCloudMovesTheEndWithTheStart(t *testing.T) {
	t.Parallel()
	// The drive believes it is 2099; the class lasts an hour all the same.
	wall := time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	s := open(Fact{
		Kind: SessionOpened, Session: small('S', 1), EffectiveMS: noon.UnixMilli(), Stamp: Stamp{WallMS: wall.UnixMilli()},
		Opening: &Opening{Course: small('C', 1), ClosesMS: wall.Add(time.Hour).UnixMilli()},
	})
	if !s.OpenedAt.Equal(noon) || !s.ClosesAt.Equal(noon.Add(time.Hour)) {
		t.Errorf("got %v to %v, want %v to %v", s.OpenedAt, s.ClosesAt, noon, noon.Add(time.Hour))
	}
	if s.Policy != DefaultPolicy() {
		t.Errorf("an opening without a policy: got %+v, want the default", s.Policy)
	}
	s = s.fold(Fact{
		Kind: SessionEnded, ClosedAt: wall.Add(30 * time.Minute).UnixMilli(),
		EffectiveMS: noon.UnixMilli(), Stamp: Stamp{WallMS: wall.UnixMilli()},
	})
	if want := noon.Add(30 * time.Minute); !s.ClosedAt.Equal(want) {
		t.Errorf("got closed at %v, want %v", s.ClosedAt, want)
	}
}

func TestLateIsTheMonotonicDistanceWhateverTheWallClockSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 30).Draw(t, "late after minutes")
		start := rapid.Int64Range(0, 1<<40).Draw(t, "mono at start")
		waited := rapid.Int64Range(0, 60*60_000).Draw(t, "ms waited")
		near := int64(limit)*60_000 + rapid.Int64Range(-1, 1).Draw(t, "near the limit")
		if rapid.Bool().Draw(t, "exactly") {
			waited = near
		}
		s := Session{
			OpenedAt: noon, Policy: Policy{Version: 1, LateAfterMin: limit},
			Opened: Stamp{Segment: segment(1), MonoMS: start},
		}
		f := Fact{
			Kind: MarkSeen, Class: Evidence, Student: student(1),
			EffectiveMS: noon.AddDate(rapid.IntRange(-20, 80).Draw(t, "years off"), 0, 0).UnixMilli(),
			Stamp:       Stamp{Segment: segment(1), MonoMS: start + waited},
		}
		want := Present
		if waited > int64(limit)*60_000 {
			want = Late
		}
		if got := Stand(s, student(1), fold([]Fact{f})).Status; got != want {
			t.Fatalf("after %d ms of %d min: got %q, want %q", waited, limit, got, want)
		}
	})
}

func TestLateAcrossSegmentsFallsBackToTheEffectiveTime(t *testing.T) {
	t.Parallel()
	s := Session{OpenedAt: noon, Policy: Policy{Version: 1, LateAfterMin: 10}, Opened: Stamp{Segment: segment(1)}}
	for _, tc := range []struct {
		name    string
		segment ID
		after   time.Duration
		want    Status
	}{
		{"at the limit", segment(2), 10 * time.Minute, Present},
		{"a millisecond later", segment(2), 10*time.Minute + time.Millisecond, Late},
		{"before the start", segment(2), -time.Hour, Present},
		{"without a segment", ID{}, 11 * time.Minute, Late},
	} {
		f := Fact{Kind: MarkSeen, Class: Evidence, EffectiveMS: noon.Add(tc.after).UnixMilli(), Stamp: Stamp{Segment: tc.segment, MonoMS: 1 << 40}}
		if got := Stand(s, student(1), fold([]Fact{f})).Status; got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
	s.Opened.Segment = ID{}
	f := Fact{Kind: MarkSeen, Class: Evidence, EffectiveMS: noon.UnixMilli(), Stamp: Stamp{MonoMS: 1 << 40}}
	if got := Stand(s, student(1), fold([]Fact{f})).Status; got != Present {
		t.Errorf("two facts without a segment: got %q, want present: their monotonic clocks have nothing in common", got)
	}
	s.Policy.LateAfterMin = 0
	f.EffectiveMS += 5 * 60 * 60_000
	if got := Stand(s, student(1), fold([]Fact{f})).Status; got != Present {
		t.Errorf("nobody is late at 0 minutes: got %q, want present", got)
	}
}

func TestAVerdictIsNeverTurnedIntoLate(t *testing.T) {
	t.Parallel()
	s := Session{OpenedAt: noon, Policy: Policy{Version: 1, LateAfterMin: 10}}
	f := Fact{Kind: MarkSet, Class: Teacher, Status: Present, EffectiveMS: noon.Add(time.Hour).UnixMilli()}
	if got := Stand(s, student(1), fold([]Fact{f})).Status; got != Present {
		t.Errorf("got %q, want present", got)
	}
	if got := Stand(s, student(1), State{}); got.Status != Unmarked || !got.At.IsZero() {
		t.Errorf("nobody said anything: got %q at %v, want unmarked", got.Status, got.At)
	}
}

func TestNoEndLiesBeyondWhatADatabaseCanPrint(t *testing.T) {
	t.Parallel()
	s := open(Fact{
		Kind: SessionOpened, EffectiveMS: noon.UnixMilli(), Stamp: Stamp{WallMS: 0},
		Opening: &Opening{Course: small('C', 1), ClosesMS: maxMS},
	})
	if want := time.UnixMilli(maxMS).UTC(); !s.ClosesAt.Equal(want) {
		t.Errorf("got %v, want %v", s.ClosesAt, want)
	}
	s = s.fold(Fact{Kind: SessionEnded, ClosedAt: 5, EffectiveMS: 0, Stamp: Stamp{WallMS: maxMS}})
	if want := time.UnixMilli(0).UTC(); !s.ClosedAt.Equal(want) {
		t.Errorf("got %v, want %v", s.ClosedAt, want)
	}
}
