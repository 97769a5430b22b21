package attendance

import (
	"context"
	"encoding/json"
	"time"
)

// Registrar changes the school's roster in the cloud. Whatever it changes, the
// pendrives learn: see [Change]. A row is put as a whole and found by its id;
// whom a teaching or an enrolment is about never changes.
type Registrar interface {
	PutTerm(ctx context.Context, t Term) error
	PutCourse(ctx context.Context, c CourseEntry) error
	PutTeacher(ctx context.Context, t TeacherEntry) error
	PutTeaching(ctx context.Context, t FeedTeaching) error
	PutStudent(ctx context.Context, s StudentEntry) error
	PutEnrolment(ctx context.Context, e FeedEnrolment) error
	PutSetting(ctx context.Context, s SettingEntry) error
	// Remove deletes a row that nothing refers to, such as one imported by
	// mistake. People who left are archived.
	Remove(ctx context.Context, kind RowKind, key string) error
	// Scope sets the courses that a pendrive holds.
	Scope(ctx context.Context, node ID, all bool, courses []ID) error
}

// Term is a semester.
type Term struct {
	ID               ID
	Name             string
	StartsOn, EndsOn time.Time // days; zero: not said
	Archived         bool
}

// CourseEntry is a course with what only the office knows.
type CourseEntry struct {
	FeedCourse
	Term ID
}

// TeacherEntry is a teacher with what only the office knows.
type TeacherEntry struct {
	FeedTeacher
	Email    string
	Archived bool
}

// StudentEntry is a student with what only the office knows.
type StudentEntry struct {
	FeedStudent
	Email        string
	Email2       string
	PasswordHash string
	Archived     bool
}

// SettingEntry is one setting of the school.
type SettingEntry struct {
	Key     string
	Value   json.RawMessage
	Travels bool // the pendrives get it
}
