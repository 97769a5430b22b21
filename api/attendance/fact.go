package attendance

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Kind says what happened.
type Kind string

// Kinds of version 1. A kind that a server does not know is kept, not refused.
const (
	SessionOpened   Kind = "session.opened"
	SessionExtended Kind = "session.extended"
	SessionEnded    Kind = "session.ended"
	SessionVoided   Kind = "session.voided"   // deleted: it counts nowhere
	SessionRestored Kind = "session.restored" // it counts again
	MarkSeen        Kind = "mark.seen"        // evidence
	MarkSet         Kind = "mark.set"         // a verdict
	MarkCleared     Kind = "mark.cleared"     // a verdict withdrawn
	Note            Kind = "note"
	WalkedIn        Kind = "walkin.added" // somebody who is not on the roster; kept aside until the office decides
)

// Version is the fact format this build writes.
const Version = 1

// MaxBody is the largest fact accepted, in bytes.
const MaxBody = 8 << 10

// Fact is one thing that happened in a classroom. The tagged fields are its
// body: encoded once where the fact was born, hashed and sent verbatim.
type Fact struct {
	V       int  `json:"v"`
	ID      ID   `json:"id"`
	Kind    Kind `json:"kind"`
	Node    ID   `json:"node"` // the server that made it
	Session ID   `json:"session,omitzero"`
	Student ID   `json:"student,omitzero"`
	Roll    int  `json:"roll,omitempty"` // as scanned, when no student could be named
	Actor   ID   `json:"actor,omitzero"` // the teacher, or the scanner
	Gesture ID   `json:"gesture,omitzero"`

	Class  Class  `json:"class,omitempty"`
	Status Status `json:"status,omitempty"`
	Method Method `json:"method,omitempty"`
	Reason string `json:"reason,omitempty"`
	Seen   HLC    `json:"seen,omitempty"` // the latest verdict its author had before them

	Guest  *Guest `json:"guest,omitempty"`   // walkin.added
	WalkIn bool   `json:"walk_in,omitempty"` // Student is who walked in, and may be nobody else

	Device   *DeviceRef `json:"device,omitempty"`
	Opening  *Opening   `json:"opening,omitempty"`
	ClosesAt int64      `json:"closes_ms,omitempty"` // session.extended
	ClosedAt int64      `json:"closed_ms,omitempty"` // session.ended
	Ruling   *Ruling    `json:"ruling,omitempty"`    // a person's decision about a fact that was kept aside
	Stamp

	// What storage adds. Ord orders the fact; EffectiveMS is the best estimate
	// of when it happened, fixed once by the cloud.
	Body        []byte `json:"-"`
	Ord         HLC    `json:"-"`
	EffectiveMS int64  `json:"-"`
	Why         Why    `json:"-"` // not empty: kept, but not placed
	Learnt      bool   `json:"-"` // came from the cloud: never goes back into the outbox
	Origin      Origin `json:"-"`

	Clocking Clocking `json:"-"` // how well EffectiveMS is known
}

// DeviceRef is the scanner's own counter for the scan.
type DeviceRef struct {
	ID    ID    `json:"id"`
	Epoch int64 `json:"epoch,omitempty"`
	Seq   int64 `json:"seq,omitempty"`

	// What a scanner of ours read, for those who place it later.
	Slot       int   `json:"slot,omitempty"`
	Template   int64 `json:"template,omitempty"`
	Confidence int   `json:"confidence,omitempty"`
	Map        int64 `json:"map,omitempty"` // version of whose finger is where
	Boot       int64 `json:"boot,omitempty"`
	UpMS       int64 `json:"up_ms,omitempty"`
	Estimated  bool  `json:"estimated,omitempty"` // nobody knows when: the time is the latest that it can have been
}

// Opening is what session.opened says beside its clocks.
type Opening struct {
	Course   ID          `json:"course"`
	Kind     SessionKind `json:"kind"`
	Topic    string      `json:"topic,omitempty"`
	Room     string      `json:"room,omitempty"`
	Device   ID          `json:"device,omitzero"` // the scanner that serves this session; none: see [SessionFor]
	ClosesMS int64       `json:"closes_ms"`
	Policy   Policy      `json:"policy"` // frozen: a later change does not rewrite history
}

