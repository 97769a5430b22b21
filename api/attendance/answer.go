package attendance

import (
	"context"
	"errors"
	"slices"
	"unicode/utf8"
)

// Decision is an answer to a request.
type Decision struct {
	Approve bool
	Status  Status // zero: the one asked for
	Note    string // needed to decline
}

// Decides reports whether somebody may answer a request: the office any, a teacher a
// leave or a dispute that is about courses of theirs only.
func Decides(ctx context.Context, tx Tx, by Actor, r Request) error {
	if by.Role == RoleAdmin {
		return nil
	}
	if by.Role != RoleTeacher {
		return ErrForbidden
	}
	mine, err := tx.CoursesOf(ctx, by.ID)
	if err != nil {
		return err
	}
	holds := func(id ID) bool { return slices.ContainsFunc(mine, func(c Course) bool { return c.ID == id }) }
	switch {
	case !r.AllCourses && !slices.ContainsFunc(r.Courses, holds):
		return ErrForbidden
	case r.Kind == AskCorrection, r.AllCourses, slices.ContainsFunc(r.Courses, func(id ID) bool { return !holds(id) }):
		return ErrOffice
	}
	return nil
}

// Decide answers an open request. Approval has its effect through facts only, so
// pendrives learn of it as of any mark. The same answer twice is one answer.
func (s *Service) Decide(ctx context.Context, tx Reviews, by Actor, id ID, d Decision) (Request, error) {
	r, err := tx.LockRequest(ctx, id)
	if err != nil {
		return r, err
	}
	if err := Decides(ctx, tx, by, r); err != nil {
		return r, err
	}
	state := RequestDeclined
	if d.Approve {
		state = RequestApproved
	}
	if r.State != RequestOpen {
		if r.State == state && r.DecidedBy == by {
			return r, nil
		}
		return r, ErrDecided
	}
	if d.Note != "" || !d.Approve {
		if r.Note, err = said("note", d.Note); err != nil {
			return r, err
		}
	}
	r.State, r.DecidedBy, r.DecidedAt = state, by, s.world.Now()
	if !d.Approve {
		return r, tx.DecideRequest(ctx, r)
	}
	if d.Status != "" {
		r.Status = d.Status
	}
	if r.Kind == AskLeave {
		err = s.grantLeave(ctx, tx, by, &r)
	} else {
		err = s.grantMark(ctx, tx, by, r)
	}
	if err != nil {
		return r, err
	}
	return r, tx.DecideRequest(ctx, r)
}

// grantMark sets the mark that a dispute or a correction asked for.
func (s *Service) grantMark(ctx context.Context, tx Tx, by Actor, r Request) error {
	if err := oneOf(r.Status, Present, Late, Absent, Excused, Duty); err != nil {
		return err
	}
	se, err := lock(ctx, tx, r.Session)
	if err != nil {
		return err
	}
	if se.Void.On {
		return ErrVoided
	}
	if err := s.inWindow(ctx, tx, by, se); err != nil {
		return err
	}
	before, err := tx.Standings(ctx, se.ID, r.Student)
	if err != nil {
		return err
	}
	old := find(before, r.Student)
	f, err := s.fact(r.mark(by, old.State.Latest()))
	if err != nil {
		return err
	}
	if w, _ := old.State.Add(f).Winner(); w.Fact != f.ID {
		return ErrHigher
	}
	_, err = merge(ctx, tx, []Fact{f})
	return err
}

// mark is the verdict on a dispute or a correction. There is one for each request.
func (r Request) mark(by Actor, seen HLC) Fact {
	f := Fact{
		ID: r.markID(), Kind: MarkSet, Session: r.Session, Student: r.Student, Actor: by.ID, Gesture: r.ID,
		Class: Teacher, Status: r.Status, Method: Disputed, Reason: clipped(r.Reason), Seen: seen,
	}
	if by.Role == RoleAdmin {
		f.Class = Office
	}
	if r.Kind == AskCorrection {
		f.Method = OfficeEdit
	}
	return f
}

func (r Request) markID() ID { return Derive("request", r.ID[:]) }

// clipped is a long reason where a mark has room for a short one.
func clipped(v string) string {
	if utf8.RuneCountInString(v) <= maxText {
		return v
	}
	return string([]rune(v)[:maxText-1]) + "…"
}

// Revoke takes an approval back, and with it the marks it made; what was decided
// otherwise since stays.
func (s *Service) Revoke(ctx context.Context, tx Reviews, by Actor, id ID, note string) (Request, error) {
	if by.Role != RoleAdmin {
		return Request{}, ErrOffice
	}
	r, err := tx.LockRequest(ctx, id)
	switch {
	case err != nil:
		return r, err
	case r.State == RequestRevoked:
		return r, nil
	case r.State != RequestApproved:
		return r, ErrDecided
	}
	if r.Note, err = said("note", note); err != nil {
		return r, err
	}
	r.State, r.DecidedBy, r.DecidedAt = RequestRevoked, by, s.world.Now()
	if err := tx.DecideRequest(ctx, r); err != nil {
		return r, err
	}
	if r.Kind == AskLeave {
		return r, s.endLeave(ctx, tx, r)
	}
	if _, err := lock(ctx, tx, r.Session); err != nil {
		return r, err
	}
	made, err := tx.Facts(ctx, r.Session, Which{Student: r.Student, Gesture: r.ID})
	if err != nil {
		return r, err
	}
	i := slices.IndexFunc(made, func(f Fact) bool { return f.ID == r.markID() })
	if i < 0 {
		return r, errors.Join(err, Missing{What: "mark of request", Key: id.String()})
	}
	all, err := tx.Facts(ctx, r.Session, Which{Student: r.Student})
	if err != nil {
		return r, err
	}
	back, ok, err := s.takeBack(by, made[i], all)
	if err != nil || !ok {
		return r, err
	}
	_, err = merge(ctx, tx, []Fact{back})
	return r, err
}

// Concerning reads a request for somebody whom it concerns: the student, the office,
// teachers of its courses. To others it is not there.
func Concerning(ctx context.Context, tx Reviews, by Actor, id ID) (Request, error) {
	r, err := tx.Request(ctx, id)
	if err != nil {
		return r, err
	}
	courses := r.Courses
	switch {
	case by.Role == RoleAdmin, by.Role == RoleStudent && r.Student == by.ID:
		return r, nil
	case by.Role == RoleTeacher && r.AllCourses:
		if courses, err = tx.CoursesTaken(ctx, r.Student, r.From); err != nil {
			return r, err
		}
	}
	for _, c := range courses {
		if teaches(ctx, tx, by, c) == nil {
			return r, nil
		}
	}
	return Request{}, Missing{What: "request", Key: id.String()}
}

// Sees refuses a teacher who does not hold a course; students see their own.
func Sees(ctx context.Context, tx Tx, by Actor, course ID) error {
	if by.Role == RoleStudent {
		return nil
	}
	return teaches(ctx, tx, by, course)
}
