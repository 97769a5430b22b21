package attendance

import (
	"encoding/binary"
	"iter"
	"math"
	"time"
)

// Footings are what stands below a register's columns: each session that has ended,
// added up, newest first, in a dozen bytes. A whole school's fit in half a megabyte,
// so that sums over any days of it need no other table.
//
// A footing is uvarints: how many milliseconds before the one before it began (the
// first: its Unix time), then two bits that say what it is, then expected, present,
// late, absent, excused, duty. Kept in databases.
type Footings []byte

// Footing is one session of them.
type Footing struct {
	OpenedMS int64 // Unix milliseconds
	Online   bool
	Expected int
	Tally
}

// FootingsOf writes a course's sessions down; they come oldest first.
func FootingsOf(sessions []SessionCount) Footings {
	var out Footings
	before := int64(math.MinInt64)
	for i := len(sessions) - 1; i >= 0; i-- {
		s := sessions[i]
		at := s.OpenedAt.UnixMilli()
		if before == math.MinInt64 {
			out = binary.AppendVarint(out, at)
		} else {
			out = binary.AppendUvarint(out, uint64(before-at)) //nolint:gosec // they are sorted
		}
		before = at
		online := uint64(0)
		if s.Kind == Online {
			online = 1
		}
		out = binary.AppendUvarint(out, online)
		for _, n := range []int{s.Expected, s.Present, s.Late, s.Absent, s.Excused, s.Duty} {
			out = binary.AppendUvarint(out, uint64(n)) //nolint:gosec // a number of students
		}
	}
	return out
}

// All reads them, newest first. What is damaged ends them.
func (f Footings) All() iter.Seq[Footing] {
	return func(yield func(Footing) bool) {
		if len(f) == 0 {
			return
		}
		at, n := binary.Varint(f)
		if n <= 0 {
			return
		}
		for rest := f[n:]; ; {
			var v numbers
			if rest = rest.take(&v); rest == nil {
				return
			}
			if !yield(Footing{
				OpenedMS: at, Online: v[0] == 1, Expected: int(v[1]),
				Tally: Tally{Present: int(v[2]), Late: int(v[3]), Absent: int(v[4]), Excused: int(v[5]), Duty: int(v[6])},
			}) || len(rest) == 0 {
				return
			}
			earlier, n := binary.Uvarint(rest)
			if n <= 0 {
				return
			}
			at, rest = at-int64(earlier), rest[n:] //nolint:gosec // as it was written
		}
	}
}

// numbers are a footing's, but for its time.
type numbers [7]uint32

// take reads numbers and returns what follows; nil: they are damaged.
func (f Footings) take(into *numbers) Footings {
	if len(f) >= 8 {
		// In a course of less than 128 each is a byte: all are read at once.
		if x := binary.LittleEndian.Uint64(f); x&0x0080_8080_8080_8080 == 0 {
			for i := range into {
				into[i] = uint32(x & 0x7f)
				x >>= 8
			}
			return f[len(into):]
		}
	}
	at := 0
	for i := range into {
		v, n := binary.Uvarint(f[at:])
		if n <= 0 || v > math.MaxInt32 {
			return nil
		}
		into[i] = uint32(v)
		at += n
	}
	return f[at:]
}

// bounds are [from, until) in milliseconds; a zero time is open. Sessions begin and
// days end at whole ones.
func bounds(from, until time.Time) (since, end int64) {
	since, end = math.MinInt64, math.MaxInt64
	if !from.IsZero() {
		since = from.UnixMilli()
	}
	if !until.IsZero() {
		end = until.UnixMilli()
	}
	return since, end
}
