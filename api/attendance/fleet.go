package attendance

import (
	"errors"
	"time"
)

// Node is a pendrive as the cloud knows it.
type Node struct {
	ID        ID
	Name      string
	Holds     Holding
	CreatedAt time.Time
	ExpiresAt time.Time // it begins no class after that; zero: never
	RevokedAt time.Time

	KeyHash    []byte // SHA-256; empty until it was claimed
	ClaimHash  []byte // SHA-256
	ClaimUntil time.Time
	ClaimedAt  time.Time

	// What it said when it last called.
	SeenAt  time.Time
	Waiting int           // lines of its log that the cloud had not confirmed
	Ahead   time.Duration // its clock before ours
	Version string        // of its program

	Twice bool // two drives write under this name
}

// Holding is what a pendrive holds: all courses, or those that are named and those
// of whole semesters, also what comes into them later.
type Holding struct {
	All     bool
	Courses []ID
	Terms   []ID
}

// Vitals are what a pendrive says of itself when it calls; nil was not said.
type Vitals struct {
	Waiting *int
	Ahead   *time.Duration
	Version string
}

// NodeState says how a pendrive stands, in one word.
type NodeState string

// What must be acted upon comes first.
const (
	NodeRevoked NodeState = "revoked"
	NodeTwice   NodeState = "exists_twice"
	NodeExpired NodeState = "expired"
	NodeWaiting NodeState = "waiting" // for somebody who brings its claim code
	NodeActive  NodeState = "active"
)

// State is how it stands at a time.
func (n Node) State(at time.Time) NodeState {
	switch {
	case !n.RevokedAt.IsZero():
		return NodeRevoked
	case n.Twice:
		return NodeTwice
	case !n.ExpiresAt.IsZero() && !at.Before(n.ExpiresAt):
		return NodeExpired
	case n.ClaimedAt.IsZero():
		return NodeWaiting
	}
	return NodeActive
}

// Lease is what the office lets a pendrive do, as the cloud tells it.
type Lease struct {
	Name      string    // empty: not told
	State     NodeState // active, expired or revoked; empty: not told
	ExpiresAt time.Time // zero: it has no end
}

// MayOpen is why the pendrive begins no class at a time; nil: it may. What the cloud
// told counts whatever a computer's clock says.
func (l Lease) MayOpen(at time.Time) error {
	switch {
	case l.State == NodeRevoked:
		return ErrRevoked
	case l.State == NodeExpired, !l.ExpiresAt.IsZero() && !at.Before(l.ExpiresAt):
		return LeaseEnded{At: l.ExpiresAt}
	}
	return nil
}

// LeaseEnded refuses a class on a pendrive whose end has passed.
type LeaseEnded struct{ At time.Time }

func (e LeaseEnded) Error() string {
	return "the office let this pendrive hold classes until " + e.At.Format("2 January 2006") + ": what is on it is safe and still goes to the school; ask the office for a later end"
}

// LeaseOf is what a pendrive is told of itself.
func (n Node) LeaseOf(at time.Time) Lease {
	out := Lease{Name: n.Name, State: NodeActive, ExpiresAt: n.ExpiresAt}
	n.Twice = false // its own log goes on
	if state := n.State(at); state == NodeRevoked || state == NodeExpired {
		out.State = state
	}
	return out
}

// ClaimHash is a claim code as the cloud keeps it, and until when it is good.
type ClaimHash struct {
	Hash  []byte // SHA-256
	Until time.Time
}

// What the cloud refuses a pendrive.
var (
	ErrClaimUnknown = errors.New("no pendrive waits for this claim code")
	ErrClaimExpired = errors.New("the claim code has expired")
	ErrClaimTaken   = errors.New("the claim code was used by another drive")
	ErrRevoked      = errors.New("this pendrive was revoked")
	// ErrBusy: as many uploads as the server takes at once are being stored.
	ErrBusy = errors.New("the server is storing as many uploads as it can")
	// ErrRefetch: a place in the feed means nothing here any more; take a snapshot.
	ErrRefetch = errors.New("this place in the roster is not known any more")
)

// Head is how far the feed goes now.
type Head struct {
	Generation ID // new for a restored database
	Rev        int64
	Facts      string
}

// Page is one answer of the feed.
type Page struct {
	Generation ID
	Rev        int64 // of the roster when all Changes are applied
	Head       int64
	Snapshot   bool // Changes are all rows there are: hide the rest
	Changes    []Change
	More       bool
	Digest     Digest // of all rows the node should hold; only when More is false

	Lease     Lease
	Facts     []Told
	Cursor    string
	FactsMore bool
	Now       time.Time // in the cloud; zero: it did not say
}
