package attendance

import (
	"context"
	"errors"
)

// ErrMarkedSince refuses to undo an enrolment that others have built upon.
var ErrMarkedSince = errors.New("they were marked in another class since: withdraw them from the course instead")

// errFollows refuses to deal with a mark of somebody who walked in by itself.
var errFollows = Invalid{Field: "path.id", Why: "it is a mark of somebody who walked in: decide about them, and their marks follow"}

// WalkedIn reads an item about somebody who walked in, and their class.
func (s *Service) WalkedIn(ctx context.Context, tx Inbox, number int64) (Item, Session, error) {
	it, err := tx.Item(ctx, number)
	if err != nil {
		return it, Session{}, err
	}
	if it.Fact.Kind != WalkedIn {
		return it, Session{}, Invalid{Field: "path.id", Why: "nobody walked in here: enrol them in the course from before the class, then accept it"}
	}
	se, err := lock(ctx, tx, it.Fact.Session)
	return it, se, err
}

// placeGuest says who somebody was who walked in, with all their marks. Whoever it
// was had to be on the roster then: the office puts them there first.
func (s *Service) placeGuest(ctx context.Context, tx Inbox, by Actor, it Item, as Resolution, to Target) error {
	switch {
	case as == AsEnrolled:
		to.Student = it.Fact.Student
	case as != AsMapped || to.Student.IsZero():
		return Invalid{Field: "student_id", Why: "say who walked in: map them to somebody of the course, enrol them, or reject them"}
	}
	se, err := lock(ctx, tx, it.Fact.Session)
	if err != nil {
		return err
	}
	if _, err := enrolledThen(ctx, tx, se, to.Student, 0); err != nil {
		return err
	}
	err = s.ruledNote(ctx, tx, Fact{Session: se.ID, Student: to.Student, Actor: by.ID, Ruling: it.ruling(by, as)})
	if err != nil {
		return err
	}
	return s.eachMark(ctx, tx, it, Item.Waits, func(m Item) error {
		return s.placeMark(ctx, tx, by, m, as, Target{Student: to.Student})
	})
}

// eachMark deals with the marks of somebody who walked in.
func (s *Service) eachMark(ctx context.Context, tx Inbox, guest Item, which func(Item) bool, deal func(Item) error) error {
	all, err := tx.About(ctx, guest.Fact.Student)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.follows() && which(m) {
			if err := deal(m); err != nil {
				return err
			}
		}
	}
	return nil
}

// follow deals with marks of guests about whom the office has decided before these
// came.
func (s *Service) follow(ctx context.Context, tx Inbound, facts []Fact) error {
	inbox, ok := tx.(Inbox)
	if !ok {
		return nil
	}
	asked := map[ID]bool{}
	for _, f := range facts {
		if f.Why != WhyWalkIn || !f.IsMark() || asked[f.Student] {
			continue
		}
		asked[f.Student] = true
		all, err := inbox.About(ctx, f.Student)
		if err != nil {
			return err
		}
		for _, guest := range all {
			if guest.Fact.Kind != WalkedIn || guest.Waits() {
				continue
			}
			if err := s.followOne(ctx, inbox, guest); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) followOne(ctx context.Context, tx Inbox, guest Item) error {
	by := Actor{ID: guest.By, Role: RoleAdmin}
	if guest.As == AsRejected {
		return s.eachMark(ctx, tx, guest, Item.Waits, func(m Item) error { return s.rejectItem(ctx, tx, by, m, guest.Note) })
	}
	said, err := tx.Fact(ctx, guest.Ruling)
	if err != nil {
		return err
	}
	return s.eachMark(ctx, tx, guest, Item.Waits, func(m Item) error {
		err := s.placeMark(ctx, tx, by, m, guest.As, Target{Student: said.Student})
		if _, cannot := err.(Invalid); cannot { //nolint:errorlint // it is made here, never wrapped
			return nil // they left the course since: the mark waits with the guest
		}
		return err
	})
}
