package attendance

import (
	"strings"
	"time"
)

// Strip is a course's count, written small and kept in one row, so that a sum over
// the school reads a row for each course and not one for each student or session.
// Members, Bands and Cells are of those enrolled when it was made, in one order.
type Strip struct {
	Course   ID
	Sessions Footings
	Members  []byte // ids
	Bands    string // a letter for each member: see bandLetters
	Cells    Cells  // a letter for each session of the first member, of the second …
}

// bandLetters are kept in databases; never reuse one.
var bandLetters = map[Band]byte{NoneYet: 'n', Safe: 's', Warning: 'w', Critical: 'c'}

// Strip writes a course's count small.
func (c CourseCount) Strip() Strip {
	out := Strip{Course: c.Course, Sessions: FootingsOf(c.Sessions)}
	var bands, cells strings.Builder
	for _, s := range c.Students {
		if !s.here {
			continue
		}
		out.Members = append(out.Members, s.Student[:]...)
		bands.WriteByte(bandLetters[s.Band])
		cells.WriteString(string(s.Cells))
	}
	out.Bands, out.Cells = bands.String(), Cells(cells.String())
	return out
}

// low calls fn with each member below the minimum.
func (s Strip) low(fn func(ID)) {
	for i := range len(s.Members) / len(ID{}) {
		if s.band(i) == 'w' || s.band(i) == 'c' {
			fn(s.member(i))
		}
	}
}

func (s Strip) member(i int) ID { return ID(s.Members[i*len(ID{}) : (i+1)*len(ID{})]) }

func (s Strip) band(i int) byte {
	if i < len(s.Bands) {
		return s.Bands[i]
	}
	return 0
}

// lowBetween calls fn with each member whose sessions of a time are below a policy's
// minimum. Its sums are those of [CountStatuses].
func (s Strip) lowBetween(from, until time.Time, p Policy, fn func(ID)) {
	since, end := bounds(from, until)
	sessions, later, within := 0, 0, 0
	for f := range s.Sessions.All() {
		sessions++
		switch {
		case f.OpenedMS >= end:
			later++
		case f.OpenedMS >= since:
			within++
		}
	}
	first := sessions - later - within // cells are oldest first
	for i := range len(s.Members) / len(ID{}) {
		at := i * sessions
		if at+sessions > len(s.Cells) {
			return
		}
		if s.Cells[at+first : at+first+within].Tally().Band(p).Low() {
			fn(s.member(i))
		}
	}
}
