package attendance

import (
	"context"
	"errors"
	"fmt"
)

// Target is where somebody says that an item belongs; what is zero it says itself.
type Target struct {
	Session ID
	Student ID
	Course  ID // of a session that was opened
}

// PlaceItem puts an item where it belongs, as somebody of the office says. The marks
// of a class follow at once, and [Service.Unrule] takes it back.
func (s *Service) PlaceItem(ctx context.Context, tx Inbox, by Actor, number int64, as Resolution, to Target) (Item, error) {
	it, done, err := waiting(ctx, tx, by, number, as)
	if err != nil || done {
		return it, err
	}
	if it.Unread { // a newer server may understand it
		f, err := Decode(it.Fact.Body)
		if err != nil || f.V > Version {
			return it, Invalid{Field: "path.id", Why: "this server cannot read it: bring the server up to date, or reject it"}
		}
	}
	switch f := it.Fact; {
	case f.Why == WhyClone, f.Why == WhyClockAhead:
		it.As, it.By = AsItIs, by.ID
		err = tx.Rule(ctx, it)
	case it.follows():
		err = errFollows
	case f.Kind == WalkedIn:
		err = s.placeGuest(ctx, tx, by, it, as, to)
	case f.IsMark():
		err = s.placeMark(ctx, tx, by, it, as, to)
	case f.Kind == SessionOpened:
		err = s.placeSession(ctx, tx, by, it, as, to)
	default:
		err = s.placeAsIs(ctx, tx, it)
	}
	if err != nil {
		return it, err
	}
	return tx.Item(ctx, number)
}

// MapAlike says who it was, of a mark and of all others that wait and name the same
// person. Those that cannot be placed so wait on.
func (s *Service) MapAlike(ctx context.Context, tx Inbox, by Actor, number int64, to Target) (Item, error) {
	it, err := s.PlaceItem(ctx, tx, by, number, AsMapped, to)
	if err != nil || it.Fact.Student.IsZero() || to.Student.IsZero() {
		return it, err
	}
	others, err := tx.About(ctx, it.Fact.Student)
	if err != nil {
		return it, err
	}
	for _, other := range others {
		if !other.Waits() || !other.Fact.IsMark() {
			continue
		}
		var cannot Invalid
		if _, err := s.PlaceItem(ctx, tx, by, other.Number, AsMapped, to); err != nil && !errors.As(err, &cannot) {
			return it, err
		}
	}
	return it, nil
}

// waiting reads an item that nobody has dealt with. One that was dealt with just so
// is done: the same request again.
func waiting(ctx context.Context, tx Inbox, by Actor, number int64, as Resolution) (it Item, done bool, err error) {
	if by.Role != RoleAdmin {
		return it, false, ErrForbidden
	}
	if it, err = tx.Item(ctx, number); err != nil || it.Waits() {
		return it, false, err
	}
	if it.As == as {
		return it, true, nil
	}
	return it, false, ErrRuled
}

// placeMark makes the mark anew where it belongs, with the time, the order and the
// author that it has.
func (s *Service) placeMark(ctx context.Context, tx Tx, by Actor, it Item, as Resolution, to Target) error {
	f := it.Fact
	session, student := f.Session, f.Student
	if !to.Session.IsZero() {
		session = to.Session
	}
	if !to.Student.IsZero() {
		student = to.Student
	}
	if session.IsZero() {
		return Invalid{Field: "session_id", Why: "it names no class: link it to one"}
	}
	se, err := lock(ctx, tx, session)
	if errors.Is(err, ErrNotFound) {
		return Invalid{Field: "session_id", Why: "there is no such class here: link it to one that is"}
	}
	if err != nil {
		return err
	}
	if student, err = enrolledThen(ctx, tx, se, student, f.Roll); err != nil {
		return err
	}
	mark := Fact{
		Kind: f.Kind, Session: session, Student: student, Roll: f.Roll, Actor: f.Actor, Gesture: f.Gesture,
		Class: f.Class, Status: f.Status, Method: f.Method, Reason: f.Reason, Seen: f.Seen,
		Ruling: &Ruling{Of: f.ID, Sum: f.Sum(), As: as, By: by.ID, Ord: f.Ord},
	}
	if f.Device != nil { // its number is the scan's own, which this is not
		mark.Device = &DeviceRef{ID: f.Device.ID}
	}
	if mark, err = s.fact(mark); err != nil {
		return err
	}
	// It happened when it happened: who was late is told by the clocks of that moment.
	mark.Stamp = Stamp{WallMS: f.WallMS, Segment: f.Segment, MonoMS: f.MonoMS, HLC: mark.HLC}
	if err := mark.Seal(); err != nil {
		return err
	}
	mark.EffectiveMS = f.EffectiveMS
	_, err = merge(ctx, tx, []Fact{mark})
	return err
}

