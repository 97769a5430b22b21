package attendance

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// RequestKind says what is asked for.
type RequestKind string

// Kinds of request.
const (
	AskLeave      RequestKind = "leave"      // a student will not be, or was not, there
	AskDispute    RequestKind = "dispute"    // a student says that a mark is wrong
	AskCorrection RequestKind = "correction" // a teacher does, who came too late to change it
)

// RequestState is where a request stands. Only an open one is decided or withdrawn,
// only an approved one revoked.
type RequestState string

// States of a request.
const (
	RequestOpen      RequestState = "open"
	RequestApproved  RequestState = "approved"
	RequestDeclined  RequestState = "declined"
	RequestWithdrawn RequestState = "withdrawn"
	RequestRevoked   RequestState = "revoked"
)

// Request is what somebody wants changed in the register.
type Request struct {
	ID      ID
	Kind    RequestKind
	State   RequestState
	Student ID

	Session    ID // of a dispute or a correction
	AllCourses bool
	Courses    []ID      // those it is about; with AllCourses none
	From, To   time.Time // of a leave: classes that begin in [From, To)

	Status  Status // wanted, then given; a leave may leave it open
	Reason  string
	AskedBy Actor
	AskedAt time.Time

	DecidedBy Actor
	DecidedAt time.Time
	Note      string

	// As the store reads it, for people.
	StudentName, UniversityRoll string
}

// RequestFilter narrows a list of requests; zero fields do not.
type RequestFilter struct {
	Student ID   // whose
	Courses []ID // nil: any; else those that touch one of these
	State   RequestState
	Kind    RequestKind
	Before  time.Time // asked before, in order of AskedAt and ID
	ID      ID
	Most    int
}

// Reviews is what the cloud's store adds to the seam for requests.
type Reviews interface {
	Tx
	Request(ctx context.Context, id ID) (Request, error)
	// LockRequest makes others who decide it wait.
	LockRequest(ctx context.Context, id ID) (Request, error)
	// AddRequest reports false when its id is taken.
	AddRequest(ctx context.Context, r Request) (bool, error)
	// DecideRequest keeps state, status, note and who decided.
	DecideRequest(ctx context.Context, r Request) error
	OpenRequests(ctx context.Context, asker ID) (int, error)
	// CoursesTaken are the courses that a student is enrolled in at a time.
	CoursesTaken(ctx context.Context, student ID, at time.Time) ([]ID, error)
	// LeavesOver are the approved leaves of those enrolled in a session's course when it began.
	LeavesOver(ctx context.Context, se Session) ([]Request, error)
	// LeaveSessions are the sessions of a leave that were opened so far, deleted ones
	// among them, and in which the student was enrolled, oldest first.
	LeaveSessions(ctx context.Context, r Request) ([]Session, error)
}

// What a request can be refused for.
var (
	ErrDecided = errors.New("somebody has decided it already")
	ErrOffice  = errors.New("this is for the office to decide")
	ErrMany    = errors.New("too many requests wait for an answer: withdraw some, or wait")
)

const (
	maxOpenRequests = 20
	maxRequestText  = 1000
	minRequestText  = 3
	maxLeave        = 366 * 24 * time.Hour
)

// Ask keeps a request. The same id again is the same request. What the office enters
// for a student is approved at once.
func (s *Service) Ask(ctx context.Context, tx Reviews, by Actor, r Request) (Request, error) {
	var err error
	if r.ID.IsZero() {
		if r.ID, err = s.NewID(); err != nil {
			return r, err
		}
	} else if old, err := tx.Request(ctx, r.ID); err == nil {
		if old.AskedBy != by || old.Kind != r.Kind || old.Session != r.Session {
			return r, Invalid{Field: "request_id", Why: "belongs to another request: make a new one"}
		}
		return old, nil
	} else if !errors.Is(err, ErrNotFound) {
		return r, err
	}
	if r.Reason, err = said("reason", r.Reason); err != nil {
		return r, err
	}
	switch n, err := tx.OpenRequests(ctx, by.ID); {
	case err != nil:
		return r, err
	case n >= maxOpenRequests:
		return r, ErrMany
	}
	r.State, r.AskedBy, r.AskedAt = RequestOpen, by, s.world.Now()
	switch {
	case r.Kind == AskLeave && (by.Role == RoleStudent && r.Student == by.ID || by.Role == RoleAdmin):
		err = s.askLeave(ctx, tx, &r)
	case r.Kind == AskDispute && by.Role == RoleStudent && r.Student == by.ID:
		err = s.askDispute(ctx, tx, &r)
	case r.Kind == AskCorrection && by.Role == RoleTeacher:
		err = s.askCorrection(ctx, tx, by, &r)
	default:
		err = ErrForbidden
	}
	if err != nil {
		return r, err
	}
	fresh, err := tx.AddRequest(ctx, r)
	if err != nil {
		return r, err
	}
	if !fresh { // taken a moment ago
		return r, Invalid{Field: "request_id", Why: "belongs to another request: make a new one"}
	}
	if by.Role == RoleAdmin {
		return s.Decide(ctx, tx, by, r.ID, Decision{Approve: true, Status: r.Status, Note: r.Reason})
	}
	return tx.Request(ctx, r.ID)
}

