package postgres

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// pageSize is how many changes, and how many facts, a page of the feed holds. A
// revision is never cut, so one large import makes one larger page.
const pageSize = 2000

// Head is how far the feed goes now.
func (s *Store) Head(ctx context.Context) (attendance.Head, error) {
	head, err := dbsqlc.New(s.pool).RosterHead(ctx)
	if err != nil {
		return attendance.Head{}, fmt.Errorf("read the head of the feed: %w", err)
	}
	return attendance.Head{Generation: head.Generation, Rev: head.Rev, Facts: head.Horizon}, nil
}

// Feed answers a node that holds the roster of a generation through rev, and
// facts through a cursor. A zero generation asks for a snapshot. All of an answer
// is read at one moment.
func (s *Store) Feed(ctx context.Context, node, generation attendance.ID, rev int64, facts string) (attendance.Page, error) {
	var page attendance.Page
	err := s.read(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.q.Node(ctx, node)
		if err != nil {
			return missing(err, "pendrive", node)
		}
		head, err := t.q.RosterHead(ctx)
		if err != nil {
			return fmt.Errorf("read the head of the feed: %w", err)
		}
		page = attendance.Page{Generation: head.Generation, Rev: head.Rev, Head: head.Rev, Snapshot: generation.IsZero(), Lease: fleetOf(n).LeaseOf(s.now())}
		if !page.Snapshot && (generation != head.Generation || rev > head.Rev || rev < n.ScopeRev) {
			return attendance.ErrRefetch
		}
		courses, err := t.q.Entitled(ctx, node)
		if err != nil {
			return fmt.Errorf("list the node's courses: %w", err)
		}
		if err := s.roster(ctx, t, &page, n, courses, rev); err != nil {
			return err
		}
		from := readCursor(facts, head.Generation, n.ScopeRev)
		return t.feedFacts(ctx, &page, node, courses, from, head.Horizon)
	})
	if err != nil {
		return attendance.Page{}, err
	}
	return page, nil
}

// Snapshot is a node's whole roster, without facts, for a pendrive that is made. It
// is no call of the node.
func (s *Store) Snapshot(ctx context.Context, node attendance.ID) (attendance.Page, error) {
	var page attendance.Page
	err := s.read(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.q.Node(ctx, node)
		if err != nil {
			return missing(err, "pendrive", node)
		}
		head, err := t.q.RosterHead(ctx)
		if err != nil {
			return fmt.Errorf("read the head of the feed: %w", err)
		}
		courses, err := t.q.Entitled(ctx, node)
		if err != nil {
			return fmt.Errorf("list the node's courses: %w", err)
		}
		page = attendance.Page{Generation: head.Generation, Rev: head.Rev, Head: head.Rev, Snapshot: true}
		return s.roster(ctx, t, &page, n, courses, 0)
	})
	return page, err
}

// roster fills in the changes after rev, or all rows.
func (s *Store) roster(ctx context.Context, t *tx, page *attendance.Page, n dbsqlc.Node, courses []attendance.ID, rev int64) error {
	var changed []dbsqlc.ChangesRow
	if !page.Snapshot {
		var err error
		if changed, err = t.q.Changes(ctx, rev, n.AllCourses, courses, pageSize); err != nil {
			return fmt.Errorf("list changes: %w", err)
		}
		if len(changed) > 0 {
			through := changed[len(changed)-1].Rev
			if page.More, err = t.q.AnyChanges(ctx, through, n.AllCourses, courses); err != nil {
				return fmt.Errorf("look for more changes: %w", err)
			}
			if page.More {
				page.Rev = through
			}
		}
		key := digestKey{page.Generation, page.Head, n.ScopeRev}
		if digest, ok := s.digests.of(n.ID, key); ok && len(changed) == 0 {
			page.Digest = digest
			return nil
		}
	}
	rows, err := t.feedRows(ctx, courses)
	if err != nil {
		return err
	}
	if page.Snapshot {
		for _, r := range rows {
			page.Changes = append(page.Changes, attendance.Change{Rev: page.Rev, Kind: r.kind, Key: r.key, Row: r.json})
		}
	} else {
		page.Changes = since(changed, rows)
	}
	for _, r := range rows {
		page.Digest = page.Digest.Add(attendance.RowHash(r.kind, r.key, r.json))
	}
	s.digests.put(n.ID, digestKey{page.Generation, page.Head, n.ScopeRev}, page.Digest)
	return nil
}

