package sheet

import (
	"io"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// AbsenteeList is who was not there on one day.
type AbsenteeList struct {
	School   string
	Day      time.Time // midnight
	Now      time.Time
	Rows     []attendance.Absentee // by course, time and roll
	Contacts map[attendance.ID]attendance.Contact
}

// Absentees writes the list of one day.
func Absentees(w io.Writer, f Format, l AbsenteeList) error {
	if f == JSON {
		return encode(w, absenteeBody(l))
	}
	zone := l.Day.Location()
	t := table{
		sheet: "Absentees", frozen: 1, filter: true, widths: []float64{14, 10, 10, 10, 30, 20, 12, 34, 30, 30},
		about: []fact{{"Absentees", l.School}, {"Day", l.Day.Format("Monday, 2 January 2006")}, {"As known on", l.Now.In(zone)}},
		heads: [][]cell{heads("Course", "From", "To", "Class Roll ID", "Student Name", "University Roll No.", "Status", "Reason", "E-mail", "Second e-mail")},
		rows: each(l.Rows, func(a attendance.Absentee) []cell {
			c := l.Contacts[a.Student]
			return []cell{
				text(a.Course.Code), when(a.Session.OpenedAt, zone, clockFormat), when(a.Session.EndAt(), zone, clockFormat), count(a.Roll),
				text(a.Name), text(a.UniversityRoll), text(word(a.Status)), text(a.Reason), text(c.Email), text(c.Email2),
			}
		}),
	}
	return t.write(w, f)
}

// AbsenteeBody is who was not there on one day.
type AbsenteeBody struct {
	Date      string         `json:"date" format:"date"`
	KnownAt   time.Time      `json:"known_at"`
	Absentees []AbsenteeLine `json:"absentees" doc:"By course, time and roll."`
}

// AbsenteeLine is one of them.
type AbsenteeLine struct {
	SheetCourse
	SheetSession
	SheetStudent
	Status string `json:"status" enum:"absent,excused"`
	Reason string `json:"reason"`
	Email  string `json:"email"`
	Email2 string `json:"email2"`
}

func absenteeBody(l AbsenteeList) AbsenteeBody {
	out := AbsenteeBody{Date: l.Day.Format(time.DateOnly), KnownAt: utc(l.Now), Absentees: []AbsenteeLine{}}
	for _, a := range l.Rows {
		c := l.Contacts[a.Student]
		out.Absentees = append(out.Absentees, AbsenteeLine{
			courseBody(a.Course), sessionBody(a.Session), memberBody(a.Member), code(a.Status), a.Reason, c.Email, c.Email2,
		})
	}
	return out
}
