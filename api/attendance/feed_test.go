package attendance

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestADigestKnowsNoOrderAndDropUndoesAdd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.Uint64(), 0, 8).Draw(t, "rows")
		var want Digest
		for _, r := range rows {
			want = want.Add(r)
		}
		var got Digest
		for _, r := range shuffled(t, rows) {
			got = got.Add(r)
		}
		if got != want {
			t.Fatalf("another order: got %d, want %d", got, want)
		}
		row := rapid.Uint64().Draw(t, "row")
		if got.Add(row).Drop(row) != want || got.Drop(row).Add(row) != want {
			t.Fatal("in and out again: got another digest, want the same")
		}
		for _, r := range shuffled(t, rows) {
			got = got.Drop(r)
		}
		if got != 0 {
			t.Fatalf("all dropped: got %d, want 0", got)
		}
	})
}

func TestARowsHashKnowsKindKeyAndContent(t *testing.T) {
	t.Parallel()
	// SHA-256(kind ‖ 0 ‖ key ‖ 0 ‖ row)[:8], worked out with hashlib.
	if got, want := RowHash(CourseRow, "c1", []byte(`{"id":1}`)), uint64(0x842f4e0a1672488f); got != want {
		t.Errorf("got %#x, want %#x", got, want)
	}
	seen := map[uint64]string{}
	for name, h := range map[string]uint64{
		"course k row":  RowHash(CourseRow, "k", []byte("row")),
		"teacher k row": RowHash(TeacherRow, "k", []byte("row")),
		"course j row":  RowHash(CourseRow, "j", []byte("row")),
		"course k ro":   RowHash(CourseRow, "k", []byte("ro")),
		"course kr ow":  RowHash(CourseRow, "kr", []byte("ow")),
		"coursek  row":  RowHash("coursek", "", []byte("row")),
		"nothing":       RowHash("", "", nil),
	} {
		if other, taken := seen[h]; taken {
			t.Errorf("%q and %q have one hash, want two", name, other)
		}
		seen[h] = name
	}
}

func TestAToldFactKeepsTheCloudsTimeAndNeverGoesBack(t *testing.T) {
	t.Parallel()
	f := sealed(t, tap(1, noon.AddDate(40, 0, 0), 0))
	got, err := Told{ID: f.ID, Body: f.Body, EffectiveMS: ms(noon), Ord: HLCAt(noon)}.Fact()
	if err != nil {
		t.Fatal(err)
	}
	if got.EffectiveMS != ms(noon) || got.Ord != HLCAt(noon) || !got.Learnt || got.ID != f.ID || got.WallMS != f.WallMS {
		t.Errorf("got %+v, want the cloud's time and order, and learnt", got)
	}
	if got, err := (Told{ID: f.ID, Body: []byte("{")}).Fact(); err == nil || !got.ID.IsZero() {
		t.Errorf("got %+v, want it refused", got)
	}
}

func TestTimesOnTheFeedGoThereAndBack(t *testing.T) {
	t.Parallel()
	for _, at := range []time.Time{{}, noon, time.UnixMilli(1).UTC(), noon.Add(time.Millisecond)} {
		if got := FromMS(UnixMS(at)); !got.Equal(at) || got.IsZero() != at.IsZero() {
			t.Errorf("got %v, want %v", got, at)
		}
	}
}
