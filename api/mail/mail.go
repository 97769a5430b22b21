// Package mail writes to people: what students must hear of their attendance, and
// reports that somebody asked for regularly. What is said, and when, is decided by
// the domain; here it gets words and an envelope. Every mail is in a log before it
// leaves, so that nobody gets one twice.
package mail

import (
	"context"
	"errors"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// State of a mail.
type State string

// States. Unsure: the server was killed while sending, and only the receiver knows.
const (
	Queued  State = "queued"
	Sending State = "sending"
	Sent    State = "sent"
	Failed  State = "failed"
	Unsure  State = "unsure"
)

// Kind says why a mail was written.
type Kind string

// Kinds.
const (
	OfNotice Kind = "notice"
	OfReport Kind = "report"
	OfTest   Kind = "test"
)

// Mail is one line of the log.
type Mail struct {
	ID        attendance.ID
	Kind      Kind
	Effect    string // what it is about; the same is written once
	Student   attendance.ID
	To        []string
	Subject   string
	Body      string
	Report    attendance.ID // goes with it
	State     State
	Attempts  int
	Error     string
	CreatedAt time.Time
	SentAt    time.Time
}

// Line is one notice, with what its words need.
type Line struct {
	attendance.Notice
	Code, CourseName string
	OldPercent       float64 // of the notice that it corrects
	OldBand          attendance.Band
}

// Letter is everything that one student must hear now.
type Letter struct {
	Student attendance.ID
	Name    string
	To      []string
	Lines   []Line
}

// Log keeps notices and mails.
type Log interface {
	// Courses are those whose students may have to hear something.
	CourseIDs(ctx context.Context) ([]attendance.ID, error)
	// InTelling gives the domain a transaction in which it decides about a course.
	InTelling(ctx context.Context, fn func(context.Context, attendance.Telling) error) error
	// Warned are students with something to be told, who can be reached.
	Warned(ctx context.Context, most int) ([]attendance.ID, error)
	// Write turns what a student must hear into a mail and has it sent, in one
	// transaction; a letter without lines is none.
	Write(ctx context.Context, student attendance.ID, words func(Letter) Mail) error
	// Queue has a mail sent; one with the same effect is not written again.
	Queue(ctx context.Context, m Mail) error
	// Take hands a mail to whoever sends it now, or says why nobody may.
	Take(ctx context.Context, id attendance.ID) (Mail, error)
	// Done notes what became of it; queued: it is to be tried again.
	Done(ctx context.Context, id attendance.ID, state State, why string) error
}

// Post writes and sends.
type Post struct {
	Log     Log
	Rules   *attendance.Service
	SMTP    *SMTP  // nil: this server sends no mail
	Origin  string // of the portals, for links
	Reports Reports
}

// Reports are files that go with a mail.
type Reports interface {
	// File is a finished report: its name and its bytes.
	File(ctx context.Context, id attendance.ID) (name string, data []byte, err error)
}

// Which narrows the log; zero fields do not.
type Which struct {
	State    State
	Student  attendance.ID
	BeforeAt time.Time // only earlier ones than this place in the list
	BeforeID attendance.ID
	Most     int
}

// ErrNotFailed refuses to send a mail again that is on its way or there.
var ErrNotFailed = errors.New("the mail was sent, or is on its way: only one that failed can be sent again")
