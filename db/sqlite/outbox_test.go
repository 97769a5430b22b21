package sqlite_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
)

func TestABatchIsWhatTheCloudHasNotConfirmed(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), sqlite.Options{})
	if up := pending(t, s, 10); len(up.Facts) != 0 || up.HashBefore != [32]byte{} {
		t.Errorf("of an empty log: got %+v", up)
	}
	append3(t, s)
	up := pending(t, s, 2)
	if got := seqs(up); !slices.Equal(got, []int64{1, 2}) {
		t.Errorf("lines: got %v, want 1 and 2", got)
	}
	if err := s.Ack(t.Context(), receipt(up), noFold); err != nil {
		t.Fatal(err)
	}
	if got := waiting(t, s); got != 1 {
		t.Errorf("waiting: got %d, want 1", got)
	}
	rest := pending(t, s, 2)
	if got := seqs(rest); !slices.Equal(got, []int64{3}) || rest.HashBefore != receipt(up).Hash {
		t.Errorf("got lines %v after hash %x, want 3 after the confirmed hash", got, rest.HashBefore)
	}
	small, err := s.Pending(t.Context(), 10, 1)
	if err != nil || len(small.Facts) != 1 {
		t.Errorf("a batch of one byte: got %d lines, %v, want one", len(small.Facts), err)
	}
}

func TestAReceiptIsBelievedOnlyWithTheLogsOwnHash(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), sqlite.Options{})
	append3(t, s)
	up := pending(t, s, 2)
	good := receipt(up)
	for name, bad := range map[string]func(r attendance.Receipt) attendance.Receipt{
		"another hash":          func(r attendance.Receipt) attendance.Receipt { r.Hash[0]++; return r },
		"no hash":               func(r attendance.Receipt) attendance.Receipt { r.Hash = [32]byte{}; return r },
		"another line's hash":   func(r attendance.Receipt) attendance.Receipt { r.Seq = 1; return r },
		"a line never written":  func(r attendance.Receipt) attendance.Receipt { r.Seq = 4; return r },
		"a line before the log": func(r attendance.Receipt) attendance.Receipt { r.Seq = -1; return r },
	} {
		if err := s.Ack(t.Context(), bad(good), noFold); !errors.Is(err, sqlite.ErrReceipt) {
			t.Errorf("%s: got %v, want ErrReceipt", name, err)
		}
	}
	if got := waiting(t, s); got != 3 {
		t.Errorf("waiting: got %d, want 3", got)
	}
	if err := s.Ack(t.Context(), good, func(context.Context, attendance.Outlog) error { return errors.New("on purpose") }); err == nil {
		t.Error("the fold's error was swallowed")
	}
	if got := waiting(t, s); got != 3 {
		t.Errorf("waiting after the fold failed: got %d, want 3", got)
	}
	for range 2 {
		if err := s.Ack(t.Context(), good, noFold); err != nil {
			t.Errorf("the same receipt again: got %v", err)
		}
	}
	if err := s.Ack(t.Context(), receipt(attendance.Upload{}), noFold); !errors.Is(err, sqlite.ErrReceipt) {
		t.Errorf("a receipt from before: got %v, want ErrReceipt", err)
	}
}

func TestTheLogIsSentAgainFromWhereTheCloudAsks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	append3(t, s)
	all := pending(t, s, 10)
	if err := s.Ack(t.Context(), receipt(all), noFold); err != nil {
		t.Fatal(err)
	}
	if err := s.Rewind(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	up := pending(t, s, 10)
	if got := seqs(up); !slices.Equal(got, []int64{2, 3}) || up.Incarnation != all.Incarnation {
		t.Errorf("got lines %v, want 2 and 3 of the same incarnation", got)
	}
	if receipt(up).Hash != receipt(all).Hash {
		t.Error("the hash at the end differs from the first time")
	}
	if err := s.Rewind(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if got := seqs(pending(t, s, 10)); !slices.Equal(got, []int64{1, 2, 3}) {
		t.Errorf("got lines %v, want all", got)
	}
}

func TestACopiedDriveStartsANewLife(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	append3(t, s)
	old := pending(t, s, 10)
	if err := s.Ack(t.Context(), receipt(pending(t, s, 2)), noFold); err != nil {
		t.Fatal(err)
	}
	if err := s.Learn(t.Context(), "77", func(context.Context, attendance.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := s.Reborn(t.Context()); err != nil {
		t.Fatal(err)
	}
	check := func(when string) attendance.Upload {
		up := pending(t, s, 10)
		if up.Incarnation == old.Incarnation || up.Incarnation.IsZero() {
			t.Errorf("%s: incarnation %s, want a new one", when, up.Incarnation)
		}
		if got := seqs(up); !slices.Equal(got, []int64{1, 2, 3}) || up.HashBefore != [32]byte{} {
			t.Errorf("%s: got lines %v, want all, from an empty stream", when, got)
		}
		for i := range up.Facts {
			if up.Facts[i].ID != old.Facts[i].ID {
				t.Errorf("%s: line %d is another fact", when, i+1)
			}
		}
		return up
	}
	check("at once")
	if f, err := s.Feed(t.Context()); err != nil || f.Facts != "" {
		t.Errorf("facts cursor: got %q, %v, want none", f.Facts, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, sqlite.Options{})
	if err := s.Ack(t.Context(), receipt(check("after a restart")), noFold); err != nil {
		t.Fatal(err)
	}
	if err := s.InTx(t.Context(), appendFacts(note(t, "four"))); err != nil {
		t.Fatal(err)
	}
	if got := seqs(pending(t, s, 10)); !slices.Equal(got, []int64{4}) {
		t.Errorf("got lines %v, want 4", got)
	}
}

func TestALineThatWasNeverThereStartsANewLife(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), sqlite.Options{})
	append3(t, s)
	before := pending(t, s, 10)
	if err := s.Rewind(t.Context(), 9); err != nil {
		t.Fatal(err)
	}
	up := pending(t, s, 10)
	if up.Incarnation == before.Incarnation || len(up.Facts) != 3 {
		t.Errorf("got %d lines of %s, want all of a new incarnation", len(up.Facts), up.Incarnation)
	}
}
