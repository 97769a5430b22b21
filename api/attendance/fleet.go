package attendance

import (
	"errors"
	"time"
)

// Node is a pendrive as the cloud knows it.
type Node struct {
	ID         ID
	Name       string
	AllCourses bool
	KeyHash    []byte // SHA-256; empty until it was claimed
	ClaimedAt  time.Time
	RevokedAt  time.Time
	SeenAt     time.Time
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

	Facts     []Told
	Cursor    string
	FactsMore bool
}
