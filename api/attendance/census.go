package attendance

import "time"

// Asked says which report: its kind, what it is about, and as what file. Days are
// as 2026-11-22, where the campus is; an empty field leaves it to the report.
type Asked struct {
	Kind    string  `json:"kind"`
	Format  string  `json:"format"`
	Term    ID      `json:"term,omitzero"`
	Course  ID      `json:"course,omitzero"`
	Student ID      `json:"student,omitzero"`
	From    string  `json:"from,omitempty"`
	To      string  `json:"to,omitempty"`
	Month   string  `json:"month,omitempty"`
	Below   float64 `json:"below,omitempty"`
}

// Paper is a report that somebody of the office asked for, made while they do
// something else.
type Paper struct {
	ID       ID
	Account  ID
	Asked    Asked
	State    PaperState
	Progress int      // percent
	Trouble  string   // why it failed, in words
	Name     string   // of the file
	Size     int64    // bytes
	Try      int      // of its making
	To       []string // who gets it by mail; none: its account fetches it
	AskedAt  time.Time
	DoneAt   time.Time
}

// PaperState is how far a paper is.
type PaperState string

// States of a paper.
const (
	Queued PaperState = "queued"
	Making PaperState = "running"
	Done   PaperState = "done"
	Failed PaperState = "failed"
)

// KeptFor is how long a paper and its file are kept.
const KeptFor = 7 * 24 * time.Hour

// SubjectCourse is a course that a report over the school is about, and how large
// its register is.
type SubjectCourse struct {
	Course   Course
	Term     Term // zero: none
	Sessions int
	Students int
}

// Began is when a session of a course began.
type Began struct {
	Course ID
	At     time.Time
}

// Contact is how the office reaches a student.
type Contact struct{ Email, Email2 string }
