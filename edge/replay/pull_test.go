package replay_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/edge/cloudtest"
)

const roster = "/api/sync/roster"

// rolls are the names on the roster, by roll.
func (d *drive) names() []string {
	d.t.Helper()
	var out []string
	d.view(func(ctx context.Context, tx attendance.Tx) error {
		all, err := tx.Roster(ctx, d.school.Course.ID)
		for _, m := range all {
			out = append(out, m.Name)
		}
		return err
	})
	return out
}

func (d *drive) rename(student int, name string) {
	d.t.Helper()
	st := d.school.Students[student]
	st.Name = name
	d.cloud.Put(cloudtest.Row(attendance.StudentRow, st.ID, st))
}

func TestTheRosterFollowsTheCloud(t *testing.T) {
	t.Parallel()
	d := pair(t)
	if got := len(d.names()); got != 5 {
		t.Fatalf("students: got %d, want 5", got)
	}
	d.rename(0, "Åsa Ⅷ <b>")
	d.cloud.Put(attendance.Change{Kind: attendance.SettingRow, Key: "motto", Row: []byte(`"learn & serve"`)})
	d.cycle()
	if got := d.names()[0]; got != "Åsa Ⅷ <b>" {
		t.Errorf("name: got %q", got)
	}
	err := d.store.View(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
		got, err := tx.Settings(ctx)
		if string(got["motto"]) != `"learn & serve"` {
			t.Errorf("setting: got %s", got["motto"])
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestManyPagesAreOneChange(t *testing.T) {
	t.Parallel()
	d := pair(t)
	d.cloud.Behave(cloudtest.Manners{Page: 2})
	for i := range 7 {
		d.rename(i%5, fmt.Sprintf("Round %d", i))
	}
	d.cycle()
	if got, want := d.names(), []string{"Round 5", "Round 6", "Round 2", "Round 3", "Round 4"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := d.cloud.Calls(roster); got != 1+4 {
		t.Errorf("pages: got %d, want 4 after the snapshot", got)
	}
}

func TestAFeedThatIsCutOffIsReadAgain(t *testing.T) {
	t.Parallel()
	d := pair(t)
	before := d.names()
	for i := range 5 {
		d.rename(i, "New")
	}
	d.cloud.Behave(cloudtest.Manners{Page: 2, Fault: func(n int, path string, w http.ResponseWriter, _ *http.Request) bool {
		if path != roster || n != 3 {
			return false
		}
		w.WriteHeader(http.StatusBadGateway)
		return true
	}})
	if _, err := d.replay.Cycle(t.Context()); err == nil {
		t.Fatal("got no error")
	}
	if got := d.names(); !slices.Equal(got, before) {
		t.Errorf("half a change shows: %v", got)
	}
	d.cycle()
	if got := d.names()[4]; got != "New" {
		t.Errorf("got %q, want New", got)
	}
}

func TestARestoredCloudGivesASnapshot(t *testing.T) {
	t.Parallel()
	d := pair(t)
	d.cloud.Regenerate(t)
	d.rename(1, "After the restore")
	d.cycle()
	if got := d.names()[1]; got != "After the restore" {
		t.Errorf("got %q", got)
	}
	held, err := d.store.Feed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.cycle()
	if again, err := d.store.Feed(t.Context()); err != nil || again != held {
		t.Errorf("got %+v, %v, want to stay at %+v", again, err, held)
	}
}

func TestARestoredCloudGetsWhatItForgot(t *testing.T) {
	t.Parallel()
	d := pair(t)
	d.lesson()
	d.cycle()
	d.cloud.Forget(t, 2)
	d.cloud.Regenerate(t)
	d.cycle() // nothing waits here: only the feed tells of the restore
	d.waits(6)
	d.cycle()
	d.arrived(6)
	d.waits(0)
	d.cycle()
	d.waits(0)
}

func TestARosterThatDoesNotAddUpIsFetchedWhole(t *testing.T) {
	t.Parallel()
	d := pair(t)
	wrong := attendance.Change{Kind: attendance.StudentRow, Key: d.school.Students[0].ID.String(), Gone: true}
	held, err := d.store.Feed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// A row was lost here, by a fault that nobody saw.
	page := attendance.Page{Generation: held.Generation, Rev: held.Rev, Changes: []attendance.Change{wrong}}
	for _, c := range d.cloud.Held() {
		if c.Key != wrong.Key {
			page.Digest = page.Digest.Add(attendance.RowHash(c.Kind, c.Key, c.Row))
		}
	}
	if err := d.store.Apply(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	d.rename(1, "Renamed")
	d.cycle()
	if got := d.names(); len(got) != 5 || got[1] != "Renamed" {
		t.Errorf("got %v", got)
	}
}

func TestWhatTheOfficeDecidedComesDown(t *testing.T) {
	t.Parallel()
	d := pair(t)
	s := d.lesson()
	d.cycle()
	for i := range 3 { // more than a page holds
		f := attendance.Fact{
			ID: cloudtest.NewID(t), Kind: attendance.MarkSet, Node: cloudtest.NewID(t), Session: s.ID, Student: d.school.Students[i].ID,
			Actor: cloudtest.NewID(t), Class: attendance.Office, Status: attendance.Excused, Method: attendance.OfficeEdit,
			Stamp: attendance.Stamp{WallMS: s.OpenedAt.UnixMilli() + 1, HLC: attendance.HLCAt(s.OpenedAt) + 1},
		}
		if err := f.Seal(); err != nil {
			t.Fatal(err)
		}
		d.cloud.Tell(attendance.Told{ID: f.ID, Body: f.Body, EffectiveMS: f.EffectiveMS, Ord: f.Ord})
	}
	d.cloud.Tell(attendance.Told{ID: cloudtest.NewID(t), Body: []byte(`{"of a newer cloud":true}`)})
	d.cloud.Behave(cloudtest.Manners{Page: 2})
	if done := d.cycle(); done.Learnt != 3 {
		t.Errorf("learnt: got %d, want 3", done.Learnt)
	}
	d.shows(s, 2, attendance.Excused)
	d.shows(s, 3, attendance.Present)
	d.waits(0)
	if done := d.cycle(); done.Learnt != 0 {
		t.Errorf("learnt again: %d", done.Learnt)
	}
}

func TestAFullTermComesDownInSmallSteps(t *testing.T) {
	t.Parallel()
	d := pair(t)
	s := d.lesson()
	for i := range 600 {
		f := attendance.Fact{
			ID: cloudtest.NewID(t), Kind: attendance.MarkSet, Node: cloudtest.NewID(t), Session: s.ID, Student: d.school.Students[i%5].ID,
			Actor: cloudtest.NewID(t), Class: attendance.Teacher, Status: attendance.Late, Method: attendance.Manual,
			Stamp: attendance.Stamp{WallMS: s.OpenedAt.UnixMilli(), HLC: attendance.HLCAt(s.OpenedAt)},
		}
		if err := f.Seal(); err != nil {
			t.Fatal(err)
		}
		d.cloud.Tell(attendance.Told{ID: f.ID, Body: f.Body, EffectiveMS: f.EffectiveMS, Ord: f.Ord})
	}
	if done := d.cycle(); done.Learnt != 600 {
		t.Errorf("learnt: got %d, want 600", done.Learnt)
	}
	d.view(func(ctx context.Context, tx attendance.Tx) error {
		all, err := tx.Facts(ctx, s.ID, attendance.Which{})
		if len(all) != 606 {
			t.Errorf("facts: got %d, want 606", len(all))
		}
		return err
	})
}
