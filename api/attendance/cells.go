package attendance

import "strings"

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

// cellPlaces say where a letter is counted: the order of [Tally]'s fields, then
// what counts nowhere.
var cellPlaces = func() (out [256]uint8) {
	for c := range out {
		out[c] = 5
	}
	for i, st := range []Status{Present, Late, Absent, Excused, Duty} {
		out[cellLetters[st]] = uint8(i) //nolint:gosec // five of them
	}
	return out
}()

// Tally counts them, as [Tally.Count] would one after the other: a month of a whole
// school is a million of them.
func (c Cells) Tally() Tally {
	var n [6]int
	for i := range len(c) {
		n[cellPlaces[c[i]]]++
	}
	return Tally{Present: n[0], Late: n[1], Absent: n[2], Excused: n[3], Duty: n[4]}
}
