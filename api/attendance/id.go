package attendance

import (
	"crypto/sha256"
	"database/sql/driver"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"time"
)

// ID is a UUID (RFC 9562). The zero ID means "none".
type ID [16]byte

// NewID makes a UUIDv7. Its embedded time helps indexes; nothing orders or
// judges by it.
func NewID(at time.Time, chance io.Reader) (ID, error) {
	var id ID
	if _, err := io.ReadFull(chance, id[6:]); err != nil {
		return ID{}, fmt.Errorf("make an id: %w", err)
	}
	ms := uint64(at.UnixMilli())
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], ms<<16)
	copy(id[:6], b[:6])
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id, nil
}

// Derive makes the UUIDv8 that belongs to its parts: the same parts always give
// the same id, so a thing that may be sent twice is one thing by construction.
func Derive(label string, parts ...[]byte) ID {
	h := sha256.New()
	h.Write([]byte(label))
	for _, p := range parts {
		h.Write(p)
	}
	var id ID
	copy(id[:], h.Sum(nil))
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}

// ScanID is the id of the scan that a device with its own counter made. A queued
// scan flushed to two pendrives is one fact because both derive this id.
func ScanID(device ID, epoch, seq int64) ID {
	var n [16]byte
	binary.BigEndian.PutUint64(n[:8], uint64(epoch))
	binary.BigEndian.PutUint64(n[8:], uint64(seq))
	return Derive("dev1", device[:], n[:])
}

// ParseID reads the 36-character form.
func ParseID(s string) (ID, error) {
	id, ok := parseID(s)
	if !ok {
		return ID{}, fmt.Errorf("%q is not a UUID", clip(s))
	}
	return id, nil
}

func parseID[T string | []byte](s T) (id ID, ok bool) {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return ID{}, false
	}
	var digits [32]byte
	n := copy(digits[:], s[:8])
	n += copy(digits[n:], s[9:13])
	n += copy(digits[n:], s[14:18])
	n += copy(digits[n:], s[19:23])
	copy(digits[n:], s[24:])
	if _, err := hex.Decode(id[:], digits[:]); err != nil {
		return ID{}, false
	}
	return id, true
}

// IsZero reports whether the id means "none".
func (id ID) IsZero() bool { return id == ID{} }

// Compare orders ids by their bytes, as both databases do.
func (id ID) Compare(other ID) int {
	for i := range id {
		if id[i] != other[i] {
			if id[i] < other[i] {
				return -1
			}
			return 1
		}
	}
	return 0
}

func (id ID) String() string {
	var b [36]byte
	hex.Encode(b[:8], id[:4])
	b[8] = '-'
	hex.Encode(b[9:13], id[4:6])
	b[13] = '-'
	hex.Encode(b[14:18], id[6:8])
	b[18] = '-'
	hex.Encode(b[19:23], id[8:10])
	b[23] = '-'
	hex.Encode(b[24:], id[10:])
	return string(b[:])
}

// MarshalText writes the 36-character form; "none" is the empty string.
func (id ID) MarshalText() ([]byte, error) {
	if id.IsZero() {
		return nil, nil
	}
	return []byte(id.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (id *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ID{}
		return nil
	}
	got, ok := parseID(b)
	if !ok {
		return fmt.Errorf("%q is not a UUID", clip(string(b)))
	}
	*id = got
	return nil
}

// Value stores the id as its 16 bytes, and "none" as NULL.
func (id ID) Value() (driver.Value, error) {
	if id.IsZero() {
		return nil, nil
	}
	return id[:], nil
}

// Scan reads 16 bytes, the 36-character form, or NULL.
func (id *ID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*id = ID{}
		return nil
	case []byte:
		if len(v) == len(id) {
			copy(id[:], v)
			return nil
		}
		return id.UnmarshalText(v)
	case string:
		return id.UnmarshalText([]byte(v))
	}
	return fmt.Errorf("cannot read an id from %T", src)
}

// clip keeps hostile input from filling an error message.
func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}
