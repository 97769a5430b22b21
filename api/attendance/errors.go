package attendance

import (
	"errors"
	"fmt"
)

// What a rule can refuse. Transport maps each to one problem type.
var (
	ErrNotFound    = errors.New("not found")
	ErrClosed      = errors.New("the session has ended")
	ErrNotEnrolled = errors.New("not enrolled in this course")
	ErrForbidden   = errors.New("not one of your courses")
	ErrNotOwner    = errors.New("only the server that opened a session may extend or end it")
	ErrCredentials = errors.New("the course code or the PIN is wrong")
)

// Invalid names the field that is wrong and the way out.
type Invalid struct {
	Field string
	Why   string
}

func (e Invalid) Error() string { return e.Field + ": " + e.Why }

// Taken names the field whose value belongs to another row, and the way out.
type Taken struct {
	Field string
	Why   string
}

func (e Taken) Error() string { return e.Field + ": " + e.Why }

// Running refuses a second session of a course while one is being held.
type Running struct{ Session ID }

func (e Running) Error() string {
	return fmt.Sprintf("a session of this course is running already (%s): resume or end it", e.Session)
}

// Missing says what was not found; it is an ErrNotFound.
type Missing struct {
	What string
	Key  string
}

func (e Missing) Error() string { return fmt.Sprintf("no %s %s", e.What, clip(e.Key)) }

// Is makes errors.Is(err, ErrNotFound) true.
func (e Missing) Is(target error) bool { return target == ErrNotFound }

// Unstored is why a server can keep nothing now. Nothing of what was asked for was
// stored, and whoever asked still has it; reading goes on. Kind is the name of the
// problem, Why says what to do.
type Unstored struct {
	Kind string
	Why  string
}

func (e Unstored) Error() string { return e.Why }
