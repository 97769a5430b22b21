package attendance

import (
	"context"
	"errors"
)

// What a correction can be refused for, beside what refuses every mark.
var (
	ErrOpen   = errors.New("the session is still running")
	ErrSame   = errors.New("the register says so already")
	ErrHigher = errors.New("the office has decided this mark")
)

// Correct records a teacher's verdict on one student after the session has ended,
// with a reason. The same gesture again changes nothing; a gesture that would not
// change what the register shows is refused.
func (s *Service) Correct(ctx context.Context, by Actor, session ID, v Verdict) error {
	reason, err := text("manual_reason", v.Reason)
	if err != nil {
		return err
	}
	if reason == "" {
		return Invalid{Field: "manual_reason", Why: "say why the register changes"}
	}
	if v.Gesture.IsZero() {
		return Invalid{Field: "mark_id", Why: "missing"}
	}
	if len(v.Students) != 1 {
		return Invalid{Field: "student_id", Why: "name one student"}
	}
	if _, err := ParseStatus(string(v.Status)); err != nil {
		return err
	}
	v.Reason, v.Method, v.Bulk = reason, Retroactive, false
	return s.store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		facts, err := s.verdicts(ctx, tx, by, session, v)
		if err != nil || len(facts) == 0 {
			return err // none: the same request again
		}
		if err := s.changes(ctx, tx, facts[0]); err != nil {
			return err
		}
		_, err = merge(ctx, tx, facts)
		return err
	})
}

// changes refuses a verdict on a running session, and one that would leave the
// register as it is.
func (s *Service) changes(ctx context.Context, tx Tx, f Fact) error {
	se, err := tx.Session(ctx, f.Session)
	if err != nil {
		return err
	}
	now := s.world.Now()
	switch {
	case se.OpenAt(now):
		return ErrOpen
	case se.Void.On:
		return ErrVoided
	}
	before, err := tx.Standings(ctx, f.Session, f.Student)
	if err != nil {
		return err
	}
	old := find(before, f.Student)
	switch w, _ := old.State.Add(f).Winner(); {
	case old.Shown(se, now) == f.Status:
		return ErrSame
	case w.Fact != f.ID:
		return ErrHigher
	}
	return nil
}
