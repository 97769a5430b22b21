package attendance

import (
	"context"
	"fmt"
	"slices"
)

// Merged says what a batch of facts changed.
type Merged struct {
	Kept      []Kept // one for each fact, in the order given
	Sessions  map[ID]Session
	Standings []Standing
}

// merge keeps facts and folds the fresh ones into sessions and standings, in the
// caller's transaction. It is the only way a standing ever changes: what a
// teacher taps, a scanner reads and a pendrive uploads all come through here.
func merge(ctx context.Context, tx Tx, facts []Fact) (Merged, error) {
	sessions, err := tx.LockSessions(ctx, sessionsOf(facts))
	if err != nil {
		return Merged{}, fmt.Errorf("lock sessions: %w", err)
	}
	return mergeInto(ctx, tx, sessions, facts)
}

// mergeInto is merge for whoever has locked the sessions of the facts already.
func mergeInto(ctx context.Context, tx Tx, sessions map[ID]Session, facts []Fact) (Merged, error) {
	// A session's row must be there before its marks refer to it.
	var opened []Session
	for _, f := range facts {
		if _, known := sessions[f.Session]; !known && f.Kind == SessionOpened && f.Why == "" {
			sessions[f.Session] = open(f)
			opened = append(opened, sessions[f.Session])
		}
	}
	if err := tx.PutSession(ctx, opened...); err != nil {
		return Merged{}, fmt.Errorf("put sessions: %w", err)
	}
	kept, err := tx.Append(ctx, facts)
	if err != nil {
		return Merged{}, fmt.Errorf("append facts: %w", err)
	}
	var fresh []Fact
	for i, f := range facts {
		if kept[i] == Fresh && f.Why == "" {
			fresh = append(fresh, f)
		}
	}
	if err := foldSessions(ctx, tx, sessions, fresh); err != nil {
		return Merged{}, err
	}
	standings, err := foldMarks(ctx, tx, sessions, fresh)
	return Merged{Kept: kept, Sessions: sessions, Standings: standings}, err
}

func sessionsOf(facts []Fact) []ID {
	var ids []ID
	for _, f := range facts {
		if !f.Session.IsZero() && f.Why == "" {
			ids = append(ids, f.Session)
		}
	}
	slices.SortFunc(ids, ID.Compare)
	return slices.Compact(ids)
}

func foldSessions(ctx context.Context, tx Tx, sessions map[ID]Session, fresh []Fact) error {
	touched := map[ID]bool{}
	for _, f := range fresh {
		if f.Kind != SessionExtended && f.Kind != SessionEnded && !f.IsVoid() {
			continue
		}
		s, ok := sessions[f.Session]
		if !ok {
			return Missing{What: "session", Key: f.Session.String()}
		}
		sessions[f.Session], touched[f.Session] = s.fold(f), true
	}
	moved := make([]Session, 0, len(touched))
	for _, id := range sortedIDs(touched) {
		moved = append(moved, sessions[id])
	}
	if err := tx.PutSession(ctx, moved...); err != nil {
		return fmt.Errorf("put sessions: %w", err)
	}
	return nil
}

// Seat is one student in one session.
type Seat struct{ Session, Student ID }

func foldMarks(ctx context.Context, tx Tx, sessions map[ID]Session, fresh []Fact) ([]Standing, error) {
	states := map[Seat]State{}
	var seats []Seat
	for _, f := range fresh {
		if !f.IsMark() {
			continue
		}
		k := Seat{f.Session, f.Student}
		if _, seen := states[k]; !seen {
			states[k] = State{}
			seats = append(seats, k)
		}
	}
	before, err := tx.StandingsAt(ctx, seats)
	if err != nil {
		return nil, fmt.Errorf("read standings: %w", err)
	}
	for _, st := range before {
		states[Seat{st.Session, st.Student}] = st.State
	}
	for _, f := range fresh {
		if f.IsMark() {
			k := Seat{f.Session, f.Student}
			states[k] = states[k].Add(f)
		}
	}
	out := make([]Standing, 0, len(states))
	for k, state := range states {
		s, ok := sessions[k.Session]
		if !ok {
			return nil, Missing{What: "session", Key: k.Session.String()}
		}
		out = append(out, Stand(s, k.Student, state))
	}
	slices.SortFunc(out, func(a, b Standing) int {
		if c := a.Session.Compare(b.Session); c != 0 {
			return c
		}
		return a.Student.Compare(b.Student)
	})
	if len(out) == 0 {
		return nil, nil
	}
	return out, tx.PutStandings(ctx, out)
}

func sortedIDs(set map[ID]bool) []ID {
	ids := make([]ID, 0, len(set))
	for id := range set {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, ID.Compare)
	return ids
}

// Adopt keeps facts that were made elsewhere and are known to fit: a demo's, an
// import's.
func (s *Service) Adopt(ctx context.Context, tx Tx, facts []Fact) error {
	_, err := merge(ctx, tx, facts)
	return err
}
