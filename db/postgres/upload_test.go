package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

func codes(r attendance.Receipt) string {
	var out []string
	for _, x := range r.Results {
		out = append(out, fmt.Sprintf("%d %s", x.Seq, x.Code))
	}
	return strings.Join(out, ", ")
}

func TestAnUploadIsStoredOnce(t *testing.T) {
	t.Parallel()
	s := setup(t, 3, postgres.Options{})
	d := newDrive(t, s.pair(t, "drive").ID)
	se := d.opens(t, s).Session
	for _, st := range s.students {
		d.sees(t, se, st)
	}
	first := s.mustReceive(t, d.from(0))
	if first.Seq != 4 || first.Hash != d.hashes[4] || len(first.Results) != 0 {
		t.Fatalf("got %d, %s, want 4 lines simply stored", first.Seq, codes(first))
	}
	before := view(t, s.store, standings(se))
	again := s.mustReceive(t, d.from(0))
	if again.Seq != 4 || again.Hash != first.Hash {
		t.Errorf("the repeat: got %d, want 4 and the same hash", again.Seq)
	}
	if after := view(t, s.store, standings(se)); !reflect.DeepEqual(before, after) || len(after) != 3 {
		t.Errorf("standings: got %+v, want %+v", after, before)
	}
	for _, f := range s.facts(t, se) {
		if (f.Origin != attendance.Origin{Incarnation: d.incarnation, Seq: f.Origin.Seq}) || f.Origin.Seq == 0 {
			t.Errorf("fact %s: got origin %+v, want the drive's", f.ID, f.Origin)
		}
	}
	d.sees(t, se, s.students[0])
	if got := s.mustReceive(t, d.from(4)); got.Seq != 5 {
		t.Errorf("the next batch: got %d, want 5", got.Seq)
	}
}

func standings(se attendance.ID) func(context.Context, attendance.Tx) ([]attendance.Standing, error) {
	return func(ctx context.Context, tx attendance.Tx) ([]attendance.Standing, error) {
		return tx.Standings(ctx, se)
	}
}

func TestABatchOfAllSorts(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, postgres.Options{})
	d := newDrive(t, s.pair(t, "drive").ID)
	stranger := newID(t)
	good := d.opens(t, s).Session                                                                                                                      // 1
	d.raw(newID(t), []byte("{"))                                                                                                                       // 2
	d.sees(t, newID(t), s.students[0])                                                                                                                 // 3
	d.sees(t, good, stranger)                                                                                                                          // 4
	d.write(t, attendance.Fact{Kind: "mark.sung", Session: good})                                                                                      // 5
	seen := d.sees(t, good, s.students[0])                                                                                                             // 6
	d.raw(seen.ID, append([]byte(" "), seen.Body...))                                                                                                  // 7
	d.raw(newID(t), []byte(`{"v":1,"id":"x"}`+"\xff"))                                                                                                 // 8
	d.write(t, attendance.Fact{Kind: attendance.MarkSeen, Class: attendance.Evidence, Status: attendance.Present, Roll: 7})                            // 9
	d.write(t, attendance.Fact{Kind: attendance.MarkSet, Session: good, Student: s.students[1], Class: attendance.Office, Status: attendance.Present}) // 10
	d.sees(t, good, s.students[1])                                                                                                                     // 11
	got := s.mustReceive(t, d.from(0))
	const want = "2 poison, 3 unknown_session, 4 unknown_person, 5 unknown_kind, 7 hash_conflict, 8 poison, 9 unplaced, 10 not_entitled"
	if got.Seq != 11 || codes(got) != want {
		t.Errorf("got %d: %s\nwant 11: %s", got.Seq, codes(got), want)
	}
	if placed, aside := len(s.facts(t, good)), len(s.unplaced(t)); placed != 3 || aside != 8 {
		t.Errorf("got %d placed and %d aside, want 3 and 8", placed, aside)
	}
	bodies := map[string]bool{}
	for _, f := range append(s.facts(t, good), s.unplaced(t)...) {
		bodies[string(f.Body)] = true
	}
	for _, l := range d.lines {
		if !bodies[string(l.Body)] {
			t.Errorf("line %d is nowhere: %s", l.Seq, l.Body)
		}
	}
}

