package attendance

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"
)

// Guest is what a teacher says of somebody who sits in the class and is not on its
// roster.
type Guest struct {
	Name           string `json:"name"`
	UniversityRoll string `json:"university_roll,omitempty"`
}

// Arrival is what a teacher asks for when somebody walks in.
type Arrival struct {
	ID   ID // made by the caller, so that a repeated request is one person
	Roll int
	Guest
	Status Status
	Reason string
}

// mostGuests is more than walk into any class, and few enough to show them all.
const mostGuests = 50

// WalkIn notes somebody who is not on the roster, with a first mark, and returns the
// name under which further marks are given. All of it is kept aside on either server:
// it shows in this class, counts nowhere else, and waits for the office.
func (s *Service) WalkIn(ctx context.Context, by Actor, session ID, a Arrival) (ID, error) {
	if err := a.tidy(); err != nil {
		return ID{}, err
	}
	guest := Derive("guest", session[:], a.ID[:])
	err := s.store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		se, err := s.markable(ctx, tx, by, session)
		if err != nil {
			return err
		}
		id := Derive("walkin", guest[:])
		known, err := tx.Known(ctx, []ID{id})
		if err != nil || known[id] {
			return err // the same request again
		}
		if err := a.free(ctx, tx, se); err != nil {
			return err
		}
		arrived, err := s.fact(Fact{
			ID: id, Kind: WalkedIn, Session: session, Student: guest, Roll: a.Roll, Actor: by.ID, Guest: &a.Guest, WalkIn: true,
		})
		if err != nil {
			return err
		}
		mark, err := s.fact(Fact{
			ID: Derive("mark", a.ID[:], guest[:]), Kind: MarkSet, Session: session, Student: guest, Roll: a.Roll, Actor: by.ID, Gesture: a.ID,
			Class: Teacher, Status: a.Status, Method: Manual, Reason: a.Reason, WalkIn: true,
		})
		if err != nil {
			return err
		}
		arrived.Why, mark.Why = WhyWalkIn, WhyWalkIn
		_, err = merge(ctx, tx, []Fact{arrived, mark})
		return err
	})
	return guest, err
}

func (a *Arrival) tidy() (err error) {
	if a.ID.IsZero() {
		return Invalid{Field: "walk_in_id", Why: "missing"}
	}
	if a.Status == "" {
		a.Status = Present
	}
	if _, err := ParseStatus(string(a.Status)); err != nil {
		return err
	}
	if a.Roll < 0 || a.Roll > 1_000_000 {
		return Invalid{Field: "class_roll_id", Why: "must be between 1 and 1000000"}
	}
	if a.Reason, err = text("reason", a.Reason); err != nil {
		return err
	}
	if a.UniversityRoll, err = text("university_roll_no", a.UniversityRoll); err != nil {
		return err
	}
	if a.Name, err = text("student_name", a.Name); err == nil && a.Name == "" {
		return Invalid{Field: "student_name", Why: "say who it is"}
	}
	return err
}

// free refuses somebody who is on the roster after all, or a class full of guests.
func (a Arrival) free(ctx context.Context, tx Tx, se Session) error {
	roster, err := tx.Roster(ctx, se.Course)
	if err != nil {
		return err
	}
	if m, taken := roster.ByRoll(a.Roll, se.OpenedAt); taken {
		return Taken{Field: "class_roll_id", Why: "is " + m.Name + "'s in this class: mark them, or leave the roll out"}
	}
	if m, taken := roster.ByUniversityRoll(a.UniversityRoll, se.OpenedAt); taken && a.UniversityRoll != "" {
		return Taken{Field: "university_roll_no", Why: "is " + m.Name + "'s, who is in this class: mark them"}
	}
	here, err := guests(ctx, tx, se)
	switch {
	case err != nil:
		return err
	case len(here) >= mostGuests:
		return Invalid{Field: "student_name", Why: "too many have walked into this class: ask the office to enrol them"}
	case slices.ContainsFunc(here, func(g Row) bool { return a.Roll != 0 && g.Roll == a.Roll }):
		return Taken{Field: "class_roll_id", Why: "somebody who walked in has it"}
	}
	return nil
}

// markable is a session in which somebody may change marks, locked.
func (s *Service) markable(ctx context.Context, tx Tx, by Actor, session ID) (Session, error) {
	se, err := lock(ctx, tx, session)
	if err != nil {
		return se, err
	}
	if err := teaches(ctx, tx, by, se.Course); err != nil {
		return se, err
	}
	return se, s.inWindow(ctx, tx, by, se)
}

// guests are those who walked into a class and of whom nobody has decided yet, with
// what was said of them, by roll.
func guests(ctx context.Context, tx Tx, se Session) ([]Row, error) {
	aside, err := tx.Unplaced(ctx, se.ID)
	if err != nil {
		return nil, err
	}
	return guestsAmong(aside, se), nil
}

func guestsAmong(aside []Fact, se Session) []Row {
	states := map[ID]State{}
	var out []Row
	for _, f := range aside {
		switch {
		case f.Why != WhyWalkIn || f.Session != se.ID:
		case f.Kind == WalkedIn && f.Guest != nil:
			out = append(out, Row{Member: Member{
				Student: f.Student, Course: se.Course, Roll: f.Roll, Name: f.Guest.Name, UniversityRoll: f.Guest.UniversityRoll, From: se.OpenedAt,
			}})
		case f.IsMark():
			states[f.Student] = states[f.Student].Add(f)
		}
	}
	for i, g := range out {
		out[i].Standing = Stand(se, g.Member.Student, states[g.Member.Student])
	}
	slices.SortFunc(out, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Roll, b.Roll), cmp.Compare(a.Name, b.Name), a.Member.Student.Compare(b.Member.Student))
	})
	return out
}

// WalkOut takes somebody who walked in away again, as a mistake, with all their
// marks. Nobody is there to take away a second time.
func (s *Service) WalkOut(ctx context.Context, by Actor, session, arrival ID) error {
	guest := Derive("guest", session[:], arrival[:])
	return s.store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if _, err := s.markable(ctx, tx, by, session); err != nil {
			return err
		}
		aside, err := tx.Unplaced(ctx, session)
		if err != nil {
			return err
		}
		var facts []Fact
		for _, f := range aside {
			if f.Why != WhyWalkIn || f.Student != guest {
				continue
			}
			note, err := s.fact(Fact{
				Kind: Note, Session: session, Actor: by.ID, Reason: "taken away by the teacher",
				Ruling: &Ruling{Of: f.ID, Sum: f.Sum(), As: AsRejected, By: by.ID},
			})
			if err != nil {
				return err
			}
			facts = append(facts, note)
		}
		if len(facts) == 0 {
			return nil
		}
		_, err = merge(ctx, tx, facts)
		return err
	})
}

// sound reports whether a guest is one that a server of ours would write.
func (g *Guest) sound() bool {
	return g != nil && g.Name != "" && utf8.RuneCountInString(g.Name) <= maxText && utf8.RuneCountInString(g.UniversityRoll) <= maxText &&
		!strings.Contains(g.Name+g.UniversityRoll, "\x00")
}
