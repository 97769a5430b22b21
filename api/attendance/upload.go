package attendance

import (
	"context"
	"fmt"
	"time"
)

// Upload is one batch from a pendrive's log.
type Upload struct {
	Node        ID
	Incarnation ID
	Shut        bool     // by a key that is not the node's any more
	HashBefore  [32]byte // of the log before the first fact
	Head        int64    // the last line of the drive's log; 0: the last one sent
	Clock       Sample
	Anchors     []Anchor // what was known of the time where the facts were written
	Facts       []Sent   // dense and rising by Seq
}

// Sent is one line of the log as it travelled.
type Sent struct {
	Seq  int64
	ID   ID
	Body []byte
}

// Sample is what the pendrive's clocks said when it sent the batch.
type Sample struct {
	WallMS  int64
	Segment ID
	MonoMS  int64
}

// Receipt confirms everything through Seq. Results name only what was not simply
// stored.
type Receipt struct {
	Seq     int64
	Hash    [32]byte
	Results []Result
	Now     time.Time
}

// Result is what became of one fact that was not simply stored, or whose time
// the cloud corrected.
type Result struct {
	Seq         int64
	Code        string // "duplicate", "time_adjusted", or a Why
	EffectiveMS int64  // with time_adjusted
	Ord         HLC
}

// Codes of a Result beside the Whys.
const (
	CodeDuplicate = "duplicate"
	CodeAdjusted  = "time_adjusted"
)

// Stream is how far one incarnation of a pendrive's log was received.
type Stream struct {
	Seq  int64
	Hash [32]byte
}

// Gap says which line of the log the cloud needs next.
type Gap struct{ Wanted int64 }

func (e Gap) Error() string { return fmt.Sprintf("a line is missing: send from %d", e.Wanted) }

// Fork says that two logs carry the same name: the drive was copied, or set back.
type Fork struct {
	Seq     int64 // the last line on which both agree, as far as is known
	Rewound bool
}

func (e Fork) Error() string {
	if e.Rewound {
		return fmt.Sprintf("the log ends before line %d, which was received already: the drive was set back", e.Seq)
	}
	return fmt.Sprintf("another log with the same name was received through line %d: the drive was copied", e.Seq)
}

// Inbound is what the cloud's store adds to the seam for uploads.
type Inbound interface {
	Tx
	// LockStream makes other uploads of the node wait; a new incarnation starts at
	// the zero Stream.
	LockStream(ctx context.Context, node, incarnation ID) (Stream, error)
	// Uploader reads the node, once the stream is locked. What one hands in that was
	// revoked is for people to look at.
	Uploader(ctx context.Context, node ID) (Node, error)
	AdvanceStream(ctx context.Context, node, incarnation ID, to Stream) error
	// Entitled are the courses a node may write to; all of them are there.
	Entitled(ctx context.Context, node ID) (map[ID]bool, error)
	// KnowsStudent reports whether there is such a student, on any roster or none.
	KnowsStudent(ctx context.Context, id ID) (bool, error)
	// Held says what became of those of the facts that were ever kept aside.
	Held(ctx context.Context, facts []ID) ([]KeptAside, error)
	// Rename gives a fact that is kept aside the reason for which it is now.
	Rename(ctx context.Context, f Fact, to Why) error
	// Waiting are inbox facts of a session that was not known when they came.
	Waiting(ctx context.Context, session ID) ([]Fact, error)
	// Placed takes facts out of the inbox that are in the log now.
	Placed(ctx context.Context, facts []ID) error
}

