package attendance

import (
	"context"
	"fmt"
	"slices"
)

// Outlog is what a pendrive's store adds to the seam for confirmations.
type Outlog interface {
	Tx
	// Correct notes the time and order that the cloud gave to a line of the log,
	// and returns the fact.
	Correct(ctx context.Context, seq int64, effectiveMS int64, ord HLC) (Fact, error)
	// Refuse notes that the cloud keeps a line aside, and why, and returns the fact
	// as it was before. A mark is not placed any more until the cloud says so by
	// sending it down, nor is a session's deletion; what else tells of a session
	// stays placed, or the class would vanish from the screen of those who sit in it.
	Refuse(ctx context.Context, seq int64, why Why) (Fact, error)
	// Unfixed are this server's facts whose time nobody but it has fixed: those that the
	// cloud has not confirmed. They carry their lines as Origin.Seq.
	Unfixed(ctx context.Context) ([]Fact, error)
	// Anchors are what was known of the time in each segment, also in those in which
	// nothing was.
	Anchors(ctx context.Context) (map[ID]Anchor, error)
	KeepAnchor(ctx context.Context, a Anchor) error
}

// Unmoved are results for lines that were shown here at another time than their
// clock's, and that the cloud confirmed as they came: it knew better.
func Unmoved(up Upload, r Receipt) []Result {
	shifted, said := map[ID]bool{}, map[int64]bool{}
	for _, a := range up.Anchors {
		shifted[a.Segment] = a.Offset != 0
	}
	for _, res := range r.Results {
		said[res.Seq] = said[res.Seq] || res.Code != CodeDuplicate
	}
	var out []Result
	for _, l := range up.Facts {
		if len(shifted) == 0 || l.Seq > r.Seq || said[l.Seq] {
			continue
		}
		if f, err := Decode(l.Body); err == nil && shifted[f.Segment] {
			out = append(out, Result{Seq: l.Seq, Code: CodeAdjusted, EffectiveMS: f.WallMS, Ord: f.Ord})
		}
	}
	return out
}

// Corrected takes over the times the cloud gave to facts of this pendrive, and
// sets aside what the cloud set aside, so that both fold the same register.
func (s *Service) Corrected(ctx context.Context, tx Outlog, results []Result) error {
	touched := map[ID]bool{}
	for _, r := range results {
		var f Fact
		var err error
		switch r.Code {
		case CodeDuplicate:
			continue
		case CodeAdjusted:
			f, err = tx.Correct(ctx, r.Seq, r.EffectiveMS, r.Ord)
		default:
			f, err = tx.Refuse(ctx, r.Seq, Why(r.Code))
		}
		if err != nil {
			return fmt.Errorf("line %d is %s: %w", r.Seq, r.Code, err)
		}
		if !f.Session.IsZero() && f.Why == "" {
			touched[f.Session] = true
		}
	}
	for _, id := range sortedIDs(touched) {
		if err := Refold(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

// Refold derives a session and its standings again from all its facts.
func Refold(ctx context.Context, tx Tx, session ID) error {
	if _, err := lock(ctx, tx, session); err != nil {
		return err
	}
	facts, err := tx.Facts(ctx, session, Which{})
	if err != nil {
		return err
	}
	se, standings, err := Fold(facts)
	if err != nil {
		return err
	}
	return tx.Rewrite(ctx, se, standings)
}

// Fold is the whole fold of one session's facts, in any order.
func Fold(facts []Fact) (Session, []Standing, error) {
	opened := func(f Fact) bool { return f.Kind == SessionOpened }
	i := slices.IndexFunc(facts, func(f Fact) bool { return opened(f) && f.Ruling != nil }) // the office said which course
	if i < 0 {
		i = slices.IndexFunc(facts, opened)
	}
	if i < 0 {
		return Session{}, nil, Missing{What: "opening", Key: "among the session's facts"}
	}
	se := open(facts[i])
	states := map[ID]State{}
	for _, f := range facts {
		if f.IsMark() {
			states[f.Student] = states[f.Student].Add(f)
		} else {
			se = se.fold(f)
		}
	}
	standings := make([]Standing, 0, len(states))
	for student, state := range states {
		standings = append(standings, Stand(se, student, state))
	}
	slices.SortFunc(standings, func(a, b Standing) int { return a.Student.Compare(b.Student) })
	return se, standings, nil
}