func TestTheSameIDWithOtherBytesIsKeptAside(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, postgres.Options{})
	one, two := newDrive(t, s.pair(t, "one").ID), newDrive(t, s.pair(t, "two").ID)
	se := one.opens(t, s).Session
	f := one.sees(t, se, s.students[0])
	s.mustReceive(t, one.from(0))
	clash := two.write(t, attendance.Fact{
		ID: f.ID, Kind: attendance.MarkSeen, Session: se, Student: s.students[1],
		Class: attendance.Evidence, Status: attendance.Present, Method: attendance.Card,
	})
	if got := codes(s.mustReceive(t, two.from(0))); got != "1 hash_conflict" {
		t.Errorf("got %q, want hash_conflict", got)
	}
	aside := s.unplaced(t)
	if len(aside) != 1 || string(aside[0].Body) != string(clash.Body) || aside[0].Why != attendance.WhyHashConflict {
		t.Errorf("got %+v aside, want the second body", aside)
	}
	if got := view(t, s.store, standings(se)); len(got) != 1 || got[0].Student != s.students[0] {
		t.Errorf("got %+v, want only the first fact to count", got)
	}
}

func TestWhatWaitedForASessionIsSettled(t *testing.T) {
	t.Parallel()
	var opened []attendance.ID
	s := setup(t, 3, postgres.Options{Hook: func(_ context.Context, _ pgx.Tx, fresh []attendance.Fact) error {
		for _, f := range fresh {
			if f.Kind == attendance.SessionOpened {
				opened = append(opened, f.Session)
			}
		}
		return nil
	}})
	one, two := newDrive(t, s.pair(t, "one").ID), newDrive(t, s.pair(t, "two").ID)
	se := one.opens(t, s).Session
	two.sees(t, se, s.students[0]) // a scanner that visited two drives
	two.sees(t, se, s.students[1])
	two.sees(t, se, newID(t)) // a stranger, still one when the session is known
	if got := codes(s.mustReceive(t, two.from(0))); got != "1 unknown_session, 2 unknown_session, 3 unknown_session" {
		t.Fatalf("got %q", got)
	}
	s.mustReceive(t, one.from(0))
	if len(opened) != 1 || opened[0] != se {
		t.Errorf("the hook heard of %v, want %v", opened, se)
	}
	for run, want := range []int{2, 0} {
		var n int
		err := s.InSettle(t.Context(), func(ctx context.Context, tx attendance.Inbound) (err error) {
			n, err = s.serve.Settle(ctx, tx, se)
			return err
		})
		if err != nil || n != want {
			t.Errorf("run %d: got %d settled, %v, want %d", run, n, err, want)
		}
	}
	if got := len(view(t, s.store, standings(se))); got != 2 {
		t.Errorf("got %d standings, want 2", got)
	}
	if got := len(s.unplaced(t)); got != 1 {
		t.Errorf("got %d still waiting, want the stranger", got)
	}
}

func TestAHookThatFailsKeepsNothing(t *testing.T) {
	t.Parallel()
	errHook := errors.New("the queue is full")
	fail := false
	s := setup(t, 1, postgres.Options{Hook: func(context.Context, pgx.Tx, []attendance.Fact) error {
		if fail {
			return errHook
		}
		return nil
	}})
	d := newDrive(t, s.pair(t, "drive").ID)
	se := d.opens(t, s).Session
	fail = true
	if _, err := s.receive(t, d.from(0)); !errors.Is(err, errHook) {
		t.Errorf("got %v, want the hook's error", err)
	}
	fail = false
	if got := s.mustReceive(t, d.from(0)); got.Seq != 1 || len(s.facts(t, se)) != 1 {
		t.Errorf("got %d after a retry, want 1", got.Seq)
	}
}

