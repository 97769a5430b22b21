package attendance

import (
	"context"
	"encoding/json"
	"time"
)

// Registrar changes the school's roster in the cloud. Whatever it changes, the
// pendrives learn: see [Change]. A row is put as a whole and found by its id;
// whom a teaching or an enrolment is about never changes.
type Registrar interface {
	Records

	PutTerm(ctx context.Context, t Term) error
	PutCourse(ctx context.Context, c CourseEntry) error
	PutTeacher(ctx context.Context, t TeacherEntry) error
	PutTeaching(ctx context.Context, t FeedTeaching) error
	PutStudent(ctx context.Context, s StudentEntry) error
	PutEnrolment(ctx context.Context, e FeedEnrolment) error
	PutSetting(ctx context.Context, s SettingEntry) error
	// Remove deletes a row that nothing refers to, such as one imported by
	// mistake. People who left are archived.
	Remove(ctx context.Context, kind RowKind, key string) error
	RemoveTerm(ctx context.Context, id ID) error

	// PutNode keeps a pendrive's name and its end; a new one waits for its claim.
	PutNode(ctx context.Context, n Node) error
	// Scope sets what a pendrive holds.
	Scope(ctx context.Context, node ID, h Holding) error
	// OfferNode waits for whoever brings a code. Who held the pendrive is out.
	OfferNode(ctx context.Context, node ID, c ClaimHash) error
	// RevokeNode shuts a pendrive out; one that is out keeps its time.
	RevokeNode(ctx context.Context, node ID) error
}

// Records are what a change has to know first. Who reads a row by its id makes
// others wait who read it so, until the change is done or given up.
type Records interface {
	Term(ctx context.Context, id ID) (Term, error)
	Course(ctx context.Context, id ID) (CourseEntry, error)
	Teacher(ctx context.Context, id ID) (TeacherEntry, error)
	Student(ctx context.Context, id ID) (StudentEntry, error)
	// Students are those of the ids that there are, by id; none of them is archived
	// meanwhile.
	Students(ctx context.Context, ids []ID) ([]StudentEntry, error)
	// Teachings are all of a course, past and to come, the oldest first.
	Teachings(ctx context.Context, course ID) ([]FeedTeaching, error)
	// TeachingsOf are those of a teacher that have not ended at a time.
	TeachingsOf(ctx context.Context, teacher ID, at time.Time) ([]FeedTeaching, error)
	// EnrolmentsIn are all of a course, past and to come, the oldest first.
	EnrolmentsIn(ctx context.Context, course ID) ([]FeedEnrolment, error)
	// EnrolmentsOf are those of a student that have not ended at a time.
	EnrolmentsOf(ctx context.Context, student ID, at time.Time) ([]FeedEnrolment, error)
	// Node is without what it holds and what it said.
	Node(ctx context.Context, id ID) (Node, error)
	// NodeNamed is the one of a name, upper or lower case, that was not revoked.
	NodeNamed(ctx context.Context, name string) (Node, error)
	// CourseIDs are the courses that codes name, in their order.
	CourseIDs(ctx context.Context, codes []string) ([]ID, error)

	// What still refers to a row, so that it can only be archived.
	TermReferred(ctx context.Context, id ID) (bool, error)
	CourseReferred(ctx context.Context, id ID) (bool, error)
	TeacherReferred(ctx context.Context, id ID) (bool, error)
	StudentReferred(ctx context.Context, id ID) (bool, error)
}

// Term is a semester.
type Term struct {
	ID               ID
	Name             string
	StartsOn, EndsOn time.Time // days; zero: not said
	Archived         bool
}

// CourseEntry is a course with what only the office knows.
type CourseEntry struct {
	FeedCourse
	Term    ID
	Teacher ID // who answers for it; zero: nobody yet
}

// TeacherEntry is a teacher with what only the office knows.
type TeacherEntry struct {
	FeedTeacher
	Email    string
	Archived bool
}

// StudentEntry is a student with what only the office knows.
type StudentEntry struct {
	FeedStudent
	Email        string
	Email2       string
	PasswordHash string
	Archived     bool
}

// SettingEntry is one setting of the school.
type SettingEntry struct {
	Key     string
	Value   json.RawMessage
	Travels bool // the pendrives get it
}
