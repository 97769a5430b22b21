package attendance

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrTimeUp is an ErrClosed of a session that nobody ended.
var ErrTimeUp = fmt.Errorf("%w: its time is up", ErrClosed)

// ErrSignIn refuses an answer of somebody who has to sign in first.
var ErrSignIn = errors.New("sign in first")

// Answering is what the cloud's store adds to the seam for the codes of online
// classes.
type Answering interface {
	Tx
	// Expected are the enrolments in a course of one student, or of whoever has a
	// university roll (upper or lower case).
	Expected(ctx context.Context, course, student ID, roll string) (Roster, error)
	// LockTries makes other tries of the first key wait until this transaction
	// ends, and reads what is known of all keys, in their order.
	LockTries(ctx context.Context, session ID, keys ...[]byte) ([]Try, error)
	// CountTry adds a failure and returns how many there are.
	CountTry(ctx context.Context, session ID, key []byte, at time.Time) (int, error)
	PauseTry(ctx context.Context, session ID, key []byte, until time.Time) error
	// PutAnswer keeps a student's answer, and reports false if there is one already.
	PutAnswer(ctx context.Context, session ID, a Answered) (bool, error)
}

// Reply is what somebody gives for the code of a class held online. Hashes are
// the caller's: the rules only compare them.
type Reply struct {
	Session ID
	Secret  []byte // of the session's codes
	Code    string
	Student ID     // who is signed in; none: nobody
	Roll    string // as typed

	Key     func(who string) []byte // under which wrong codes are counted
	Browser []byte
	Address []byte
}

// Answered is a right answer, as kept to look for codes that were passed on.
type Answered struct {
	Student ID
	Step    int64 // whose code it was
	At      time.Time
	Browser []byte
	Address []byte
}

// Verdicts on a reply.
const (
	Counted   Outcome = iota // the mark is in the register
	Again                    // it was there before
	WrongCode                // counted against who gave it
	Waiting                  // too many wrong codes: not even looked at
	Nobody                   // no student with this roll is expected
	Outsider                 // who is signed in is not expected
	OtherRoll                // signed in as somebody else
)

// Outcome is what became of a reply.
type Outcome int

// Said tells who gave a reply what became of it.
type Said struct {
	Outcome Outcome
	Name    string
	Status  Status        // what the register shows of them now
	Left    int           // with WrongCode: tries before a pause
	Wait    time.Duration // with Waiting, and with the WrongCode that began it
}

// Answer takes one reply in the caller's transaction, which must be kept unless
// there is an error: a wrong code is counted in it. The order of the checks is the
// original's. A code is good once for each student, because each student answers
// once.
func (s *Service) Answer(ctx context.Context, tx Answering, r Reply) (Said, error) {
	now := s.world.Now()
	se, err := tx.Session(ctx, r.Session)
	if err != nil {
		return Said{}, err
	}
	if err := se.takes(now); err != nil {
		return Said{}, err
	}
	who, err := s.identify(ctx, tx, se, r)
	if err != nil || who.refused {
		return Said{Outcome: OtherRoll}, err // with an error nobody looks at the outcome
	}
	tries, err := tx.LockTries(ctx, se.ID, who.keys...)
	if err != nil {
		return Said{}, fmt.Errorf("read tries: %w", err)
	}
	for _, t := range tries {
		if now.Before(t.Until) {
			return Said{Outcome: Waiting, Wait: t.Until.Sub(now)}, nil
		}
	}
	step, ok := OTPMatch(r.Secret, r.Code, now)
	if !ok && !who.byRoll && who.enrolled {
		// The reply to a right code may have been lost on the way; the student tries
		// again, and by then the code is old. They are signed in: nothing is given away.
		if said, err := s.answeredBefore(ctx, tx, se, who.member); err != nil || said.Outcome == Again {
			return said, err
		}
	}
	if !ok {
		said, err := count(ctx, tx, se.ID, who, now)
		said.Outcome = WrongCode
		return said, err
	}
	if who.byRoll { // looked up for a right code only
		if who.member, who.enrolled, err = expected(ctx, tx, se, ID{}, normalRoll(r.Roll)); err != nil {
			return Said{}, err
		}
	}
	if !who.enrolled {
		if !who.byRoll {
			return Said{Outcome: Outsider}, nil
		}
		// Whoever tries rolls with a code they were told learns little, slowly.
		said, err := count(ctx, tx, se.ID, who, now)
		said.Outcome = Nobody
		return said, err
	}
	return s.answered(ctx, tx, se, who.member, Answered{
		Student: who.member.Student, Step: step, At: now, Browser: r.Browser, Address: r.Address,
	})
}

// takes says why a session takes no answer.
func (s Session) takes(at time.Time) error {
	switch {
	case s.Kind != Online:
		return Missing{What: "online class", Key: s.ID.String()}
	case !s.ClosedAt.IsZero():
		return ErrClosed
	case !s.OpenAt(at):
		return ErrTimeUp
	}
	return nil
}

// answerer is who replies, and under which keys their wrong codes are counted.
type answerer struct {
	member   Member
	enrolled bool
	byRoll   bool
	refused  bool // signed in as somebody else
	keys     [][]byte
	limits   []int
}

