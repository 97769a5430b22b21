package sqlite_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
)

func newID(t testing.TB) attendance.ID {
	t.Helper()
	id, err := attendance.NewID(time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// note is the plainest fact there is.
func note(t *testing.T, text string) attendance.Fact {
	t.Helper()
	f := attendance.Fact{
		ID: newID(t), Kind: attendance.Note, Node: newID(t), Reason: text,
		Stamp: attendance.Stamp{WallMS: time.Now().UnixMilli(), HLC: attendance.HLCAt(time.Now())},
	}
	if err := f.Seal(); err != nil {
		t.Fatal(err)
	}
	return f
}

func appendFacts(facts ...attendance.Fact) func(context.Context, attendance.Tx) error {
	return func(ctx context.Context, tx attendance.Tx) error {
		_, err := tx.Append(ctx, facts)
		return err
	}
}

// append3 leaves three lines in the log.
func append3(t *testing.T, s *sqlite.Store) {
	t.Helper()
	if err := s.InTx(t.Context(), appendFacts(note(t, "one"), note(t, "two"), note(t, "three"))); err != nil {
		t.Fatal(err)
	}
}

func putDevice(t *testing.T, name string) func(context.Context, attendance.Tx) error {
	t.Helper()
	id := newID(t)
	return func(ctx context.Context, tx attendance.Tx) error {
		return tx.PutDevice(ctx, attendance.Device{ID: id, Name: name})
	}
}

func waiting(t *testing.T, s *sqlite.Store) int {
	t.Helper()
	var n int
	err := s.View(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
		b, err := tx.Backlog(ctx)
		n = b.Waiting
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// pending is the next batch.
func pending(t *testing.T, s *sqlite.Store, n int) attendance.Upload {
	t.Helper()
	up, err := s.Pending(t.Context(), n, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return up
}

// receipt is what an honest cloud answers to a batch.
func receipt(up attendance.Upload) attendance.Receipt {
	r := attendance.Receipt{Hash: up.HashBefore, Now: time.Now()}
	for _, f := range up.Facts {
		r.Seq, r.Hash = f.Seq, attendance.Chain(r.Hash, f.Seq, f.ID, f.Body)
	}
	return r
}

func noFold(context.Context, attendance.Outlog) error { return nil }

func seqs(up attendance.Upload) []int64 {
	out := make([]int64, len(up.Facts))
	for i, f := range up.Facts {
		out[i] = f.Seq
	}
	return out
}

// recovery is what the store says of the last one.
func recovery(t *testing.T, s *sqlite.Store) sqlite.Recovery {
	t.Helper()
	d, err := s.Drive(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d.Recovery == nil {
		t.Fatal("got no recovery")
	}
	return *d.Recovery
}

func opening(t *testing.T) attendance.Fact {
	t.Helper()
	f := attendance.Fact{
		ID: newID(t), Kind: attendance.SessionOpened, Node: newID(t), Session: newID(t),
		Stamp:   attendance.Stamp{WallMS: time.Now().UnixMilli(), HLC: attendance.HLCAt(time.Now())},
		Opening: &attendance.Opening{Course: newID(t), Kind: attendance.Offline, ClosesMS: time.Now().UnixMilli(), Policy: attendance.DefaultPolicy()},
	}
	must(t, f.Seal())
	return f
}
