package sheet

import (
	"io"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Student writes every class of one student. Those they missed, or came late to,
// stand out; a sum follows for each course.
func Student(w io.Writer, f Format, s attendance.StudentSheet) error {
	if f == JSON {
		return encode(w, studentBody(s))
	}
	t := table{
		sheet: "Student sheet", frozen: 1, filter: true, widths: []float64{14, 12, 10, 10, 28, 30, 10, 10, 40},
		about: []fact{
			{"Student sheet", s.School},
			{"Student", s.Student.Name},
			{"University Roll No.", s.Student.UniversityRoll},
			{"Enrolment No.", s.Student.EnrolmentNo},
			{"As known on", s.Now.In(s.Zone)},
			{"Letters", legend},
		},
		heads: [][]cell{heads("Date", "Day", "From", "To", "Course", "Topic", "Status", "Letter", "Reason")},
		rows: func(emit func([]cell) error) error {
			for _, c := range s.Courses {
				for _, l := range c.Lines {
					if err := emit(studentRow(s, c, l)); err != nil {
						return err
					}
				}
			}
			return nil
		},
		totals: [][]cell{{}, heads(append([]string{"Course", "Policy"}, tallyTitles...)...)},
	}
	for _, c := range s.Courses {
		sum := []cell{text(c.Course.Code).strong(), text("Version").strong()}
		sum[1] = count(c.Policy.Version)
		t.totals = append(t.totals, append(sum, tally(c.Tally, c.Policy)...))
	}
	return t.write(w, f)
}

func studentRow(s attendance.StudentSheet, c attendance.StudentCourse, l attendance.StudentLine) []cell {
	row := []cell{
		when(l.Session.OpenedAt, s.Zone, dateFormat), when(l.Session.OpenedAt, s.Zone, weekdayFormat),
		when(l.Session.OpenedAt, s.Zone, clockFormat), when(l.Session.EndAt(), s.Zone, clockFormat),
		text(c.Course.Code + " " + c.Course.Name), text(l.Session.Topic), text(word(l.Status)), letter(l.Status), text(l.Reason),
	}
	if l.Status != attendance.Present {
		for i := range row {
			row[i].bold = true
		}
	}
	return row
}

// word is a status for people.
func word(st attendance.Status) string {
	switch st {
	case attendance.Unmarked:
		return "not taken yet"
	case attendance.NotRequired:
		return "not required"
	case attendance.Duty:
		return "on duty"
	}
	return string(st)
}

// StudentSheetBody is every class of one student.
type StudentSheetBody struct {
	StudentID      attendance.ID          `json:"student_id" format:"uuid"`
	StudentName    string                 `json:"student_name"`
	UniversityRoll string                 `json:"university_roll_no"`
	KnownAt        time.Time              `json:"known_at"`
	Courses        []StudentCourseSection `json:"courses"`
}

// StudentCourseSection is one course of a student.
type StudentCourseSection struct {
	SheetCourse
	MinimumPercent float64            `json:"minimum_percent"`
	PolicyVersion  int                `json:"policy_version"`
	Total          SheetTally         `json:"total"`
	Sessions       []StudentClassLine `json:"sessions" doc:"Oldest first."`
}

// StudentClassLine is one class of a student.
type StudentClassLine struct {
	SheetSession
	Status string `json:"status" enum:"present,late,absent,excused,duty,not_required,unmarked"`
	Reason string `json:"reason"`
}

func studentBody(s attendance.StudentSheet) StudentSheetBody {
	out := StudentSheetBody{
		StudentID: s.Student.Student, StudentName: s.Student.Name, UniversityRoll: s.Student.UniversityRoll,
		KnownAt: utc(s.Now), Courses: []StudentCourseSection{},
	}
	for _, c := range s.Courses {
		section := StudentCourseSection{
			SheetCourse: courseBody(c.Course), MinimumPercent: c.Policy.Minimum, PolicyVersion: c.Policy.Version,
			Total: tallyBody(c.Tally, c.Policy), Sessions: []StudentClassLine{},
		}
		for _, l := range c.Lines {
			section.Sessions = append(section.Sessions, StudentClassLine{sessionBody(l.Session), code(l.Status), l.Reason})
		}
		out.Courses = append(out.Courses, section)
	}
	return out
}
