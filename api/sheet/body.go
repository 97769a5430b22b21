package sheet

import (
	"encoding/json"
	"io"
	"math"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// What a screen gets of each report. Percentages are of a hundred, rounded to one
// decimal; null where nothing was held.

// SheetTally is a student's or a day's counts.
type SheetTally struct {
	Present  int      `json:"present"`
	Late     int      `json:"late"`
	Absent   int      `json:"absent"`
	Excused  int      `json:"excused"`
	Duty     int      `json:"duty"`
	Held     int      `json:"held" doc:"What the percentage is of: without excused."`
	Attended float64  `json:"attended" doc:"Present and on duty, and late as the policy weighs it."`
	Percent  *float64 `json:"percent" nullable:"true" doc:"Null: nothing was held."`
}

// SheetStudent is who a row is about.
type SheetStudent struct {
	StudentID      attendance.ID `json:"student_id" format:"uuid"`
	ClassRollID    int           `json:"class_roll_id"`
	StudentName    string        `json:"student_name"`
	UniversityRoll string        `json:"university_roll_no"`
	EnrollmentNo   string        `json:"enrollment_no"`
}

// SheetCourse is which course.
type SheetCourse struct {
	CourseID   attendance.ID `json:"course_id" format:"uuid"`
	CourseCode string        `json:"course_code"`
	CourseName string        `json:"course_name"`
}

// SheetSession is one class.
type SheetSession struct {
	SessionID attendance.ID `json:"session_id" format:"uuid"`
	StartTime time.Time     `json:"start_time"`
	EndTime   time.Time     `json:"end_time" doc:"When it ended, or is to end."`
	Topic     string        `json:"topic"`
}

func encode(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) }

func utc(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

func tallyBody(t attendance.Tally, p attendance.Policy) SheetTally {
	out := SheetTally{
		Present: t.Present, Late: t.Late, Absent: t.Absent, Excused: t.Excused, Duty: t.Duty, Held: t.Held(), Attended: t.Attended(p),
	}
	if pct, held := t.Percent(p); held {
		pct = math.Round(pct*10) / 10
		out.Percent = &pct
	}
	return out
}

func memberBody(m attendance.Member) SheetStudent {
	return SheetStudent{m.Student, m.Roll, m.Name, m.UniversityRoll, m.EnrolmentNo}
}

func courseBody(c attendance.Course) SheetCourse { return SheetCourse{c.ID, c.Code, c.Name} }

func sessionBody(se attendance.Session) SheetSession {
	return SheetSession{se.ID, utc(se.OpenedAt), utc(se.EndAt()), se.Topic}
}

// code is a status in the contract.
func code(st attendance.Status) string {
	if st == attendance.Unmarked {
		return "unmarked"
	}
	return string(st)
}
