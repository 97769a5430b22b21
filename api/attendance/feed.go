package attendance

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"time"
)

// Change is one line of the roster feed: a row that a pendrive shall hold, or one
// that it shall hide. Rows are never deleted there while facts refer to them.
type Change struct {
	Rev  int64           `json:"rev"`
	Kind RowKind         `json:"kind"`
	Key  string          `json:"key"` // the row's id; for a setting its name
	Gone bool            `json:"gone,omitempty"`
	Row  json.RawMessage `json:"row,omitempty"`
}

// RowKind names what a feed row is.
type RowKind string

// Kinds of feed rows and the struct each carries. Only what a classroom needs
// travels: no e-mail address, no student's password.
const (
	CourseRow    RowKind = "course"    // FeedCourse
	TeacherRow   RowKind = "teacher"   // FeedTeacher
	TeachingRow  RowKind = "teaching"  // FeedTeaching
	StudentRow   RowKind = "student"   // FeedStudent
	EnrolmentRow RowKind = "enrolment" // FeedEnrolment
	SettingRow   RowKind = "setting"   // the setting's own JSON
)

// FeedCourse is a course on the feed.
type FeedCourse struct {
	ID             ID     `json:"id"`
	Code           string `json:"code"`
	Name           string `json:"name"`
	DefaultMinutes int    `json:"default_minutes"`
	Archived       bool   `json:"archived,omitempty"`
}

// FeedTeacher is a teacher on the feed, with an argon2id verifier of the PIN.
type FeedTeacher struct {
	ID      ID     `json:"id"`
	Name    string `json:"name"`
	Code    string `json:"code"`
	PINHash string `json:"pin_hash"`
}

// FeedTeaching says who holds a course, from when to when (Unix ms; 0: open).
type FeedTeaching struct {
	ID      ID    `json:"id"`
	Course  ID    `json:"course"`
	Teacher ID    `json:"teacher"`
	FromMS  int64 `json:"from_ms"`
	ToMS    int64 `json:"to_ms,omitempty"`
}

// FeedStudent is a student on the feed.
type FeedStudent struct {
	ID             ID     `json:"id"`
	Name           string `json:"name"`
	UniversityRoll string `json:"university_roll"`
	EnrolmentNo    string `json:"enrolment_no"`
}

// FeedEnrolment is one enrolment, from a date to a date (Unix ms; 0: open).
type FeedEnrolment struct {
	ID      ID    `json:"id"`
	Course  ID    `json:"course"`
	Student ID    `json:"student"`
	Roll    int   `json:"roll"`
	FromMS  int64 `json:"from_ms"`
	ToMS    int64 `json:"to_ms,omitempty"`
}

// RowHash is one row's part of the feed's digest.
func RowHash(kind RowKind, key string, row []byte) uint64 {
	h := sha256.New()
	h.Write([]byte(kind))
	h.Write([]byte{0})
	h.Write([]byte(key))
	h.Write([]byte{0})
	h.Write(row)
	return binary.BigEndian.Uint64(h.Sum(nil)[:8])
}

// Digest is the order-free sum, modulo 2⁶⁴, of the hashes of all rows held. Equal
// digests at equal revisions mean equal rosters.
type Digest uint64

// Add takes a row in.
func (d Digest) Add(hash uint64) Digest { return d + Digest(hash) }

// Drop takes a row out.
func (d Digest) Drop(hash uint64) Digest { return d - Digest(hash) }

// Told is a fact as the feed carries it: the body verbatim, with the time and
// order that the cloud gave it.
type Told struct {
	ID          ID     `json:"id"`
	Body        []byte `json:"body"`
	EffectiveMS int64  `json:"effective_ms"`
	Ord         HLC    `json:"ord"`
}

// Fact decodes it.
func (t Told) Fact() (Fact, error) {
	f, err := Decode(t.Body)
	if err != nil {
		return Fact{}, err
	}
	f.EffectiveMS, f.Ord, f.Learnt = t.EffectiveMS, t.Ord, true
	return f, nil
}

// UnixMS is a time on the feed; the zero time is 0.
func UnixMS(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// FromMS reads what UnixMS wrote.
func FromMS(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
