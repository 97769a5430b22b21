package attendance

import (
	"math"
	"strings"
)

// Cells are one student's statuses in a course's sessions, oldest first, a letter
// each: a whole school's fit in a few megabytes, and any stretch can be counted.
type Cells string

// cellLetters are kept in databases; never reuse one.
var cellLetters = map[Status]byte{Present: 'P', Late: 'L', Absent: 'A', Excused: 'E', Duty: 'D', NotRequired: 'N', Unmarked: '.'}

var cellStatuses = func() (out [256]Status) {
	for st, c := range cellLetters {
		out[c] = st
	}
	return out
}()

// CellsOf writes statuses down.
func CellsOf(all []Status) Cells {
	var b strings.Builder
	for _, st := range all {
		b.WriteByte(cellLetters[st])
	}
	return Cells(b.String())
}

// Statuses reads them again; an unknown letter counts nowhere.
func (c Cells) Statuses() []Status {
	out := make([]Status, len(c))
	for i := range len(c) {
		out[i] = cellStatuses[c[i]]
	}
	return out
}

// cellUnits are one in the byte of a number where a letter is counted; what counts
// nowhere is none.
var cellUnits = func() (out [256]uint64) {
	for i, st := range []Status{Present, Late, Absent, Excused, Duty} {
		out[cellLetters[st]] = 1 << (8 * i)
	}
	return out
}()

// Tally counts them, as [Tally.Count] would one after the other: a month of a whole
// school is a million of them, so that five are counted in one addition.
func (c Cells) Tally() Tally {
	var t Tally
	for len(c) > 0 {
		n, sum := min(len(c), math.MaxUint8), uint64(0)
		for i := range n {
			sum += cellUnits[c[i]]
		}
		t = t.Plus(Tally{
			Present: int(sum & 0xff), Late: int(sum >> 8 & 0xff), Absent: int(sum >> 16 & 0xff),
			Excused: int(sum >> 24 & 0xff), Duty: int(sum >> 32 & 0xff),
		})
		c = c[n:]
	}
	return t
}
