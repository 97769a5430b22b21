package attendance

import (
	"context"
	"errors"
)

// Reject says that an item counts nowhere, and why.
func (s *Service) Reject(ctx context.Context, tx Inbox, by Actor, number int64, reason string) (Item, error) {
	reason, err := text("reason", reason)
	if err != nil {
		return Item{}, err
	}
	if reason == "" {
		return Item{}, Invalid{Field: "reason", Why: "say why it does not count"}
	}
	it, done, err := waiting(ctx, tx, by, number, AsRejected)
	if err != nil || done {
		return it, err
	}
	if it.Fact.Why == WhyClone || it.Fact.Why == WhyClockAhead {
		return it, Invalid{Field: "path.id", Why: "this tells you something, and holds no mark: accept it once you know"}
	}
	if it.follows() {
		return it, errFollows
	}
	if err := s.rejectItem(ctx, tx, by, it, reason); err != nil {
		return it, err
	}
	if it.Fact.Kind == WalkedIn {
		if err := s.eachMark(ctx, tx, it, Item.Waits, func(m Item) error { return s.rejectItem(ctx, tx, by, m, reason) }); err != nil {
			return it, err
		}
	}
	return tx.Item(ctx, number)
}

func (s *Service) rejectItem(ctx context.Context, tx Inbox, by Actor, it Item, reason string) error {
	session, err := known(ctx, tx, it.Fact.Session)
	if err != nil {
		return err
	}
	return s.ruledNote(ctx, tx, Fact{Session: session, Actor: by.ID, Reason: reason, Ruling: it.ruling(by, AsRejected)})
}

// ruling is a decision about the item.
func (i Item) ruling(by Actor, as Resolution) *Ruling {
	return &Ruling{Of: i.Fact.ID, Sum: i.Fact.Sum(), As: as, By: by.ID}
}

// ruledNote keeps a decision that changes no mark.
func (s *Service) ruledNote(ctx context.Context, tx Inbox, f Fact) error {
	f.Kind = Note
	f, err := s.fact(f)
	if err != nil {
		return err
	}
	_, err = merge(ctx, tx, []Fact{f})
	return err
}

// known is the session if it is, so that what is said of it reaches its pendrive.
func known(ctx context.Context, tx Tx, session ID) (ID, error) {
	if session.IsZero() {
		return session, nil
	}
	_, err := tx.Session(ctx, session)
	if errors.Is(err, ErrNotFound) {
		return ID{}, nil
	}
	return session, err
}

// Unrule takes a decision about an item back: it waits again, and what it changed
// shows as before.
func (s *Service) Unrule(ctx context.Context, tx Inbox, by Actor, number int64) (Item, error) {
	if by.Role != RoleAdmin {
		return Item{}, ErrForbidden
	}
	it, err := tx.Item(ctx, number)
	switch {
	case err != nil:
		return it, err
	case it.Waits():
		return it, ErrUnruled
	case it.follows():
		return it, errFollows
	case it.As == AsPlaced:
		return it, Invalid{Field: "path.id", Why: "it found its place by itself: change the mark in its class"}
	case it.Fact.Kind == SessionOpened && it.As != AsRejected:
		err = s.voidRuled(ctx, tx, by, it, SessionVoided, "")
	case it.Ruling.IsZero():
		it.As, it.By = "", ID{}
		err = tx.Rule(ctx, it)
	case it.Fact.Kind == WalkedIn:
		if it.As == AsEnrolled {
			elsewhere, err := tx.MarkedElsewhere(ctx, it.Fact.Student, it.Fact.Session)
			if err != nil {
				return it, err
			}
			if elsewhere {
				return it, ErrMarkedSince
			}
		}
		back := func(i Item) error { return s.takeRulingBack(ctx, tx, by, i) }
		if err = back(it); err == nil {
			err = s.eachMark(ctx, tx, it, func(m Item) bool { return !m.Waits() && m.As != AsPlaced }, back)
		}
	default:
		err = s.takeRulingBack(ctx, tx, by, it)
	}
	if err != nil {
		return it, err
	}
	return tx.Item(ctx, number)
}

// takeRulingBack answers the fact that said how the item was dealt with.
func (s *Service) takeRulingBack(ctx context.Context, tx Inbox, by Actor, it Item) error {
	said, err := tx.Fact(ctx, it.Ruling)
	if err != nil {
		return err
	}
	if !said.Session.IsZero() {
		if _, err := lock(ctx, tx, said.Session); err != nil {
			return err
		}
	}
	back := Fact{Kind: Note, Session: said.Session, Actor: by.ID, Ruling: it.ruling(by, it.As)}
	if said.IsMark() {
		back.Kind, back.Class, back.Student, back.Actor, back.Method = MarkCleared, said.Class, said.Student, said.Actor, said.Method
	}
	back.Ruling.Ord, back.Ruling.Back = said.Ord, said.ID
	if back, err = s.fact(back); err != nil {
		return err
	}
	_, err = merge(ctx, tx, []Fact{back})
	return err
}

// voidRuled puts a class that was accepted away, or brings it back.
func (s *Service) voidRuled(ctx context.Context, tx Inbox, by Actor, it Item, kind Kind, as Resolution) error {
	se, err := lock(ctx, tx, it.Fact.Session)
	if err != nil {
		return err
	}
	f := Fact{Kind: kind, Session: se.ID, Actor: by.ID, Seen: se.Void.Ord}
	if kind == SessionVoided {
		f.Reason = "put away by the office"
	}
	if f, err = s.fact(f); err != nil {
		return err
	}
	if _, err := merge(ctx, tx, []Fact{f}); err != nil {
		return err
	}
	it.As, it.By, it.Ruling = as, by.ID, ID{}
	return tx.Rule(ctx, it)
}