// Replay receives a batch in the caller's transaction. Every byte received ends
// in the log or in the inbox; one bad fact never fails the rest. When it returns
// and the transaction commits, the receipt is the promise.
func (s *Service) Replay(ctx context.Context, tx Inbound, up Upload) (Receipt, error) {
	now := s.world.Now()
	stream, err := tx.LockStream(ctx, up.Node, up.Incarnation)
	if err != nil {
		return Receipt{}, err
	}
	fresh, to, err := stream.accept(up)
	if err != nil {
		return Receipt{}, err
	}
	if to.Seq < stream.Seq { // ends below what was received: its hash proves nothing
		if err := stored(ctx, tx, up.Facts); err != nil {
			return Receipt{}, err
		}
	}
	node, err := tx.Uploader(ctx, up.Node)
	if err != nil {
		return Receipt{}, err
	}
	lines, t := readLines(fresh), up.timing(node.CreatedAt, now)
	facts := make([]Fact, 0, len(lines))
	times := map[int64]Result{}
	for _, l := range lines {
		t.last[l.fact.Segment] = max(t.last[l.fact.Segment], l.fact.MonoMS)
	}
	for _, l := range lines {
		f, adjusted := t.receive(up, l)
		facts = append(facts, f)
		if adjusted {
			times[l.Seq] = Result{Seq: l.Seq, Code: CodeAdjusted, EffectiveMS: f.EffectiveMS, Ord: f.Ord}
		}
	}
	for i := range facts {
		if (up.Shut || !node.RevokedAt.IsZero()) && facts[i].Why == "" {
			facts[i].Why = WhyRevoked
		}
	}
	known, err := resolve(ctx, tx, up.Node, facts)
	if err != nil {
		return Receipt{}, err
	}
	if err := asRuled(ctx, tx, facts); err != nil {
		return Receipt{}, err
	}
	facts, at := dedupe(facts)
	m, err := mergeInto(ctx, tx, known, facts)
	if err != nil {
		return Receipt{}, err
	}
	if err := s.follow(ctx, tx, facts); err != nil {
		return Receipt{}, err
	}
	if err := s.flagClock(ctx, tx, up); err != nil {
		return Receipt{}, err
	}
	again, results := t.linesOf(up, up.Facts[:len(up.Facts)-len(fresh)])
	for i, f := range facts {
		if m.Kept[i] == Duplicate { // what it is was fixed when it was first stored
			results = append(results, Result{Seq: at[i], Code: CodeDuplicate})
			f.Why = ""
			again = append(again, f)
			continue
		}
		if r, ok := times[at[i]]; ok {
			results = append(results, r)
		}
		switch {
		case f.Why != "":
			results = append(results, Result{Seq: at[i], Code: string(f.Why)})
		case m.Kept[i] == Clash:
			results = append(results, Result{Seq: at[i], Code: string(WhyHashConflict)})
		default:
			s.clock.Observe(f.Ord)
		}
	}
	echoed, err := echo(ctx, tx, again)
	if err != nil {
		return Receipt{}, err
	}
	results = append(results, echoed...)
	if len(fresh) > 0 {
		if err := tx.AdvanceStream(ctx, up.Node, up.Incarnation, to); err != nil {
			return Receipt{}, err
		}
	}
	return Receipt{Seq: to.Seq, Hash: to.Hash, Results: results, Now: now}, nil
}

// accept checks that the batch continues the stream, and returns the part that
// is new and where the batch ends. Overlap is fine: a lost reply costs one repeated
// batch, which may be a smaller one and then ends below the stream. Only a log that
// itself ends there was set back.
func (st Stream) accept(up Upload) ([]Sent, Stream, error) {
	if len(up.Facts) == 0 {
		return nil, st, nil
	}
	first := up.Facts[0].Seq
	if first > st.Seq+1 {
		return nil, st, Gap{Wanted: st.Seq + 1}
	}
	if first == st.Seq+1 && up.HashBefore != st.Hash {
		return nil, st, Fork{Seq: st.Seq}
	}
	hash, end := up.HashBefore, first-1
	var fresh []Sent
	for i, f := range up.Facts {
		if f.Seq != first+int64(i) {
			return nil, st, Invalid{Field: "facts", Why: fmt.Sprintf("line %d follows line %d", f.Seq, end)}
		}
		hash, end = Chain(hash, f.Seq, f.ID, f.Body), f.Seq
		if f.Seq == st.Seq && hash != st.Hash {
			return nil, st, Fork{Seq: first - 1}
		}
		if f.Seq > st.Seq {
			fresh = append(fresh, f)
		}
	}
	if max(end, up.Head) < st.Seq {
		return nil, st, Fork{Seq: st.Seq, Rewound: true}
	}
	return fresh, Stream{Seq: end, Hash: hash}, nil
}

// stored refuses a repeat of lines that never came: another log of the same name.
func stored(ctx context.Context, tx Tx, lines []Sent) error {
	ids := make([]ID, len(lines))
	for i, l := range lines {
		ids[i] = l.ID
	}
	known, err := tx.Known(ctx, ids)
	if err != nil {
		return fmt.Errorf("look up repeated lines: %w", err)
	}
	for _, l := range lines {
		if !known[l.ID] {
			return Fork{Seq: lines[0].Seq - 1}
		}
	}
	return nil
}

// dedupe drops the second of two equal ids in one batch (a store would refuse the
// statement) and keeps where each stood.
func dedupe(facts []Fact) ([]Fact, []int64) {
	seen := map[ID]bool{}
	var out []Fact
	var at []int64
	for _, f := range facts {
		if f.Why == "" && seen[f.ID] {
			f.Why = WhyHashConflict
		}
		seen[f.ID] = true
		out = append(out, f)
		at = append(at, f.Origin.Seq)
	}
	return out, at
}
