package sqlite_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
)

func change(t *testing.T, kind attendance.RowKind, key string, row any) attendance.Change {
	t.Helper()
	b, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	return attendance.Change{Kind: kind, Key: key, Row: b}
}

func course(t *testing.T, code string) attendance.Change {
	t.Helper()
	c := attendance.FeedCourse{ID: newID(t), Code: code, Name: "Course " + code, DefaultMinutes: 60}
	return change(t, attendance.CourseRow, c.ID.String(), c)
}

func courses(t *testing.T, s *sqlite.Store) string {
	t.Helper()
	out := ""
	err := s.View(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
		all, err := tx.Courses(ctx)
		for _, c := range all {
			out += c.Code + " "
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestASnapshotHidesWhatItDoesNotName(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), sqlite.Options{})
	a, b, c := course(t, "A"), course(t, "B"), course(t, "C")
	zone := change(t, attendance.SettingRow, "zone", "Asia/Kolkata")
	g1, g2 := newID(t), newID(t)
	snapshot := func(generation attendance.ID, rev int64, rows ...attendance.Change) {
		t.Helper()
		page := attendance.Page{Generation: generation, Rev: rev, Snapshot: true, Changes: rows, Digest: (&feed{}).digest(rows)}
		if err := s.Apply(t.Context(), page); err != nil {
			t.Fatal(err)
		}
	}
	snapshot(g1, 7, a, b, zone)
	if got := settings(t, s)["zone"]; string(got) != `"Asia/Kolkata"` {
		t.Errorf("setting: got %s", got)
	}
	snapshot(g2, 3, b, c)
	if got := courses(t, s); got != "B C " {
		t.Errorf("courses: got %q, want B C", got)
	}
	if got := settings(t, s); len(got) != 0 {
		t.Errorf("settings: got %s, want none", got)
	}
	id, _ := attendance.ParseID(a.Key)
	err := s.View(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
		_, err := tx.Course(ctx, id) // its sessions may still name it
		return err
	})
	if err != nil {
		t.Errorf("a hidden course by id: got %v", err)
	}
	if got, err := s.Feed(t.Context()); err != nil || got.Generation != g2 || got.Rev != 3 {
		t.Errorf("feed: got %+v, %v, want g2 at 3", got, err)
	}
	snapshot(g2, 4, a, b, c)
	if got := courses(t, s); got != "A B C " {
		t.Errorf("courses: got %q, want A B C", got)
	}
}

func TestChangesFollowASnapshot(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), sqlite.Options{})
	f := &feed{store: s, generation: newID(t)}
	a, b := course(t, "A"), course(t, "B")
	first := []attendance.Change{a, b}
	if err := s.Apply(t.Context(), attendance.Page{Generation: f.generation, Rev: 1, Snapshot: true, Changes: first, Digest: f.digest(first)}); err != nil {
		t.Fatal(err)
	}
	f.rev = 1
	unknown := change(t, "lunch", "42", map[string]int{"soup": 1}) // of a newer cloud
	for _, step := range []struct {
		rows []attendance.Change
		want string
	}{
		{[]attendance.Change{course(t, "C"), unknown}, "A B C "},
		{[]attendance.Change{{Kind: attendance.CourseRow, Key: a.Key, Gone: true}}, "B C "},
		{[]attendance.Change{{Kind: attendance.CourseRow, Key: a.Key, Gone: true}, {Kind: "lunch", Key: "42", Gone: true}}, "B C "},
		{[]attendance.Change{a}, "A B C "},
		{nil, "A B C "},
	} {
		if err := f.apply(t.Context(), step.rows); err != nil {
			t.Fatal(err)
		}
		if got := courses(t, s); got != step.want {
			t.Errorf("courses: got %q, want %q", got, step.want)
		}
	}
	if got, err := s.Feed(t.Context()); err != nil || got.Generation != f.generation || got.Rev != 6 {
		t.Errorf("feed: got %+v, %v, want g at 6", got, err)
	}
}

func TestAFeedThatDoesNotAddUpChangesNothing(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), sqlite.Options{})
	a := []attendance.Change{course(t, "A")}
	right, g := (&feed{}).digest(a), newID(t)
	if err := s.Apply(t.Context(), attendance.Page{Generation: g, Rev: 1, Snapshot: true, Changes: a, Digest: right}); err != nil {
		t.Fatal(err)
	}
	wrong := []attendance.Change{course(t, "B")}
	for what, page := range map[string]attendance.Page{
		"snapshot":   {Generation: newID(t), Rev: 2, Snapshot: true, Changes: wrong, Digest: right},
		"changes":    {Generation: g, Rev: 2, Changes: wrong, Digest: right},
		"no changes": {Generation: g, Rev: 1, Digest: right + 1},
	} {
		if err := s.Apply(t.Context(), page); !errors.Is(err, sqlite.ErrDigest) {
			t.Errorf("%s: got %v, want ErrDigest", what, err)
		}
	}
	broken := []attendance.Change{{Kind: attendance.CourseRow, Key: newID(t).String(), Row: json.RawMessage(`{"id":7}`)}}
	if err := s.Apply(t.Context(), attendance.Page{Generation: g, Rev: 2, Changes: broken, Digest: right}); err == nil {
		t.Error("a row that cannot be read was taken in")
	}
	if got := courses(t, s); got != "A " {
		t.Errorf("courses: got %q, want A", got)
	}
	if got, err := s.Feed(t.Context()); err != nil || got.Generation != g || got.Rev != 1 {
		t.Errorf("feed: got %+v, %v, want the first at 1", got, err)
	}
}

func TestTheCursorMovesWithTheFactsOrNotAtAll(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), sqlite.Options{})
	f := note(t, "from the cloud")
	f.Learnt = true
	err := s.Learn(t.Context(), "5", func(ctx context.Context, tx attendance.Tx) error {
		if _, err := tx.Append(ctx, []attendance.Fact{f}); err != nil {
			return err
		}
		return errors.New("on purpose")
	})
	if err == nil {
		t.Fatal("the error was swallowed")
	}
	if got, _ := s.Feed(t.Context()); got.Facts != "" {
		t.Errorf("cursor: got %q, want none", got.Facts)
	}
	if err := s.Learn(t.Context(), "5", appendFacts(f)); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.Feed(t.Context()); got.Facts != "5" {
		t.Errorf("cursor: got %q, want 5", got.Facts)
	}
	if got := waiting(t, s); got != 0 {
		t.Errorf("waiting: got %d, want 0", got)
	}
}

func TestAPendriveBelongsToOneNodeForEver(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), sqlite.Options{})
	me := sqlite.Identity{Node: newID(t), Name: "Drive 7", Institution: "GCE", Cloud: "https://arise.example"}
	for range 2 {
		if err := s.Claimed(t.Context(), me); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Claimed(t.Context(), sqlite.Identity{Node: newID(t)}); err == nil {
		t.Error("it was given to another node")
	}
	got, err := s.Identity(t.Context())
	if err != nil || got.Node != me.Node || got.Name != me.Name || got.Institution != me.Institution || got.Cloud != me.Cloud || len(got.Key) != 32 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func settings(t *testing.T, s *sqlite.Store) map[string]json.RawMessage {
	t.Helper()
	var out map[string]json.RawMessage
	err := s.View(t.Context(), func(ctx context.Context, tx attendance.Tx) (err error) {
		out, err = tx.Settings(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
