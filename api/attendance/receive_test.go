package attendance

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func ms(at time.Time) int64 { return at.UnixMilli() }

func effective(s Stamp, sample Sample, now time.Time) int64 {
	at, _ := Upload{Clock: sample}.timing(time.Time{}, now).effective(s)
	return at
}

func receive(up Upload, sent Sent, now time.Time) (Fact, bool) {
	return up.timing(time.Time{}, now).receive(up, readLines([]Sent{sent})[0])
}

func TestNothingHappensInTheFutureOrBeforeTime(t *testing.T) {
	t.Parallel()
	reading := rapid.OneOf(
		rapid.Int64Range(ms(noon.AddDate(-20, 0, 0)), ms(noon.AddDate(80, 0, 0))),
		rapid.Int64Range(ms(noon)-5000, ms(noon)+5000),
		rapid.SampledFrom([]int64{0, 1, -1, maxMS, maxMS + 1, math.MaxInt64, math.MinInt64}),
	)
	rapid.Check(t, func(t *rapid.T) {
		s := Stamp{
			WallMS: reading.Draw(t, "wall"), MonoMS: reading.Draw(t, "mono"),
			Segment: segment(rapid.IntRange(0, 1).Draw(t, "segment")),
		}
		sample := Sample{WallMS: reading.Draw(t, "sample wall"), MonoMS: reading.Draw(t, "sample mono"), Segment: segment(1)}
		if got := effective(s, sample, noon); got < 0 || got > ms(noon) {
			t.Fatalf("got %d, want 0 to %d", got, ms(noon))
		}
	})
}

func TestAClockThatAgreesIsTrustedExactly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		off := rapid.Int64Range(-2000, 2000).Draw(t, "ms off")
		ago := rapid.Int64Range(2001, 3_600_000).Draw(t, "ms ago")
		sample := Sample{WallMS: ms(noon) + off, MonoMS: 7_200_000, Segment: segment(1)}
		s := Stamp{WallMS: sample.WallMS - ago, MonoMS: rapid.Int64Range(0, 7_200_000).Draw(t, "mono"), Segment: segment(rapid.IntRange(0, 2).Draw(t, "segment"))}
		if got := effective(s, sample, noon); got != s.WallMS {
			t.Fatalf("%d ms off: got %d, want the wall clock %d", off, got, s.WallMS)
		}
	})
}

func TestAWrongClockIsCorrectedWithinItsSegment(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		off := rapid.OneOf(rapid.Int64Range(2001, 80*365*86_400_000), rapid.Int64Range(-20*365*86_400_000, -2001)).Draw(t, "ms off")
		ago := rapid.Int64Range(0, 86_400_000).Draw(t, "ms ago")
		step := rapid.Int64Range(-86_400_000, 86_400_000).Draw(t, "wall stepped")
		sample := Sample{WallMS: ms(noon) + off, MonoMS: 90_000_000, Segment: segment(1)}
		same := Stamp{WallMS: sample.WallMS - ago + step, MonoMS: sample.MonoMS - ago, Segment: segment(1)}
		if got, want := effective(same, sample, noon), ms(noon)-ago; got != want {
			t.Fatalf("same segment: got %d ms ago, want %d", ms(noon)-got, ago)
		}
		other := Stamp{WallMS: sample.WallMS - ago, MonoMS: 5, Segment: segment(2)}
		if got, want := effective(other, sample, noon), ms(noon)-ago; got != want {
			t.Fatalf("another segment, the same offset: got %d ms ago, want %d", ms(noon)-got, ago)
		}
	})
}

func TestWithoutASampleTheWallClockCountsUntilNow(t *testing.T) {
	t.Parallel()
	for wall, want := range map[int64]int64{ms(noon) - 5: ms(noon) - 5, ms(noon) + 5: ms(noon), 0: 0} {
		if got := effective(Stamp{WallMS: wall}, Sample{}, noon); got != want {
			t.Errorf("wall %d: got %d, want %d", wall, got, want)
		}
	}
}

func sealed(t interface{ Fatal(...any) }, f Fact) Fact {
	if err := f.Seal(); err != nil {
		t.Fatal(err)
	}
	return f
}

// tap is a teacher's verdict made on drive 2 at a time its clock believes.
func tap(n int, wall time.Time, seen HLC) Fact {
	return Fact{
		ID: small('f', n), Kind: MarkSet, Node: small('n', 2), Session: small('S', 1), Student: student(1), Actor: actor(1),
		Class: Teacher, Status: Present, Seen: seen,
		Stamp: Stamp{WallMS: ms(wall), HLC: HLCAt(wall), Segment: segment(1), MonoMS: ms(wall) - ms(noon.AddDate(-30, 0, 0))},
	}
}

func uploadOf(wall time.Time) Upload {
	return Upload{
		Node: small('n', 2), Incarnation: small('i', 1),
		Clock: Sample{WallMS: ms(wall), Segment: segment(1), MonoMS: ms(wall) - ms(noon.AddDate(-30, 0, 0))},
	}
}