// enrolledThen is the student, or whoever had the roll, if the class expected them.
func enrolledThen(ctx context.Context, tx Tx, se Session, student ID, roll int) (ID, error) {
	roster, err := tx.Roster(ctx, se.Course)
	if err != nil {
		return student, err
	}
	if student.IsZero() {
		m, ok := roster.ByRoll(roll, se.OpenedAt)
		if !ok {
			return student, Invalid{Field: "student_id", Why: fmt.Sprintf("nobody had roll %d when the class began: say who it was", roll)}
		}
		return m.Student, nil
	}
	if _, ok := roster.ByStudent(student, se.OpenedAt); !ok {
		return student, Invalid{Field: "student_id", Why: "was not in the course when the class began: enrol them from before it, or name somebody who was"}
	}
	return student, nil
}

// placeSession keeps a class that its pendrive was not to hold, with what waits for
// it. Its pendrive goes on to extend and end it.
func (s *Service) placeSession(ctx context.Context, tx Inbox, by Actor, it Item, as Resolution, to Target) error {
	f := it.Fact
	course := f.Opening.Course
	if !to.Course.IsZero() {
		course = to.Course
	}
	if f.Why != WhyNotEntitled {
		return Invalid{Field: "path.id", Why: "another class has its name: reject it"}
	}
	if _, err := tx.Course(ctx, course); errors.Is(err, ErrNotFound) {
		return Invalid{Field: "course_id", Why: "there is no such course: map the class to one that is"}
	} else if err != nil {
		return err
	}
	here, err := tx.LockSessions(ctx, []ID{f.Session})
	if err != nil {
		return err
	}
	if se, known := here[f.Session]; known { // it was kept once, and put away
		if se.Course != course {
			return Invalid{Field: "course_id", Why: "the class was kept under another course before: accept it there again"}
		}
		return s.voidRuled(ctx, tx, by, it, SessionRestored, as)
	}
	f.Why = ""
	if course != f.Opening.Course {
		if f, err = s.reopened(f, by, course); err != nil {
			return err
		}
	}
	if _, err := merge(ctx, tx, []Fact{f}); err != nil {
		return err
	}
	it.As, it.By, it.Ruling = as, by.ID, ID{}
	if err := tx.Rule(ctx, it); err != nil {
		return err
	}
	_, err = s.Settle(ctx, tx, f.Session)
	return err
}

// reopened is the opening of a class under another course, in its pendrive's name.
func (s *Service) reopened(f Fact, by Actor, course ID) (Fact, error) {
	id, err := s.NewID()
	if err != nil {
		return f, err
	}
	opening := *f.Opening
	opening.Course = course
	out := Fact{
		ID: id, Kind: SessionOpened, Node: f.Node, Session: f.Session, Actor: f.Actor, Opening: &opening, Stamp: f.Stamp,
		Ruling: &Ruling{Of: f.ID, Sum: f.Sum(), As: AsMapped, By: by.ID, Ord: f.Ord},
	}
	if err := out.Seal(); err != nil {
		return f, err
	}
	out.Ord, out.EffectiveMS = f.Ord, f.EffectiveMS
	return out, nil
}

// placeAsIs keeps what found its place meanwhile.
func (s *Service) placeAsIs(ctx context.Context, tx Inbox, it Item) error {
	f := it.Fact
	f.Why = ""
	batch := []Fact{f}
	if _, err := resolve(ctx, tx, f.Node, batch); err != nil {
		return err
	}
	if why := batch[0].Why; why != "" {
		return Invalid{Field: "path.id", Why: fmt.Sprintf("it still cannot be placed (%s): reject it, or change the class itself", why)}
	}
	if _, err := merge(ctx, tx, batch); err != nil {
		return err
	}
	return tx.Placed(ctx, []ID{f.ID})
}