// Origin is where in a pendrive's log a fact stands.
type Origin struct {
	Incarnation ID
	Seq         int64
}

// Why is the reason a fact was kept but not placed.
type Why string

// Reasons for the inbox.
const (
	WhyUnknownSession Why = "unknown_session"
	WhyUnknownPerson  Why = "unknown_person"
	WhyNotEnrolled    Why = "not_enrolled_then"
	WhyHashConflict   Why = "hash_conflict"
	WhyUnknownKind    Why = "unknown_kind"
	WhyPoison         Why = "poison"
	WhyNotEntitled    Why = "not_entitled"
	WhyUnplaced       Why = "unplaced"      // a queued scan that no running session can claim
	WhyWalkIn         Why = "walk_in"       // somebody who is not on the roster, and their marks
	WhyRevoked        Why = "revoked"       // handed in by a pendrive that was shut out
	WhyClone          Why = "clone_suspect" // a pendrive exists twice, or was set back: for the office to know
	WhyClockAhead     Why = "clock_ahead"   // a pendrive's clock lies in the future: for the office to know
)

// Whys are all reasons, those first that hold marks.
var Whys = []Why{
	WhyUnplaced, WhyWalkIn, WhyNotEnrolled, WhyUnknownPerson, WhyUnknownSession, WhyNotEntitled, WhyRevoked, WhyHashConflict, WhyUnknownKind, WhyPoison,
	WhyClone, WhyClockAhead,
}

// IsMark reports whether the fact changes a standing.
func (f Fact) IsMark() bool { return f.Kind == MarkSeen || f.Kind == MarkSet || f.Kind == MarkCleared }

// IsVoid reports whether the fact says if its session counts.
func (f Fact) IsVoid() bool { return f.Kind == SessionVoided || f.Kind == SessionRestored }

// Effective is the best estimate of when the fact happened.
func (f Fact) Effective() time.Time { return time.UnixMilli(f.EffectiveMS).UTC() }

// Digest is the SHA-256 of the body: the same id with another digest is not the
// same fact.
func (f Fact) Digest() [32]byte { return sha256.Sum256(f.Body) }

// Seal encodes the body and fills what storage needs from it.
func (f *Fact) Seal() error {
	f.V = Version
	body, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("encode fact %s: %w", f.ID, err)
	}
	if len(body) > MaxBody {
		return Invalid{Field: "reason", Why: fmt.Sprintf("the whole mark may have %d bytes, this has %d", MaxBody, len(body))}
	}
	f.Body, f.Ord, f.EffectiveMS = body, f.order(), f.WallMS
	return nil
}

// order is a fact's place by its own clock: after what its author had seen. What is
// placed later keeps the place it had.
func (f Fact) order() HLC {
	switch r := f.Ruling; {
	case r == nil:
		return f.HLC.past(f.Seen)
	case r.Back.IsZero() && f.IsMark():
		return r.Ord
	default:
		return f.HLC.past(r.Ord)
	}
}

// Decode reads a body. Fields it does not know are ignored: a newer pendrive may
// say more than an older cloud understands, and the body is kept verbatim.
func Decode(body []byte) (Fact, error) {
	if len(body) > MaxBody {
		return Fact{}, fmt.Errorf("a fact of %d bytes is larger than %d", len(body), MaxBody)
	}
	if !utf8.Valid(body) {
		return Fact{}, fmt.Errorf("a fact must be UTF-8")
	}
	f, plain := unseal(body)
	if !plain {
		f = Fact{}
		if err := json.Unmarshal(body, &f); err != nil {
			return f, fmt.Errorf("decode fact: %w", err)
		}
	}
	f.Body, f.Ord, f.EffectiveMS = bytes.Clone(body), f.order(), f.WallMS
	return f, f.check()
}