// since pairs what changed with what is there now. What is not there any more is
// gone, and comes last, so that a row never names one that was hidden before it.
func since(changed []dbsqlc.ChangesRow, rows []feedRow) []attendance.Change {
	type name struct{ kind, key string }
	revs := map[name]int64{}
	for _, c := range changed {
		revs[name{c.Kind, c.Key}] = max(revs[name{c.Kind, c.Key}], c.Rev)
	}
	out := make([]attendance.Change, 0, len(revs))
	for _, r := range rows { // in an order in which each row's own references come first
		if rev, ok := revs[name{string(r.kind), r.key}]; ok {
			out = append(out, attendance.Change{Rev: rev, Kind: r.kind, Key: r.key, Row: r.json})
			delete(revs, name{string(r.kind), r.key})
		}
	}
	here := len(out)
	for n, rev := range revs {
		out = append(out, attendance.Change{Rev: rev, Kind: attendance.RowKind(n.kind), Key: n.key, Gone: true})
	}
	slices.SortFunc(out[here:], func(a, b attendance.Change) int {
		return cmp.Or(cmp.Compare(a.Rev, b.Rev), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key))
	})
	return out
}

func (t *tx) feedFacts(ctx context.Context, page *attendance.Page, node attendance.ID, courses []attendance.ID, from cursor, horizon string) error {
	rows, err := t.q.FeedFacts(ctx, dbsqlc.FeedFactsParams{
		Xid: pgtype.Uint64{Uint64: from.xid, Valid: true}, Ord: from.ord, After: from.after, CourseIds: courses,
		Own: from.own, NodeID: node, Most: pageSize + 1,
	})
	if err != nil {
		return fmt.Errorf("list facts of the feed: %w", err)
	}
	if page.FactsMore = len(rows) > pageSize; page.FactsMore {
		rows = rows[:pageSize]
	}
	page.Facts = make([]attendance.Told, len(rows))
	for i, r := range rows {
		page.Facts[i] = attendance.Told{ID: r.ID, Body: r.Body, EffectiveMS: r.EffectiveAt.UnixMilli(), Ord: attendance.HLC(r.Ord)}
	}
	if page.FactsMore {
		last := rows[len(rows)-1]
		from.ord, from.after = last.Ord, last.ID
		from.xid, err = strconv.ParseUint(last.StoredXid, 10, 64)
	} else { // everything below the horizon was looked at
		from.ord, from.after, from.own = 0, attendance.ID{}, false
		from.xid, err = strconv.ParseUint(horizon, 10, 64)
	}
	page.Cursor = from.String()
	return err
}

// digestKey is what a node's digest depends on.
type digestKey struct {
	generation      attendance.ID
	rev, scopeOfRev int64
}

// digests remembers each node's newest, so that a poll that finds nothing new
// does not read the roster.
type digests struct {
	mu   sync.Mutex
	node map[attendance.ID]digestEntry
}

type digestEntry struct {
	key    digestKey
	digest attendance.Digest
}

func (d *digests) of(node attendance.ID, key digestKey) (attendance.Digest, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	e, ok := d.node[node]
	return e.digest, ok && e.key == key
}

func (d *digests) put(node attendance.ID, key digestKey, digest attendance.Digest) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.node == nil {
		d.node = map[attendance.ID]digestEntry{}
	}
	d.node[node] = digestEntry{key, digest}
}

// feedRow is one row as a pendrive holds it.
type feedRow struct {
	kind attendance.RowKind
	key  string
	json json.RawMessage
}