func TestALineIsPlacedInTimeAndOrder(t *testing.T) {
	t.Parallel()
	hour, minute := time.Hour, time.Minute
	for _, tc := range []struct {
		name         string
		off          time.Duration // of the drive's clock
		wantAdjusted bool
		wantOrd      HLC
	}{
		{"a clock that is right", 0, false, HLCAt(noon.Add(-minute))},
		{"two seconds off", 2 * time.Second, false, HLCAt(noon.Add(2*time.Second - minute))},
		{"a minute ahead keeps its order", minute, true, HLCAt(noon)},
		{"exactly at the limit ahead", 3 * minute, true, HLCAt(noon.Add(2 * minute))},
		{"an hour ahead is ordered by its effective time", hour, true, HLCAt(noon.Add(-minute)) + 9},
		{"an hour behind keeps its order", -hour, true, HLCAt(noon.Add(-hour - minute))},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := sealed(t, tap(1, noon.Add(tc.off-minute), 0))
			got, adjusted := receive(uploadOf(noon.Add(tc.off)), Sent{Seq: 9, ID: f.ID, Body: f.Body}, noon)
			want := ms(noon.Add(-minute))
			if !tc.wantAdjusted {
				want = f.WallMS
			}
			if got.EffectiveMS != want || adjusted != tc.wantAdjusted || got.Why != "" {
				t.Errorf("got %d adjusted %t %q, want %d adjusted %t", got.EffectiveMS, adjusted, got.Why, want, tc.wantAdjusted)
			}
			if got.Ord != tc.wantOrd {
				t.Errorf("order: got %d, want %d", got.Ord, tc.wantOrd)
			}
			if (got.Origin != Origin{Incarnation: small('i', 1), Seq: 9}) {
				t.Errorf("origin: got %+v", got.Origin)
			}
		})
	}
}

func TestOrderIsNeverFurtherAheadThanIsSane(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := tap(1, noon.Add(-time.Minute), HLC(rapid.Int64Min(0).Draw(t, "seen")))
		f.HLC = HLC(rapid.Int64Min(0).Draw(t, "hlc"))
		f = sealed(t, f)
		got, _ := receive(uploadOf(noon), Sent{Seq: 1, ID: f.ID, Body: f.Body}, noon)
		if got.Why != "" || got.Ord < 0 || got.Ord.Time().After(noon.Add(MaxAhead).Add(time.Millisecond)) {
			t.Fatalf("got order %v %q, want at most %v", got.Ord.Time(), got.Why, noon.Add(MaxAhead))
		}
	})
}

func TestALaterTapOfOneDriveOutranksTheEarlierWhateverItsClockSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		off := time.Duration(rapid.Int64Range(-300, 300).Draw(t, "seconds off")) * time.Second
		gap := time.Duration(rapid.Int64Range(1, 300).Draw(t, "seconds between")) * time.Second
		wait := time.Duration(rapid.Int64Range(0, 300).Draw(t, "seconds until sent")) * time.Second
		now := noon.Add(gap + wait)
		first := sealed(t, tap(1, noon.Add(off), 0))
		second := sealed(t, tap(2, noon.Add(off+gap), first.Ord))
		up := uploadOf(now.Add(off))
		a, _ := receive(up, Sent{Seq: 1, ID: first.ID, Body: first.Body}, now)
		b, _ := receive(up, Sent{Seq: 2, ID: second.ID, Body: second.Body}, now)
		if a.Ord >= b.Ord {
			t.Fatalf("got %v for the first and %v for the second, want them in the order they were made", a.Ord.Time(), b.Ord.Time())
		}
	})
}

func TestAVerdictOutranksWhatItsAuthorHadSeenHoweverSlowTheClock(t *testing.T) {
	t.Parallel()
	seen := HLCAt(noon.Add(-10 * time.Minute)) // made in the cloud, shown on the drive
	wall := noon.AddDate(-17, 0, 0)            // a computer with a flat battery
	f := sealed(t, tap(1, wall, seen))
	if f.Ord <= seen {
		t.Errorf("on the drive: got order %v, want it after %v", f.Ord.Time(), seen.Time())
	}
	got, _ := receive(uploadOf(wall.Add(time.Minute)), Sent{Seq: 1, ID: f.ID, Body: f.Body}, noon)
	if got.Ord <= seen {
		t.Errorf("in the cloud: got order %v, want it after %v", got.Ord.Time(), seen.Time())
	}
	if want := ms(noon.Add(-time.Minute)); got.EffectiveMS != want {
		t.Errorf("got %d, want %d", got.EffectiveMS, want)
	}
}

func TestAForeignOrUnreadableLineIsKeptAsItCame(t *testing.T) {
	t.Parallel()
	good := sealed(t, tap(1, noon, 0))
	foreign := tap(2, noon, 0)
	foreign.Node = small('n', 3)
	foreign = sealed(t, foreign)
	for name, sent := range map[string]Sent{
		"not JSON":                       {Seq: 4, ID: good.ID, Body: []byte("{")},
		"nothing":                        {Seq: 4, ID: good.ID},
		"another id than its body's":     {Seq: 4, ID: small('x', 1), Body: good.Body},
		"made by another drive":          {Seq: 4, ID: foreign.ID, Body: foreign.Body},
		"no id at all":                   {Seq: 4, Body: []byte("{}")},
		"larger than a fact may be":      {Seq: 4, ID: good.ID, Body: make([]byte, MaxBody+1)},
		"an id beside an empty envelope": {Seq: 4, ID: good.ID, Body: []byte("{}")},
	} {
		got, adjusted := receive(uploadOf(noon), sent, noon)
		if got.Why != WhyPoison || adjusted || string(got.Body) != string(sent.Body) || got.Origin.Seq != 4 {
			t.Errorf("%s: got %q adjusted %t, want poison with its body", name, got.Why, adjusted)
		}
		if got.ID.IsZero() || !sent.ID.IsZero() && got.ID != sent.ID {
			t.Errorf("%s: got id %v, want %v or one of its own", name, got.ID, sent.ID)
		}
		if got.EffectiveMS != ms(noon) {
			t.Errorf("%s: got %d, want now", name, got.EffectiveMS)
		}
	}
}
