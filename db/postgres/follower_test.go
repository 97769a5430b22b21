package postgres_test

import (
	"errors"
	"strconv"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
)

// follower is a pendrive that follows the feed.
type follower struct {
	store
	node, generation attendance.ID
	rev              int64
	cursor           string
	rows             map[string]attendance.Change
	facts            []attendance.ID
}

func (s store) follow(node attendance.ID) *follower {
	return &follower{store: s, node: node, rows: map[string]attendance.Change{}}
}

// pull takes pages until it holds all there is, and checks the digest.
func (f *follower) pull(t testing.TB) (pages int) {
	t.Helper()
	f.settle(t)
	return f.poll(t)
}

// settle waits until no transaction is under way that began before now: in these
// tests other databases of the same server share its transaction numbers.
func (f *follower) settle(t testing.TB) {
	t.Helper()
	var now uint64
	if err := f.pool.QueryRow(t.Context(), "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint").Scan(&now); err != nil {
		t.Fatal(err)
	}
	for {
		head, err := f.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if horizon, err := strconv.ParseUint(head.Facts, 10, 64); err != nil || horizon >= now {
			return
		}
	}
}

func (f *follower) poll(t testing.TB) (pages int) {
	t.Helper()
	for {
		p, err := f.Feed(t.Context(), f.node, f.generation, f.rev, f.cursor)
		if errors.Is(err, attendance.ErrRefetch) && !f.generation.IsZero() {
			f.generation, f.rev = attendance.ID{}, 0
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		pages++
		if p.Snapshot {
			clear(f.rows)
		}
		for _, c := range p.Changes {
			delete(f.rows, string(c.Kind)+c.Key)
			if !c.Gone {
				f.rows[string(c.Kind)+c.Key] = c
			}
		}
		for _, told := range p.Facts {
			f.facts = append(f.facts, told.ID)
		}
		f.generation, f.rev, f.cursor = p.Generation, p.Rev, p.Cursor
		if p.More || p.FactsMore {
			continue
		}
		var digest attendance.Digest
		for _, c := range f.rows {
			digest = digest.Add(attendance.RowHash(c.Kind, c.Key, c.Row))
		}
		if digest != p.Digest || f.rev != p.Head {
			t.Errorf("at %d of %d: got digest %d, want %d", f.rev, p.Head, digest, p.Digest)
		}
		return pages
	}
}

func (f *follower) count(kind attendance.RowKind) int {
	n := 0
	for _, c := range f.rows {
		if c.Kind == kind {
			n++
		}
	}
	return n
}
