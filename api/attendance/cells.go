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