func TestUploadsAreBounded(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, postgres.Options{Uploads: 1})
	err := s.InUpload(t.Context(), func(ctx context.Context, _ attendance.Inbound) error {
		inner := s.InUpload(ctx, func(context.Context, attendance.Inbound) error { return nil })
		if !errors.Is(inner, attendance.ErrBusy) {
			t.Errorf("got %v while one runs, want ErrBusy", inner)
		}
		return s.InTx(ctx, func(context.Context, attendance.Tx) error { return nil }) // a classroom does not wait
	})
	if err != nil {
		t.Error(err)
	}
	if err := s.InUpload(t.Context(), func(context.Context, attendance.Inbound) error { return nil }); err != nil {
		t.Errorf("got %v afterwards, want a free place", err)
	}
}

func TestTwoDrivesWithOneScanner(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, postgres.Options{})
	scanner := newID(t)
	one, two := newDrive(t, s.pair(t, "one").ID), newDrive(t, s.pair(t, "two").ID)
	se := one.opens(t, s).Session
	scan := attendance.Fact{
		ID: attendance.ScanID(scanner, 1, 7), Kind: attendance.MarkSeen, Session: se, Student: s.students[0], Method: attendance.Biometric,
		Class: attendance.Evidence, Status: attendance.Present, Device: &attendance.DeviceRef{ID: scanner, Epoch: 1, Seq: 7, Slot: 3, UpMS: 4000},
	}
	one.write(t, scan)
	two.start = two.start.Add(20 * time.Minute) // it was flushed there, later
	scan.Method = attendance.BiometricQueue
	two.write(t, scan)
	s.mustReceive(t, one.from(0))
	placed := view(t, s.store, standings(se))
	got := s.mustReceive(t, two.from(0))
	if want := "1 duplicate, 1 time_adjusted"; codes(got) != want || got.Results[1].EffectiveMS != placed[0].At.UnixMilli() {
		t.Errorf("the second drive: got %+v, want %s to %v", got.Results, want, placed[0].At)
	}
	if again := s.mustReceive(t, two.from(0)); codes(again) != "1 time_adjusted" {
		t.Errorf("its repeat: got %s", codes(again))
	}
	if got := len(s.facts(t, se)); got != 2 {
		t.Errorf("got %d facts, want the opening and one scan", got)
	}
	if aside := s.unplaced(t); len(aside) != 0 {
		t.Errorf("got %+v in the inbox, want nothing", aside)
	}
	if after := view(t, s.store, standings(se)); !reflect.DeepEqual(after, placed) {
		t.Errorf("got %+v, want the mark as the first drive told it, %+v", after, placed)
	}
}

// One drive could not place a scan; the other, which held the class, could.
func TestAScanThatADriveCouldNotPlaceIsPlacedByAnother(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, postgres.Options{})
	scanner := newID(t)
	one, two := newDrive(t, s.pair(t, "one").ID), newDrive(t, s.pair(t, "two").ID)
	se := one.opens(t, s).Session
	scan := attendance.Fact{
		ID: attendance.ScanID(scanner, 1, 7), Kind: attendance.MarkSeen, Method: attendance.Biometric,
		Class: attendance.Evidence, Status: attendance.Present, Device: &attendance.DeviceRef{ID: scanner, Epoch: 1, Seq: 7},
	}
	two.write(t, scan)
	scan.Session, scan.Student = se, s.students[0]
	one.write(t, scan)
	if got := codes(s.mustReceive(t, two.from(0))); got != "1 unplaced" {
		t.Errorf("got %q, want it to wait", got)
	}
	if got := codes(s.mustReceive(t, one.from(0))); got != "" {
		t.Errorf("got %q, want both lines simply stored", got)
	}
	if aside := s.unplaced(t); len(aside) != 0 {
		t.Errorf("got %+v in the inbox, want nothing", aside)
	}
	if got := view(t, s.store, standings(se)); len(got) != 1 {
		t.Errorf("got %+v, want one mark", got)
	}
}
