package attendance

import "encoding/hex"

// Ruling is what a person decided about a fact that was kept aside. It is part of a
// fact that says so: a mark that is placed, a note that nothing is. Such a fact
// travels like any other, and another one takes it back.
type Ruling struct {
	Of   ID         `json:"of"`  // the fact that was kept aside
	Sum  string     `json:"sum"` // of its body: an id can have come with two
	As   Resolution `json:"as"`
	By   ID         `json:"by,omitzero"`
	Ord  HLC        `json:"ord,omitempty"` // of what is placed, or taken back
	Back ID         `json:"back,omitzero"` // the decision that is taken back
}

// Resolution is how a fact that was kept aside was dealt with.
type Resolution string

// Resolutions.
const (
	AsPlaced   Resolution = "placed"   // its place became known by itself
	AsItIs     Resolution = "accepted" // it counts as it came
	AsMapped   Resolution = "mapped"   // it was about somebody, or some course, else
	AsLinked   Resolution = "linked"   // it belongs to a session that it did not name
	AsEnrolled Resolution = "enrolled" // whom it was about is on the roster now
	AsRejected Resolution = "rejected" // it counts nowhere
)

// Sum names a body among those of one fact: 8 bytes of its SHA-256 in hexadecimal.
func (f Fact) Sum() string {
	d := f.Digest()
	return hex.EncodeToString(d[:8])
}

// seat is whose place a placed mark, and what takes it back, has in a [State].
func (r Ruling) seat(fact ID) ID {
	if r.Back.IsZero() {
		return fact
	}
	return r.Back
}

func (r Ruling) sound() bool {
	switch r.As {
	case AsItIs, AsMapped, AsLinked, AsEnrolled, AsRejected:
		return r.Ord >= 0 && !r.Of.IsZero()
	}
	return false
}

// takesBack reports whether the fact takes a placed one back.
func (f Fact) takesBack() bool {
	return f.Kind == MarkCleared && f.Ruling != nil && !f.Ruling.Back.IsZero()
}
