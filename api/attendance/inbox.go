package attendance

import (
	"context"
	"errors"
	"time"
)

// Item is a fact that was kept aside, as the office deals with it.
type Item struct {
	Number     int64
	Fact       Fact // with Why; only its id, node and session where it cannot be read
	Unread     bool
	ReceivedAt time.Time

	// How it was dealt with; As is empty while it waits.
	As     Resolution
	By     ID
	At     time.Time
	Note   string
	Ruling ID // the fact that says so; none: there is no fact of its own
}

// Waits reports whether nobody has dealt with it.
func (i Item) Waits() bool { return i.As == "" }

// KeptAside is what is known of a fact that was kept aside before.
type KeptAside struct {
	Fact  ID
	Sum   string
	Why   Why
	Ruled bool // a person dealt with it
}

// ItemFilter narrows a list of items, the newest first; zero fields do not.
type ItemFilter struct {
	Below   int64 // numbers
	Why     Why
	Node    ID
	Session ID
	State   ItemState
	Most    int
}

// ItemState says which items a list holds.
type ItemState string

// States of items.
const (
	ItemsOpen ItemState = "open"
	ItemsDone ItemState = "resolved"
	ItemsAll  ItemState = "all"
)

// ItemRow is an item in a list, with the names of what it speaks of.
type ItemRow struct {
	Item
	NodeName    string
	Course      ID
	CourseCode  string
	OpenedAt    time.Time // of its session; zero: not known
	StudentName string
	ByName      string
}

// Inbox is what the cloud's store adds for those who deal with what was kept aside.
type Inbox interface {
	Inbound
	// Item reads one and makes others wait who deal with it.
	Item(ctx context.Context, number int64) (Item, error)
	// About are all items that name a person, dealt with or not, the oldest first.
	About(ctx context.Context, student ID) ([]Item, error)
	// MarkedElsewhere reports whether a student has a mark outside a session.
	MarkedElsewhere(ctx context.Context, student, session ID) (bool, error)
	// Fact is one that was placed.
	Fact(ctx context.Context, id ID) (Fact, error)
	// Rule notes how an item was dealt with, or with no As that it waits again. What
	// a fact with a [Ruling] decides is noted when it is kept.
	Rule(ctx context.Context, item Item) error
}

// What somebody who deals with an item is refused.
var (
	ErrRuled   = errors.New("this was decided already: undo that first")
	ErrUnruled = errors.New("nobody decided this: there is nothing to undo")
)

// follows reports whether it is dealt with together with whom it is about.
func (i Item) follows() bool { return i.Fact.WalkIn && i.Fact.IsMark() }

// Remedies are what can be done with an item now.
func (i Item) Remedies() []string {
	switch f := i.Fact; {
	case !i.Waits() && i.As != AsPlaced && !i.follows():
		return []string{"undo"}
	case !i.Waits():
		return nil
	case f.Kind == WalkedIn:
		return []string{"enrol", "map", "reject"}
	case i.follows():
		return nil
	case f.Why == WhyClone, f.Why == WhyClockAhead:
		return []string{"accept"}
	case i.Unread:
		return []string{"reject"}
	case f.IsMark() && f.Why == WhyUnknownSession:
		return []string{"link", "reject"}
	case f.IsMark() && (f.Session.IsZero() || f.Why == WhyUnplaced):
		return []string{"link", "reject"}
	case f.IsMark() && f.Why == WhyNotEnrolled:
		return []string{"accept", "map", "reject"}
	case f.IsMark() && f.Why == WhyUnknownPerson:
		return []string{"map", "reject"}
	case f.IsMark():
		return []string{"accept", "map", "link", "reject"}
	case f.Kind == SessionOpened && f.Why == WhyNotEntitled:
		return []string{"accept", "map", "reject"}
	}
	return []string{"accept", "reject"}
}
