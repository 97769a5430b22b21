package reports

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/sheet"
)

// ofCourse is the register of one course, whole or of a month.
func (m making) ofCourse(ctx context.Context) (maker, error) {
	if m.asked.Course.IsZero() {
		return maker{}, attendance.Invalid{Field: "course_id", Why: "is missing: say which course"}
	}
	if m.asked.Kind == kindRegister && m.format == sheet.JSON {
		return maker{}, attendance.Invalid{Field: "format", Why: "must be xlsx or csv for a register"}
	}
	month := attendance.MonthOf(m.now, m.school.Zone)
	from, until, err := m.span()
	if err != nil {
		return maker{}, err
	}
	if m.asked.Month != "" {
		if month, err = attendance.ParseMonth(m.asked.Month); err != nil {
			return maker{}, err
		}
	}
	all, cells, err := m.courses(ctx)
	if err != nil {
		return maker{}, err
	}
	if len(all) == 0 {
		return maker{}, attendance.Missing{What: "course", Key: m.asked.Course.String()}
	}
	name := "Attendance_Report_" + all[0].Course.Code
	if m.asked.Kind == kindMonth {
		name = fmt.Sprintf("Month_Register_%s_%s", all[0].Course.Code, month)
	}
	return maker{name: name, cells: cells, write: func(ctx context.Context, w io.Writer, progress func(int, int)) error {
		reg, err := m.Service.CourseRegister(ctx, m.by, m.asked.Course)
		if err != nil {
			return err
		}
		progress(1, 2)
		if m.asked.Kind == kindMonth {
			return sheet.Month(w, m.format, reg.Monthly(month))
		}
		return sheet.Register(w, m.format, reg.Between(from, until))
	}}, nil
}

// shortage goes through the courses one by one: a school's registers do not fit
// into memory, its list need not.
func (m making) shortage(ctx context.Context) (maker, error) {
	from, until, err := m.span()
	if err != nil {
		return maker{}, err
	}
	all, cells, err := m.courses(ctx)
	if err != nil {
		return maker{}, err
	}
	if len(all) == 0 && !m.asked.Course.IsZero() {
		return maker{}, attendance.Missing{What: "course", Key: m.asked.Course.String()}
	}
	return maker{name: "Shortage_" + m.today(), cells: cells, write: func(ctx context.Context, w io.Writer, progress func(int, int)) error {
		list := sheet.ShortageList{
			School: m.school.Name, About: about(all), Period: m.period(), Below: m.asked.Below,
			Policy: m.school.Policy, Zone: m.school.Zone, Now: m.now,
		}
		list.Rows = func(yield func(attendance.Shortage, error) bool) {
			for i, c := range all {
				reg, err := m.Service.CourseRegister(ctx, m.by, c.Course.ID)
				if err != nil {
					yield(attendance.Shortage{}, err)
					return
				}
				for _, s := range reg.Between(from, until).Shortages(m.asked.Below) {
					if !yield(s, nil) {
						return
					}
				}
				progress(i+1, len(all))
			}
		}
		return sheet.Shortage(w, m.format, list)
	}}, nil
}

// student is every class of one student in all courses they ever took.
func (m making) student(ctx context.Context) (maker, error) {
	if m.asked.Student.IsZero() {
		return maker{}, attendance.Invalid{Field: "student_id", Why: "is missing: say which student"}
	}
	from, until, err := m.span()
	if err != nil {
		return maker{}, err
	}
	all, cells, err := m.courses(ctx)
	if err != nil {
		return maker{}, err
	}
	if len(all) == 0 {
		return maker{}, attendance.Missing{What: "student in these courses", Key: m.asked.Student.String()}
	}
	ids := make([]attendance.ID, len(all))
	for i, c := range all {
		ids[i] = c.Course.ID
	}
	return maker{name: "Attendance_" + m.today(), cells: cells, write: func(ctx context.Context, w io.Writer, _ func(int, int)) error {
		s, err := m.Service.StudentSheet(ctx, m.by, m.asked.Student, ids, from, until)
		if err != nil {
			return err
		}
		return sheet.Student(w, m.format, s)
	}}, nil
}

func (m making) today() string { return m.now.In(m.school.Zone).Format(time.DateOnly) }

func (m making) period() string {
	switch {
	case m.asked.From == "" && m.asked.To == "":
		return "all classes"
	case m.asked.To == "":
		return "since " + m.asked.From
	case m.asked.From == "":
		return "until " + m.asked.To
	}
	return m.asked.From + " to " + m.asked.To
}

func about(all []attendance.SubjectCourse) string {
	if len(all) == 1 {
		return all[0].Course.Code + " " + all[0].Course.Name
	}
	return fmt.Sprintf("%d courses", len(all))
}
