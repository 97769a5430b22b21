package sheet

import (
	"encoding/json"
	"io"
	"iter"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// ShortageList is who stands how against what is needed. Rows may come while they
// are read: a whole school's are many.
type ShortageList struct {
	School string
	About  string // which courses
	Period string
	Below  float64 // 0: everybody
	Policy attendance.Policy
	Zone   *time.Location
	Now    time.Time
	Rows   iter.Seq2[attendance.Shortage, error]
}

// ShortageOf is the list of one course.
func ShortageOf(reg attendance.Register, below float64) ShortageList {
	return ShortageList{
		School: reg.School, About: reg.Course.Code + " " + reg.Course.Name, Period: period(reg), Below: below,
		Policy: reg.Policy, Zone: reg.Zone, Now: reg.Now, Rows: func(yield func(attendance.Shortage, error) bool) {
			for _, s := range reg.Shortages(below) {
				if !yield(s, nil) {
					return
				}
			}
		},
	}
}

// Shortage writes a shortage list.
func Shortage(w io.Writer, f Format, l ShortageList) error {
	if f == JSON {
		return l.json(w)
	}
	t := table{
		sheet: "Shortage list", frozen: 3, filter: true,
		about: []fact{
			{"Shortage list", l.School},
			{"Courses", l.About},
			{"Period", l.Period},
			{"Policy", rule(l.Policy)},
			{"As known on", l.Now.In(l.Zone)},
		},
		widths: []float64{16, 13, 30, 20, 20, 9, 9, 9, 9, 9, 9, 10, 9, 12, 10, 16},
		heads: [][]cell{append(append(heads("Course", "Class Roll ID", "Student Name", "University Roll No.", "Enrolment No."),
			heads(tallyTitles...)...), heads("Needed %", "Eligible", "Classes short")...)},
		rows: func(emit func([]cell) error) error {
			for s, err := range l.Rows {
				if err != nil {
					return err
				}
				if err := emit(shortageRow(s)); err != nil {
					return err
				}
			}
			return nil
		},
	}
	return t.write(w, f)
}

func shortageRow(s attendance.Shortage) []cell {
	row := append([]cell{text(s.Course.Code), count(s.Roll), text(s.Name), text(s.UniversityRoll), text(s.EnrolmentNo)}, tally(s.Tally, s.Policy)...)
	answer, short := cell{}, count(s.Needed(s.Policy))
	switch yes, judged := s.Eligible(); {
	case !judged: // no class was held: neither
	case yes:
		answer = centred("Y")
	default:
		answer = centred("N")
		answer.alarm = true
	}
	if s.Needed(s.Policy) < 0 {
		short = text("out of reach")
	}
	return append(row, cell{value: s.Policy.Minimum / 100, style: style{format: percentFormat}}, answer, short)
}

// json writes row by row.
func (l ShortageList) json(w io.Writer) error {
	head, err := json.Marshal(ShortageBody{Period: l.Period, Below: l.Below, PolicyVersion: l.Policy.Version, KnownAt: utc(l.Now), Students: []ShortageStudent{}})
	if err != nil {
		return err
	}
	if _, err := w.Write(head[:len(head)-len("]}")]); err != nil {
		return err
	}
	comma := ""
	for s, err := range l.Rows {
		if err != nil {
			return err
		}
		row, err := json.Marshal(shortageStudent(s))
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, comma+string(row)); err != nil {
			return err
		}
		comma = ","
	}
	_, err = io.WriteString(w, "]}\n")
	return err
}

// ShortageBody is a shortage list.
type ShortageBody struct {
	Period        string            `json:"period"`
	Below         float64           `json:"below" doc:"Only who stands below; 0: everybody."`
	PolicyVersion int               `json:"policy_version"`
	KnownAt       time.Time         `json:"known_at"`
	Students      []ShortageStudent `json:"students" doc:"By course and roll."`
}

// ShortageStudent is a row of it.
type ShortageStudent struct {
	SheetCourse
	SheetStudent
	SheetTally
	MinimumPercent float64 `json:"minimum_percent"`
	Eligible       *bool   `json:"eligible" nullable:"true" doc:"At the minimum or above; null before the first class."`
	ClassesShort   int     `json:"classes_short" doc:"Classes in a row that bring them to the minimum; -1: out of reach."`
}

func shortageStudent(s attendance.Shortage) ShortageStudent {
	out := ShortageStudent{
		SheetCourse: courseBody(s.Course), SheetStudent: memberBody(s.Member), SheetTally: tallyBody(s.Tally, s.Policy),
		MinimumPercent: s.Policy.Minimum, ClassesShort: s.Needed(s.Policy),
	}
	if yes, judged := s.Eligible(); judged {
		out.Eligible = &yes
	}
	return out
}
