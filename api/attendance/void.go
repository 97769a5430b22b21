package attendance

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"
)

// Void is the latest word on whether a session counts. Deleting erases nothing: a
// session that was deleted keeps its marks, still takes those that arrive late, and
// counts with all of them once it is restored.
type Void struct {
	On     bool // deleted
	By     ID
	AtMS   int64
	Reason string
	Ord    HLC // zero: nobody ever deleted it
	Fact   ID
}

// At is when it was said.
func (v Void) At() time.Time { return FromMS(v.AtMS) }

// join keeps the later word, by Ord and then by id: any order and any repeats of
// deletions and restorations come to the same.
func (v Void) join(w Void) Void {
	if w.Ord > v.Ord || w.Ord == v.Ord && w.Fact.Compare(v.Fact) > 0 {
		return w
	}
	return v
}

func voidOf(f Fact) Void {
	return Void{On: f.Kind == SessionVoided, By: f.Actor, AtMS: f.EffectiveMS, Reason: f.Reason, Ord: f.Ord, Fact: f.ID}
}

// ErrVoided refuses what makes no sense on a session that was deleted.
var ErrVoided = errors.New("the session was deleted: restore it first")

// minReason is how much the original wanted to hear.
const minReason = 5

// Void deletes a session that has ended, and returns how many marks count no more.
// Deleting it twice is deleting it once.
func (s *Service) Void(ctx context.Context, by Actor, session ID, reason string) (Session, int, error) {
	reason, err := text("reason", reason)
	switch {
	case err != nil:
		return Session{}, 0, err
	case reason == "":
		return Session{}, 0, Invalid{Field: "reason", Why: "a reason is required to delete a session"}
	case utf8.RuneCountInString(reason) < minReason:
		return Session{}, 0, Invalid{Field: "reason", Why: "say a little more: at least 5 characters"}
	}
	marks := 0
	se, err := s.voiding(ctx, by, session, true, reason, func(ctx context.Context, tx Tx, se Session) error {
		if se.OpenAt(s.world.Now()) {
			return ErrOpen
		}
		standings, err := tx.Standings(ctx, session)
		marks = 0
		for _, st := range standings {
			if st.Status != Unmarked {
				marks++
			}
		}
		return err
	})
	return se, marks, err
}

// Restore makes a deleted session count again.
func (s *Service) Restore(ctx context.Context, by Actor, session ID) (Session, error) {
	return s.voiding(ctx, by, session, false, "", func(context.Context, Tx, Session) error { return nil })
}

// voiding says whether a session counts, if that is not what was said last.
func (s *Service) voiding(ctx context.Context, by Actor, session ID, on bool, reason string, allow func(context.Context, Tx, Session) error) (Session, error) {
	var out Session
	err := s.store.InTx(ctx, func(ctx context.Context, tx Tx) (err error) {
		if out, err = lock(ctx, tx, session); err != nil {
			return err
		}
		if err := teaches(ctx, tx, by, out.Course); err != nil {
			return err
		}
		if err := s.inWindow(ctx, tx, by, out); err != nil {
			return err
		}
		if err := allow(ctx, tx, out); err != nil || out.Void.On == on {
			return err
		}
		kind := SessionRestored
		if on {
			kind = SessionVoided
		}
		f, err := s.fact(Fact{Kind: kind, Session: session, Actor: by.ID, Reason: reason, Seen: out.Void.Ord})
		if err != nil {
			return err
		}
		m, err := merge(ctx, tx, []Fact{f})
		out = m.Sessions[session]
		return err
	})
	return out, err
}

// Deleted is a course's deleted sessions, as it would be if they counted.
func (s *Service) Deleted(ctx context.Context, by Actor, course ID) (CourseView, error) {
	var out Register
	err := s.store.View(ctx, func(ctx context.Context, tx Tx) (err error) {
		if out, err = s.register(ctx, tx, by, course); err != nil {
			return err
		}
		if out.Sessions, err = tx.Voided(ctx, course); err != nil {
			return err
		}
		for _, se := range out.Sessions {
			standings, err := tx.Standings(ctx, se.ID)
			if err != nil {
				return err
			}
			cells := map[ID]Status{}
			for _, st := range standings {
				cells[st.Student] = st.Status
			}
			out.Cells[se.ID] = cells
		}
		return nil
	})
	return CourseView{out, out.Count()}, err
}