// check refuses what no server of ours ever writes, and what no database of ours
// could hold: one such line would fail the batch it comes in. The rules of a newer
// format are not ours to judge.
func (f Fact) check() error {
	switch {
	case f.ID.IsZero():
		return Invalid{Field: "id", Why: "missing"}
	case f.V < 1:
		return Invalid{Field: "v", Why: "missing"}
	case min(f.WallMS, f.MonoMS, f.ClosesAt, f.ClosedAt, int64(f.HLC), int64(f.Seen)) < 0:
		return Invalid{Field: "hlc", Why: "a clock reading is negative"}
	case max(f.WallMS, f.MonoMS, f.ClosesAt, f.ClosedAt) > maxMS:
		return Invalid{Field: "wall_ms", Why: "lies beyond the year 9999"}
	case f.V > Version:
		return nil
	case f.Ruling != nil && !f.Ruling.sound():
		return Invalid{Field: "ruling", Why: "decides nothing that is known"}
	case strings.Contains(f.Reason+string(f.Method), "\x00"):
		return Invalid{Field: "reason", Why: "holds a zero character"}
	case f.Device != nil && f.Device.Seq > 0 && f.ID != ScanID(f.Device.ID, f.Device.Epoch, f.Device.Seq):
		return Invalid{Field: "id", Why: "not the id of the scanner's scan"}
	case f.IsMark():
		return f.checkMark()
	case f.Kind == WalkedIn && (!f.Guest.sound() || !f.WalkIn || f.Student.IsZero() || f.Session.IsZero() || f.Class != 0):
		return Invalid{Field: "guest", Why: "says too little, or too much, of who walked in"}
	case f.Kind == SessionOpened, f.Kind == SessionExtended, f.Kind == SessionEnded, f.IsVoid():
		return f.checkSession()
	case f.Kind == Note && f.Class != 0:
		return Invalid{Field: "class", Why: "a note has none"}
	}
	return nil
}

func (f Fact) checkMark() error {
	switch {
	case !f.Class.known():
		return Invalid{Field: "class", Why: "not a class of marks"}
	case (f.Kind == MarkSeen) != (f.Class == Evidence) && !f.takesBack():
		return Invalid{Field: "class", Why: "evidence is seen, verdicts are set"}
	case f.Class == Leave && f.Kind == MarkSet && f.Status != Excused && f.Status != Duty:
		return Invalid{Field: "status", Why: "a leave excuses"}
	case f.Kind == MarkSet:
		_, err := ParseStatus(string(f.Status))
		return err
	}
	return nil
}

func (f Fact) checkSession() error {
	o := f.Opening
	switch {
	case f.Class != 0 || !f.Student.IsZero():
		return Invalid{Field: "class", Why: "a session is not a mark of a student"}
	case f.Kind == SessionExtended && f.ClosesAt == 0, f.Kind == SessionEnded && f.ClosedAt == 0:
		return Invalid{Field: "closes_ms", Why: "missing"}
	case f.Kind != SessionOpened:
		return nil
	case o == nil || o.Course.IsZero() || f.Session.IsZero():
		return Invalid{Field: "opening", Why: "a session needs an id and a course"}
	case o.Kind != Offline && o.Kind != Online:
		return Invalid{Field: "opening.kind", Why: "neither offline nor online"}
	case o.ClosesMS <= 0 || o.ClosesMS > maxMS:
		return Invalid{Field: "opening.closes_ms", Why: "missing or beyond the year 9999"}
	case strings.Contains(o.Topic+o.Room, "\x00"):
		return Invalid{Field: "opening.topic", Why: "holds a zero character"}
	}
	return nil
}

// maxMS is the end of the year 9999, the last time both databases can print.
const maxMS = 253402300799999

// Chain is the running hash of a pendrive's log after one more fact:
// SHA-256(prev ‖ seq ‖ fact id ‖ body), seq as 8 bytes big-endian.
func Chain(prev [32]byte, seq int64, id ID, body []byte) [32]byte {
	h := sha256.New()
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(seq))
	h.Write(prev[:])
	h.Write(n[:])
	h.Write(id[:])
	h.Write(body)
	return [32]byte(h.Sum(nil))
}
