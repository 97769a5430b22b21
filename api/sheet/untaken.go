package sheet

import (
	"fmt"
	"io"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// UntakenList is the registers that nobody took in some days.
type UntakenList struct {
	School   string
	From, To time.Time // the first and the last day, as midnights
	Now      time.Time
	Rows     []attendance.Untaken
	Teachers map[attendance.ID]string // course: who holds it now
}

// Untaken writes the registers that nobody took.
func Untaken(w io.Writer, f Format, l UntakenList) error {
	if f == JSON {
		return encode(w, untakenBody(l))
	}
	zone := l.From.Location()
	t := table{
		sheet: "Registers not taken", frozen: 1, filter: true, widths: []float64{14, 12, 16, 30, 30, 12, 12, 44},
		about: []fact{
			{"Registers not taken", l.School},
			{"From", l.From.Format("Monday, 2 January 2006")},
			{"To", l.To.Format("Monday, 2 January 2006")},
			{"As known on", l.Now.In(zone)},
		},
		heads: [][]cell{heads("Date", "Day", "Course", "Course name", "Teacher", "From", "To", "What is missing")},
		rows: each(l.Rows, func(u attendance.Untaken) []cell {
			from, to := u.Session.OpenedAt, time.Time{}
			if u.Session.ID.IsZero() {
				from = u.Usual
			} else {
				to = u.Session.EndAt()
			}
			return []cell{
				when(u.Day, zone, dateFormat), when(u.Day, zone, weekdayFormat), text(u.Course.Code), text(u.Course.Name),
				text(l.Teachers[u.Course.ID]), when(from, zone, clockFormat), when(to, zone, clockFormat), text(missing(u)),
			}
		}),
	}
	return t.write(w, f)
}

// UntakenBody is the registers that nobody took.
type UntakenBody struct {
	From      string        `json:"from" format:"date"`
	To        string        `json:"to" format:"date"`
	KnownAt   time.Time     `json:"known_at"`
	Registers []UntakenLine `json:"registers" doc:"By day, course and time."`
}

// UntakenLine is one of them.
type UntakenLine struct {
	Date string `json:"date" format:"date"`
	SheetCourse
	TeacherName string     `json:"teacher_name"`
	SessionID   string     `json:"session_id,omitempty" format:"uuid" doc:"The class in which nobody was marked; absent where none was opened."`
	StartTime   time.Time  `json:"start_time" doc:"Of the class, or when it usually begins."`
	EndTime     *time.Time `json:"end_time" nullable:"true"`
	HeldBefore  int        `json:"held_before" doc:"Where none was opened: in so many of the four weeks before it met on this weekday."`
	Message     string     `json:"message" example:"nobody was marked"`
}

func untakenBody(l UntakenList) UntakenBody {
	out := UntakenBody{From: l.From.Format(time.DateOnly), To: l.To.Format(time.DateOnly), KnownAt: utc(l.Now), Registers: []UntakenLine{}}
	for _, u := range l.Rows {
		line := UntakenLine{
			Date: u.Day.Format(time.DateOnly), SheetCourse: courseBody(u.Course), TeacherName: l.Teachers[u.Course.ID],
			StartTime: utc(u.Usual), HeldBefore: u.Held, Message: missing(u),
		}
		if !u.Session.ID.IsZero() {
			end := utc(u.Session.EndAt())
			line.SessionID, line.StartTime, line.EndTime = u.Session.ID.String(), utc(u.Session.OpenedAt), &end
		}
		out.Registers = append(out.Registers, line)
	}
	return out
}

// missing says what is.
func missing(u attendance.Untaken) string {
	if !u.Session.ID.IsZero() {
		return "nobody was marked"
	}
	return fmt.Sprintf("no class was opened; it met on this weekday in %d of the 4 weeks before", u.Held)
}
