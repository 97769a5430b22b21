package attendance

import (
	"context"
	"encoding/json"
	"time"
)

// Store keeps the register: Postgres in the cloud, SQLite on a pendrive. Both
// pass the same conformance suite (db/storetest).
type Store interface {
	// InTx runs fn in one transaction and returns only when it is durable. If fn
	// fails nothing of it is kept. fn may run again after a serialisation failure.
	InTx(ctx context.Context, fn func(context.Context, Tx) error) error
	// View runs fn on one consistent state without writing.
	View(ctx context.Context, fn func(context.Context, Tx) error) error
}

// Tx is the seam: what the classroom needs from a store. Lists are ordered as
// said; "not found" is an error that is ErrNotFound.
//
// Whatever a write leaves behind for others (a River job and a NOTIFY, or a line
// in the outbox) is the store's own affair, inside the same transaction.
type Tx interface {
	// Courses are all that are not archived, by code.
	Courses(ctx context.Context) ([]Course, error)
	// CoursesOf are those a teacher holds now, by code.
	CoursesOf(ctx context.Context, teacher ID) ([]Course, error)
	Course(ctx context.Context, id ID) (Course, error)
	// CourseByCode ignores case and archived courses.
	CourseByCode(ctx context.Context, code string) (Course, error)
	// Instructors are the teachers of a course now, by name.
	Instructors(ctx context.Context, course ID) ([]Instructor, error)
	Instructor(ctx context.Context, id ID) (Instructor, error)
	// Roster is every enrolment of a course, past and present, by roll.
	Roster(ctx context.Context, course ID) (Roster, error)

	Session(ctx context.Context, id ID) (Session, error)
	// LockSessions reads those that exist and makes other writers of the same
	// sessions wait until this transaction ends. Ids in any order, repeats fine.
	LockSessions(ctx context.Context, ids []ID) (map[ID]Session, error)
	// Sessions are a course's that count, oldest first.
	Sessions(ctx context.Context, course ID) ([]Session, error)
	// Voided are a course's that were deleted, oldest first.
	Voided(ctx context.Context, course ID) ([]Session, error)
	// Running are all that count without a ClosedAt, oldest first (their time may be up).
	Running(ctx context.Context) ([]Session, error)
	// HeldAt are all that count and were under way at a time, oldest first. None lasts a day.
	HeldAt(ctx context.Context, at time.Time) ([]Session, error)
	// PutSession inserts each, or moves an existing row one way only: ClosesAt to the
	// greatest, ClosedAt to the least, Void to the latest. All else is kept from the
	// first time. No session may be among them twice.
	PutSession(ctx context.Context, s ...Session) error

	// Append keeps facts in the given order and says of each what became of it. A
	// fact with Why is kept aside (the inbox) and never folded.
	Append(ctx context.Context, facts []Fact) ([]Kept, error)
	// Known are those of the ids that are stored already, placed or not: a request
	// that carries its own ids asks before it makes facts a second time.
	Known(ctx context.Context, ids []ID) (map[ID]bool, error)
	// Facts of a session that were placed, by Ord then ID.
	Facts(ctx context.Context, session ID, which Which) ([]Fact, error)
	// Standings of a session, for the named students or for all who have one, by
	// student.
	Standings(ctx context.Context, session ID, students ...ID) ([]Standing, error)
	// StandingsAt are those of the seats that have one, in any order.
	StandingsAt(ctx context.Context, seats []Seat) ([]Standing, error)
	// CourseStandings are those of all sessions of a course that count; State is left
	// empty.
	CourseStandings(ctx context.Context, course ID) ([]Standing, error)
	PutStandings(ctx context.Context, st []Standing) error
	// Rewrite replaces all that is derived of a session (its row, even backwards,
	// and its standings) with a fold made anew.
	Rewrite(ctx context.Context, s Session, st []Standing) error
	// LastOrd is the highest order stored, 0 when there is none.
	LastOrd(ctx context.Context) (HLC, error)
	// Unplaced are facts kept aside for a person to place, newest first. With a
	// session: those that named it, or that its scanner made while none was told.
	Unplaced(ctx context.Context, session ID) ([]Fact, error)
	// Backlog is how much of what this server made the cloud has not confirmed.
	Backlog(ctx context.Context) (Backlog, error)

	// Settings are the school's, in JSON by key.
	Settings(ctx context.Context) (map[string]json.RawMessage, error)

	// Devices are all scanners, those that were shut out among them, by name.
	Devices(ctx context.Context) ([]Device, error)
	// Device is one, and makes others who ask for it wait until this transaction ends.
	Device(ctx context.Context, id ID) (Device, error)
	PutDevice(ctx context.Context, d Device) error
	// NoteDevice keeps what a scanner that is known says of itself, and leaves alone
	// what the office says of it.
	NoteDevice(ctx context.Context, d Device) error
}

// CourseLocker is what a store with several writers at once adds: two that open a
// session of one course take turns, so that the second one sees the first.
type CourseLocker interface {
	LockCourse(ctx context.Context, course ID) error
}

// Which narrows a list of facts; zero fields do not.
type Which struct {
	Student ID
	Gesture ID
}

// Kept says what became of a fact.
type Kept int

// Outcomes of Append.
const (
	Fresh     Kept = iota // stored now
	Duplicate             // was here, the same: nothing changed
	Clash                 // the id is taken by another body: kept in the inbox
)

// Backlog is what waits on a pendrive. In the cloud nothing ever waits.
type Backlog struct {
	Waiting  int
	Unplaced int
	Cloud    bool // this store is the cloud
	// LastSync is the last time the cloud confirmed anything; Reachable what the
	// last attempt said; Attention a sentence when a person must act.
	LastSync  time.Time
	Reachable bool
	Attention string
}

// State is the one word of the sync pill: saved, sending, offline or attention.
// Offline is not an error.
func (b Backlog) State() string {
	switch {
	case b.Attention != "" || b.Unplaced > 0:
		return "attention"
	case b.Cloud:
	case !b.Reachable:
		return "offline"
	case b.Waiting > 0:
		return "sending"
	}
	return "saved"
}
