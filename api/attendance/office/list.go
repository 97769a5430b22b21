package office

import (
	"errors"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Query asks for one page of a list.
type Query struct {
	ID       *attendance.ID // that row alone; ErrNotFound if it is not there
	Words    []string       // all of which a row must contain, in upper or lower case
	Archived string         // "with", "only", or without
	Sort     string         // what the rows are sorted by, then by id
	Back     bool           // from the last to the first
	After    *Mark          // the row after which the page begins; nil: the first page
	Most     int            // rows on the page

	Term, Teacher, Course attendance.ID // narrow, where they make sense; zero: do not
	NotIn                 attendance.ID // students who are not in this course
}

// Mark is a row's place in a list. It stays a place when the row is gone.
type Mark struct {
	Key string
	ID  attendance.ID
}

// ErrMark is a mark that no row of the list ever gave.
var ErrMark = errors.New("no place in this list")

// Page is a part of a list.
type Page[T any] struct {
	Rows  []T
	Total int   // on all pages
	Next  *Mark // where the next page begins; nil: this was the last
}

// Term is a semester as the office sees it.
type Term struct {
	attendance.Term
	ArchivedAt time.Time
	Courses    int // that are not archived
}

// Teacher is a teacher as the office sees them: never with a verifier.
type Teacher struct {
	ID                attendance.ID
	Name, Code, Email string
	HasPIN            bool
	ArchivedAt        time.Time
}

// Student is a student as the office sees them: never with a verifier.
type Student struct {
	ID                                               attendance.ID
	Name, UniversityRoll, EnrolmentNo, Email, Email2 string
	HasPassword                                      bool
	ArchivedAt                                       time.Time
}

// Course is a course with whom and what it is connected to.
type Course struct {
	attendance.CourseEntry
	TermName, TeacherName string   // of the main teacher
	Teachers              []string // all who hold it now, by name
	Enrolled              int      // now
	ArchivedAt            time.Time
}

// Teaching is who holds a course, from when to when.
type Teaching struct {
	Teacher    attendance.ID
	Name, Code string
	From, To   time.Time // To zero: open
}

// Enrolled is a student in a course, now or soon.
type Enrolled struct {
	Student              attendance.ID
	Name, UniversityRoll string
	Roll                 int
	From                 time.Time
}

// TermStudent is a student in the courses of a semester.
type TermStudent struct {
	Student              attendance.ID
	Name, UniversityRoll string
	Courses              []string // their codes
	Roll                 int      // the smallest of them
}

// HoldsAt reports whether the teacher holds the course at a time.
func (t Teaching) HoldsAt(at time.Time) bool {
	return !at.Before(t.From) && (t.To.IsZero() || at.Before(t.To))
}
