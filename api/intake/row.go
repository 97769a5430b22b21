package intake

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Action is what a row would do.
type Action string

// Actions.
const (
	New     Action = "new"
	Changed Action = "changed"
	Same    Action = "same"
	Wrong   Action = "error"
)

// Progress is what became of a row.
type Progress string

// Progress of a row.
const (
	Waiting  Progress = "waiting"
	Done     Progress = "done"
	Refused  Progress = "refused"  // when it was applied: the roster had changed since the preview
	Undone   Progress = "undone"   // removed, or as it was before
	Archived Progress = "archived" // taken back, but something refers to it
	Kept     Progress = "kept"     // not taken back: it was changed since
)

// Fault is what is wrong with a row, in a form that shows where.
type Fault struct {
	Field  string `json:"field"`
	Column string `json:"column,omitempty"` // the file's own name of it
	Why    string `json:"why"`
}

// Change is what a row does to one field.
type Change struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
	// Edited: somebody changed the roster since an import last wrote this field.
	Edited bool `json:"edited,omitempty"`
	// Kept: the file still has what that import wrote, so the edit stays.
	Kept bool `json:"kept,omitempty"`
}

// Row is one line of a file, what it would do, and what became of it.
type Row struct {
	Line     int
	Values   map[string]string // by field; a password is in Sealed
	Sealed   []byte
	Action   Action
	Changes  []Change
	Faults   []Fault
	Keys     []string      // what no other line may have
	Entity   attendance.ID // whom or what it is about
	Before   json.RawMessage
	Progress Progress
	Why      string // it was refused, archived or kept
	Digest   []byte // of what it wrote
	DoneAt   time.Time

	entry any    // what it would write
	hash  string // verifier of its password
}

// fault says that a row cannot be taken as it is.
func (r *Row) fault(field, why string, args ...any) {
	if len(args) > 0 {
		why = fmt.Sprintf(why, args...)
	}
	r.Action = Wrong
	f := Fault{Field: field, Why: why}
	if !slices.Contains(r.Faults, f) {
		r.Faults = append(r.Faults, f)
	}
}

func (r *Row) key(kind string, parts ...string) {
	r.Keys = append(r.Keys, kind+":"+fold(strings.Join(parts, "\x1f")))
}

// reset forgets what a plan said.
func (r *Row) reset() {
	r.Action, r.Changes, r.Faults, r.Keys, r.Entity, r.Before, r.entry = "", nil, nil, nil, attendance.ID{}, nil, nil
}

// overfull is where a row keeps that it has more values than the file has columns.
const overfull = "row"

// rowsOf reads a table's lines as rows.
func rowsOf(t Table, cols []Column) []*Row {
	out := make([]*Row, len(t.Lines))
	for i, l := range t.Lines {
		r := &Row{Line: l.No, Values: map[string]string{}, Progress: Waiting}
		for n, c := range l.Cells {
			if n < len(cols) && cols[n].Field != "" && c != "" {
				r.Values[cols[n].Field] = c
			}
		}
		if len(l.Cells) > len(cols) {
			r.Values[overfull] = fmt.Sprintf("has %d values for %d columns: put a value with a comma into quotation marks", len(l.Cells), len(cols))
		}
		out[i] = r
	}
	return out
}
