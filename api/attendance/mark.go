package attendance

import (
	"context"
	"slices"
)

// Verdict is one gesture of a person at the register: one status for one student
// or for many.
type Verdict struct {
	Gesture  ID // made by the caller, so that a repeated request is one gesture
	Students []ID
	Status   Status
	Reason   string
	Method   Method // zero: Manual, or Emergency for a bulk mark
	Bulk     bool   // touch only students who have no mark yet
}

// Marked says what a gesture did.
type Marked struct {
	Applied int
	Skipped int
}

// maxGesture is the largest class anybody marks at once.
const maxGesture = 2000

// Mark records a person's verdict on students of a session. It is allowed after
// the end as well: a tap made while the server was away must still count.
func (s *Service) Mark(ctx context.Context, by Actor, session ID, v Verdict) (Marked, error) {
	if v.Gesture.IsZero() {
		return Marked{}, Invalid{Field: "mark_id", Why: "missing"}
	}
	if len(v.Students) == 0 || len(v.Students) > maxGesture {
		return Marked{}, Invalid{Field: "student_ids", Why: "name between 1 and 2000 students"}
	}
	if _, err := ParseStatus(string(v.Status)); err != nil {
		return Marked{}, err
	}
	reason, err := text("reason", v.Reason)
	if err != nil {
		return Marked{}, err
	}
	v.Reason = reason
	var out Marked
	err = s.store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		facts, err := s.verdicts(ctx, tx, by, session, v)
		if err != nil {
			return err
		}
		out = Marked{Applied: len(facts), Skipped: len(v.Students) - len(facts)}
		if len(facts) == 0 {
			return nil
		}
		_, err = merge(ctx, tx, facts)
		return err
	})
	return out, err
}

// verdicts makes the facts of a gesture that are not stored yet.
func (s *Service) verdicts(ctx context.Context, tx Tx, by Actor, session ID, v Verdict) ([]Fact, error) {
	se, err := s.markable(ctx, tx, by, session)
	if err != nil {
		return nil, err
	}
	roster, err := tx.Roster(ctx, se.Course)
	if err != nil {
		return nil, err
	}
	before, err := tx.Standings(ctx, session, v.Students...)
	if err != nil {
		return nil, err
	}
	ids := make([]ID, len(v.Students))
	for i, st := range v.Students {
		ids[i] = Derive("mark", v.Gesture[:], st[:])
	}
	known, err := tx.Known(ctx, ids)
	if err != nil {
		return nil, err
	}
	var walked []Row // only looked for when somebody is not on the roster
	class, method := Teacher, Manual
	switch {
	case v.Bulk:
		class, method = Bulk, Emergency
	case by.Role == RoleAdmin:
		class, method = Office, OfficeEdit
	}
	if v.Method != "" {
		method = v.Method
	}
	var facts []Fact
	for i, st := range v.Students {
		standing, why := find(before, st), Why("")
		if _, ok := roster.ByStudent(st, se.OpenedAt); !ok {
			if walked == nil {
				if walked, err = guests(ctx, tx, se); err != nil {
					return nil, err
				}
			}
			at := slices.IndexFunc(walked, func(g Row) bool { return g.Member.Student == st })
			if at < 0 {
				return nil, ErrNotEnrolled
			}
			standing, why = walked[at].Standing, WhyWalkIn
		}
		if known[ids[i]] || v.Bulk && standing.Status != Unmarked {
			continue
		}
		f, err := s.fact(Fact{
			ID: ids[i], Kind: MarkSet, Session: session, Student: st, Actor: by.ID, Gesture: v.Gesture,
			Class: class, Status: v.Status, Method: method, Reason: v.Reason, Seen: standing.State.Latest(),
			WalkIn: why != "",
		})
		if err != nil {
			return nil, err
		}
		f.Why = why
		facts = append(facts, f)
		known[ids[i]] = true
	}
	return facts, nil
}

func find(standings []Standing, student ID) Standing {
	for _, st := range standings {
		if st.Student == student {
			return st
		}
	}
	return Standing{}
}

