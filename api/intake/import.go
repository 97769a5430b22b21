package intake

import (
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// State is where an import stands.
type State string

// States of an import.
const (
	Uploaded  State = "uploaded"
	Applying  State = "applying"
	Applied   State = "applied"
	Undoing   State = "undoing"
	TakenBack State = "undone"
)

// How long things wait.
const (
	PreviewFor = 24 * time.Hour // until a preview is forgotten, and with it what the file holds
	UndoFor    = 24 * time.Hour
)

// Import is one file and what became of it.
type Import struct {
	ID        attendance.ID
	Kind      Kind
	File      string
	State     State
	Table     Shape
	Options   Options
	Counts    Counts
	CreatedBy attendance.ID
	CreatedAt time.Time
	AppliedAt time.Time
	UndoneAt  time.Time

	zone *time.Location
}

// Shape is how a file was read.
type Shape struct {
	Format    string   `json:"format"`
	Encoding  string   `json:"encoding,omitempty"`
	Delimiter string   `json:"delimiter,omitempty"`
	Columns   []Column `json:"columns"`
}

// Options are what the office said with a file.
type Options struct {
	Mapping Mapping       `json:"mapping,omitempty"`
	Term    attendance.ID `json:"term,omitzero"`    // of courses whose row names none
	Course  string        `json:"course,omitempty"` // of enrolments whose row names none
	// OnlyNew leaves those alone who are there already, and of two equal lines takes
	// the first; Original wants the columns that the original system wanted.
	OnlyNew  bool `json:"only_new,omitempty"`
	Original bool `json:"original,omitempty"`

	Password string `json:"-"` // of students for whom the file has none
}

// UndoUntil is how long an import can be taken back; zero: it cannot.
func (imp *Import) UndoUntil() time.Time {
	if imp.State != Applied {
		return time.Time{}
	}
	return imp.AppliedAt.Add(UndoFor)
}

// Todo is how many rows are under way and not done yet.
func (imp *Import) Todo() int {
	switch imp.State {
	case Applying:
		return imp.Counts.New + imp.Counts.Changed - imp.Counts.Done - imp.Counts.Refused
	case Undoing:
		return imp.Counts.Done
	}
	return 0
}

// name puts the file's own names of columns into faults.
func (imp *Import) name(rows []*Row) {
	titles := map[string]string{}
	for _, c := range imp.Table.Columns {
		if c.Field != "" {
			titles[c.Field] = c.Header
		}
	}
	for _, r := range rows {
		for i := range r.Faults {
			r.Faults[i].Column = titles[r.Faults[i].Field]
		}
	}
}

// MayBegin refuses to leave any state but one.
func (imp *Import) MayBegin(from State) error {
	switch {
	case imp.State == from && from == Uploaded && imp.Counts.New+imp.Counts.Changed == 0:
		return ErrNothing
	case imp.State == from:
		return nil
	case from == Uploaded:
		return ErrNotPreview
	}
	return ErrNotApplied
}