// said is a sentence or more, kept as it was typed.
func said(field, v string) (string, error) {
	v = strings.TrimSpace(v)
	switch n := utf8.RuneCountInString(v); {
	case n < minRequestText:
		return "", Invalid{Field: field, Why: "say why, in a few words"}
	case n > maxRequestText:
		return "", Invalid{Field: field, Why: "may have 1000 characters"}
	case !utf8.ValidString(v) || strings.Contains(v, "\x00"):
		return "", Invalid{Field: field, Why: "holds a character that cannot be stored"}
	}
	return v, nil
}

func oneOf(st Status, allowed ...Status) error {
	if slices.Contains(allowed, st) {
		return nil
	}
	words := make([]string, 0, len(allowed))
	for _, a := range allowed {
		if a != "" {
			words = append(words, string(a))
		}
	}
	return Invalid{Field: "status", Why: "must be one of " + strings.Join(words, ", ")}
}

func (s *Service) askLeave(ctx context.Context, tx Reviews, r *Request) error {
	now := s.world.Now()
	switch {
	case !r.From.Before(r.To):
		return Invalid{Field: "to", Why: "must be after from"}
	case r.To.Sub(r.From) > maxLeave:
		return Invalid{Field: "to", Why: "a leave lasts a year at most"}
	case r.From.Before(now.Add(-maxLeave)) || r.From.After(now.Add(maxLeave)):
		return Invalid{Field: "from", Why: "must be within a year from now"}
	}
	if err := oneOf(r.Status, "", Excused, Duty); err != nil {
		return err
	}
	taken, err := tx.CoursesTaken(ctx, r.Student, now)
	if err != nil {
		return err
	}
	if r.AllCourses = len(r.Courses) == 0; r.AllCourses {
		return nil
	}
	slices.SortFunc(r.Courses, ID.Compare)
	r.Courses = slices.Compact(r.Courses)
	for _, c := range r.Courses {
		if !slices.Contains(taken, c) {
			return Invalid{Field: "courses", Why: "the student is not enrolled in " + c.String()}
		}
	}
	return nil
}

func (s *Service) askDispute(ctx context.Context, tx Reviews, r *Request) error {
	se, shown, err := s.disputed(ctx, tx, r.Session, r.Student)
	if errors.Is(err, ErrNotEnrolled) {
		return Missing{What: "session", Key: r.Session.String()} // nor is it told that there is one
	}
	if err != nil {
		return err
	}
	if r.Status == "" {
		r.Status = Present
	}
	if err := oneOf(r.Status, Present, Late, Excused, Duty); err != nil {
		return err
	}
	if shown == r.Status {
		return ErrSame
	}
	r.Courses = []ID{se.Course}
	return nil
}

func (s *Service) askCorrection(ctx context.Context, tx Reviews, by Actor, r *Request) error {
	se, shown, err := s.disputed(ctx, tx, r.Session, r.Student)
	if err != nil && !errors.Is(err, ErrNotEnrolled) {
		return err
	}
	if err := errors.Join(teaches(ctx, tx, by, se.Course), err); err != nil {
		return err
	}
	if err := oneOf(r.Status, Present, Late, Absent, Excused, Duty); err != nil {
		return err
	}
	if shown == r.Status {
		return ErrSame
	}
	switch err := s.inWindow(ctx, tx, by, se); {
	case err == nil:
		return Invalid{Field: "session_id", Why: "you may still change it yourself: POST /api/teacher/update-attendance"}
	case !errors.Is(err, ErrTooLate):
		return err
	}
	r.Courses = []ID{se.Course}
	return nil
}

// disputed is a session that has ended and counts, and what it shows of a student.
func (s *Service) disputed(ctx context.Context, tx Tx, session, student ID) (Session, Status, error) {
	se, err := tx.Session(ctx, session)
	if err != nil {
		return se, "", err
	}
	roster, err := tx.Roster(ctx, se.Course)
	if err != nil {
		return se, "", err
	}
	if _, ok := roster.ByStudent(student, se.OpenedAt); !ok {
		return se, "", ErrNotEnrolled
	}
	switch {
	case se.OpenAt(s.world.Now()):
		return se, "", ErrOpen
	case se.Void.On:
		return se, "", ErrVoided
	}
	before, err := tx.Standings(ctx, session, student)
	return se, find(before, student).Shown(se, s.world.Now()), err
}

// Withdraw takes one's own open request back. Withdrawing twice is withdrawing once.
func (s *Service) Withdraw(ctx context.Context, tx Reviews, by Actor, id ID) (Request, error) {
	r, err := tx.LockRequest(ctx, id)
	if err != nil {
		return r, err
	}
	if r.AskedBy != by {
		return r, Missing{What: "request", Key: id.String()}
	}
	if r.State == RequestWithdrawn {
		return r, nil
	}
	if r.State != RequestOpen {
		return r, ErrDecided
	}
	r.State, r.DecidedBy, r.DecidedAt = RequestWithdrawn, by, s.world.Now()
	return r, tx.DecideRequest(ctx, r)
}