// Undo takes a gesture back: each student it still decides for shows again what
// showed before. Undoing twice is undoing once, and what somebody decided since
// stays.
func (s *Service) Undo(ctx context.Context, by Actor, session, gesture ID) (Marked, error) {
	if gesture.IsZero() { // in a [Which] none is every gesture
		return Marked{}, Invalid{Field: "mark_id", Why: "missing"}
	}
	var out Marked
	err := s.store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		out = Marked{}
		if _, err := s.markable(ctx, tx, by, session); err != nil {
			return err
		}
		made, err := tx.Facts(ctx, session, Which{Gesture: gesture})
		if err != nil {
			return err
		}
		aside, err := tx.Unplaced(ctx, session)
		if err != nil {
			return err
		}
		for _, f := range aside {
			if f.Why == WhyWalkIn && f.Gesture == gesture {
				made = append(made, f)
			}
		}
		var facts []Fact
		for _, f := range made {
			if f.Kind != MarkSet {
				continue
			}
			if by.Role == RoleTeacher && f.Class > Teacher { // what the office said is not a teacher's to take back
				out.Skipped++
				continue
			}
			all, err := saidOf(ctx, tx, f, aside)
			if err != nil {
				return err
			}
			back, ok, err := s.takeBack(by, f, all)
			if err != nil {
				return err
			}
			if !ok {
				out.Skipped++
				continue
			}
			facts = append(facts, back)
		}
		if out.Applied = len(facts); out.Applied == 0 {
			return nil
		}
		_, err = merge(ctx, tx, facts)
		return err
	})
	return out, err
}

// takeBack makes the fact that restores what its class said before f, if f still
// is what its class says. What was taken back already, and the fact that took it
// back, say nothing any more: undo goes back step by step.
func (s *Service) takeBack(by Actor, f Fact, all []Fact) (Fact, bool, error) {
	gone := undone(all)
	var shown, with, without State
	for _, g := range all {
		shown = shown.Add(g)
		if gone[g.ID] {
			continue
		}
		with = with.Add(g)
		if g.Gesture != f.Gesture {
			without = without.Add(g)
		}
	}
	if top, ok := with.top(f.Class); !ok || top.Fact != f.ID {
		return Fact{}, false, nil
	}
	back := Fact{
		ID: undoOf(f.ID), Kind: MarkCleared, Session: f.Session, Student: f.Student, Actor: by.ID,
		Class: f.Class, Method: f.Method, Seen: shown.Latest(), WalkIn: f.Why == WhyWalkIn,
	}
	if old, ok := without.top(f.Class); ok {
		back.Kind, back.Status, back.Method, back.Reason = MarkSet, old.Status, old.Method, old.Reason
	}
	back, err := s.fact(back)
	back.Why = f.Why
	return back, err == nil, err
}

// saidOf is all that was said of the student of a fact; of one who walked in it was
// kept aside.
func saidOf(ctx context.Context, tx Tx, f Fact, aside []Fact) ([]Fact, error) {
	if f.Why != WhyWalkIn {
		return tx.Facts(ctx, f.Session, Which{Student: f.Student})
	}
	return slices.DeleteFunc(slices.Clone(aside), func(g Fact) bool {
		return g.Why != WhyWalkIn || g.Student != f.Student || !g.IsMark()
	}), nil
}

// undone are the facts that were taken back, and those that took them back.
func undone(all []Fact) map[ID]bool {
	there, gone := map[ID]bool{}, map[ID]bool{}
	for _, f := range all {
		there[f.ID] = true
	}
	for _, f := range all {
		if u := undoOf(f.ID); there[u] {
			gone[f.ID], gone[u] = true, true
		}
	}
	return gone
}

// undoOf is the fact that takes a fact back: there is one, however often it is asked for.
func undoOf(fact ID) ID { return Derive("undo", fact[:]) }

// Find locates one student of a session by what a person can type.
func (s *Service) Find(ctx context.Context, by Actor, session ID, universityRoll string) (ID, error) {
	var out ID
	err := s.store.View(ctx, func(ctx context.Context, tx Tx) error {
		se, err := tx.Session(ctx, session)
		if err != nil {
			return err
		}
		if err := teaches(ctx, tx, by, se.Course); err != nil {
			return err
		}
		roster, err := tx.Roster(ctx, se.Course)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(roster, func(m Member) bool {
			return m.UniversityRoll == universityRoll && m.At(se.OpenedAt)
		})
		if i < 0 {
			return Missing{What: "student with university roll", Key: universityRoll}
		}
		out = roster[i].Student
		return nil
	})
	return out, err
}