// identify finds out who replies, as the school wants it proved.
func (s *Service) identify(ctx context.Context, tx Answering, se Session, r Reply) (answerer, error) {
	school, err := s.school(ctx, tx)
	if err != nil {
		return answerer{}, err
	}
	roll := normalRoll(r.Roll)
	if school.Online == ByRoll {
		if roll == "" {
			return answerer{}, Invalid{Field: "university_roll_no", Why: "type your university roll number"}
		}
		// A whole class may share one address, and anybody can type any roll.
		return answerer{
			byRoll: true,
			keys:   [][]byte{r.Key("roll " + roll), r.Key("address " + string(r.Address))}, limits: []int{triesOfOne, triesOfAddress},
		}, nil
	}
	if r.Student.IsZero() {
		return answerer{}, ErrSignIn
	}
	m, enrolled, err := expected(ctx, tx, se, r.Student, "")
	if err != nil {
		return answerer{}, err
	}
	return answerer{
		member: m, enrolled: enrolled, refused: enrolled && roll != "" && roll != normalRoll(m.UniversityRoll),
		keys: [][]byte{r.Key("student " + r.Student.String())}, limits: []int{triesOfOne},
	}, nil
}

// expected is the enrolment of a student that held when the session began, if any.
func expected(ctx context.Context, tx Answering, se Session, student ID, roll string) (Member, bool, error) {
	roster, err := tx.Expected(ctx, se.Course, student, roll)
	if err != nil {
		return Member{}, false, fmt.Errorf("look up enrolment: %w", err)
	}
	for _, m := range roster.At(se.OpenedAt) {
		return m, true, nil
	}
	return Member{}, false, nil
}

// answeredBefore looks whether a student gave a right code already.
func (s *Service) answeredBefore(ctx context.Context, tx Answering, se Session, m Member) (Said, error) {
	id := answerID(se.ID, m.Student)
	known, err := tx.Known(ctx, []ID{id})
	if err != nil || !known[id] {
		return Said{Outcome: WrongCode}, err
	}
	now, err := tx.Standings(ctx, se.ID, m.Student)
	return Said{Outcome: Again, Name: m.Name, Status: find(now, m.Student).Status}, err
}

// answerID makes a student's answer one fact, however often it is given.
func answerID(session, student ID) ID { return Derive("online", session[:], student[:]) }

// answered marks a student who gave a right code.
func (s *Service) answered(ctx context.Context, tx Answering, se Session, m Member, a Answered) (Said, error) {
	before, err := tx.Standings(ctx, se.ID, m.Student)
	if err != nil {
		return Said{}, err
	}
	said := Said{Outcome: Again, Name: m.Name, Status: find(before, m.Student).Status}
	first, err := tx.PutAnswer(ctx, se.ID, a)
	if err != nil || !first {
		return said, err
	}
	f, err := s.fact(Fact{
		ID: answerID(se.ID, m.Student), Kind: MarkSeen, Session: se.ID, Student: m.Student,
		Class: Evidence, Status: Present, Method: OnlineOTP,
	})
	if err != nil {
		return Said{}, err
	}
	merged, err := merge(ctx, tx, []Fact{f})
	if err != nil {
		return Said{}, err
	}
	// Only now nobody else can end it.
	if err := merged.Sessions[se.ID].takes(a.At); err != nil {
		return Said{}, err
	}
	if !said.Status.Attended() { // a teacher may have marked them before
		said.Outcome = Counted
	}
	said.Status = find(merged.Standings, m.Student).Status
	return said, nil
}

// Led is a session with its course, for one of its teachers.
func (s *Service) Led(ctx context.Context, by Actor, session ID) (se Session, c Course, err error) {
	err = s.store.View(ctx, func(ctx context.Context, tx Tx) (err error) {
		if se, err = tx.Session(ctx, session); err != nil {
			return err
		}
		if err = teaches(ctx, tx, by, se.Course); err != nil {
			return err
		}
		c, err = tx.Course(ctx, se.Course)
		return err
	})
	return se, c, err
}

// Glance is what whoever has the link may know of a running online class.
type Glance struct {
	Session  Session
	Course   Course
	Teacher  string
	Identity OnlineIdentity
	Now      time.Time
}

// Glance reads a running online class for those who were sent its link.
func (s *Service) Glance(ctx context.Context, session ID) (Glance, error) {
	out := Glance{Now: s.world.Now(), Teacher: "Unknown"}
	err := s.store.View(ctx, func(ctx context.Context, tx Tx) (err error) {
		if out.Session, err = tx.Session(ctx, session); err != nil {
			return err
		}
		if err = out.Session.takes(out.Now); err != nil {
			return err
		}
		if out.Course, err = tx.Course(ctx, out.Session.Course); err != nil {
			return err
		}
		if t, err := tx.Instructor(ctx, out.Session.Teacher); err == nil {
			out.Teacher = t.Name
		} else if !errors.Is(err, ErrNotFound) {
			return err
		}
		school, err := s.school(ctx, tx)
		out.Identity = school.Online
		return err
	})
	return out, err
}

// Attending is how many of those who stand somewhere count as present.
func Attending(by map[Status]int) int {
	n := 0
	for status, students := range by {
		if status.Attended() {
			n += students
		}
	}
	return n
}
