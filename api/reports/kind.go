package reports

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/sheet"
)

// ReportFormat is what a report is written as.
type ReportFormat struct {
	Format sheet.Format `query:"format" enum:"json,xlsx,csv" default:"json"`
}

// ReportDays narrows to days of the campus, both included.
type ReportDays struct {
	From string `query:"from" format:"date" example:"2026-11-01"`
	To   string `query:"to" format:"date" example:"2026-11-30"`
}

// ReportCourses narrows to some courses.
type ReportCourses struct {
	SemesterID attendance.ID `query:"semester_id" format:"uuid"`
	CourseID   attendance.ID `query:"course_id" format:"uuid"`
}

type shortageListInput struct {
	ReportCourses
	ReportDays
	ReportFormat
	Below float64 `query:"below" minimum:"0" maximum:"100" doc:"Only students below this percentage; 0: everybody."`
}

type absenteesInput struct {
	ReportCourses
	ReportFormat
	Date string `query:"date" format:"date" doc:"Empty: today, where the campus is." example:"2026-11-22"`
}

type untakenInput struct {
	ReportCourses
	ReportDays
	ReportFormat
	Date string `query:"date" format:"date" doc:"One day. Empty, and no from and to: today, where the campus is." example:"2026-11-22"`
}

type courseMonthInput struct {
	ReportFormat
	CourseID attendance.ID `query:"course_id" format:"uuid" required:"true"`
	Month    string        `query:"month" pattern:"^[0-9]{4}-(0[1-9]|1[0-2])$" patternDescription:"a month such as 2026-11" doc:"Empty: this month." example:"2026-11"`
}

type courseRegisterInput struct {
	ReportDays
	CourseID attendance.ID `query:"course_id" format:"uuid" required:"true"`
	Format   sheet.Format  `query:"format" enum:"xlsx,csv" default:"xlsx"`
}

type anyStudentInput struct {
	ReportDays
	ReportFormat
	SemesterID attendance.ID `query:"semester_id" format:"uuid"`
	StudentID  attendance.ID `query:"student_id" format:"uuid" required:"true"`
}

func (d Deps) kinds(api huma.API) {
	types := []string{sheet.ContentType, "text/csv"}
	op := func(id, kind, summary string) huma.Operation {
		return rest.ForPrograms(ofOffice(huma.Operation{
			OperationID: id, Method: http.MethodGet, Path: "/api/admin/reports/" + kind, Summary: summary,
			Description: "A report that is too large to wait for is refused with `too-large`: ask for it with POST /api/admin/reports.",
			Errors:      []int{http.StatusNotFound, http.StatusRequestEntityTooLarge},
		}), auth.ScopeAttendance)
	}
	rest.HandleFile(api, op("report-shortage", kindShortage, "How the students of all courses stand against the minimum"),
		reflect.TypeFor[sheet.ShortageBody](), types, func(ctx context.Context, in *shortageListInput) (*rest.File, error) {
			return d.now(ctx, in.Format, attendance.Asked{Kind: kindShortage, Term: in.SemesterID, Course: in.CourseID, From: in.From, To: in.To, Below: in.Below})
		})
	rest.HandleFile(api, op("report-absentees", kindAbsentees, "Who was not there on a day, with their e-mail addresses"),
		reflect.TypeFor[sheet.AbsenteeBody](), types, func(ctx context.Context, in *absenteesInput) (*rest.File, error) {
			return d.now(ctx, in.Format, attendance.Asked{Kind: kindAbsentees, Term: in.SemesterID, Course: in.CourseID, From: in.Date})
		})
	rest.HandleFile(api, op("report-not-taken", kindUntaken, "Classes in which nobody was marked, and usual classes that were not opened"),
		reflect.TypeFor[sheet.UntakenBody](), types, func(ctx context.Context, in *untakenInput) (*rest.File, error) {
			asked := attendance.Asked{Kind: kindUntaken, Term: in.SemesterID, Course: in.CourseID, From: in.From, To: in.To}
			if in.Date != "" {
				asked.From, asked.To = in.Date, in.Date
			}
			return d.now(ctx, in.Format, asked)
		})
	rest.HandleFile(api, op("report-month", kindMonth, "A month's register of a course: students by days"),
		reflect.TypeFor[sheet.MonthBody](), types, func(ctx context.Context, in *courseMonthInput) (*rest.File, error) {
			return d.now(ctx, in.Format, attendance.Asked{Kind: kindMonth, Course: in.CourseID, Month: in.Month})
		})
	rest.HandleFile(api, op("report-register", kindRegister, "The register of a course: students by sessions"),
		nil, types, func(ctx context.Context, in *courseRegisterInput) (*rest.File, error) {
			return d.now(ctx, in.Format, attendance.Asked{Kind: kindRegister, Course: in.CourseID, From: in.From, To: in.To})
		})
	rest.HandleFile(api, op("report-student", kindStudent, "Every class of one student in all their courses"),
		reflect.TypeFor[sheet.StudentSheetBody](), types, func(ctx context.Context, in *anyStudentInput) (*rest.File, error) {
			return d.now(ctx, in.Format, attendance.Asked{Kind: kindStudent, Term: in.SemesterID, Student: in.StudentID, From: in.From, To: in.To})
		})
}

// atOnce is how many cells a request may read: a second or two.
const atOnce = 400_000

// now makes a report while its reader waits.
func (d Deps) now(ctx context.Context, f sheet.Format, asked attendance.Asked) (*rest.File, error) {
	asked.Format = string(f)
	m, err := d.prepare(ctx, auth.From(ctx).ID, asked)
	if err != nil {
		return nil, err
	}
	if m.cells > atOnce {
		return nil, rest.NewProblem(http.StatusRequestEntityTooLarge, "too-large", fmt.Sprintf(
			"%d marks are too many to wait for: ask for it with POST /api/admin/reports and fetch the file when it is done, or narrow it to a semester or a course", m.cells))
	}
	return &rest.File{ContentType: f.ContentType(), Disposition: f.Attachment(m.name), Write: func(w io.Writer) error {
		return m.write(ctx, w, func(int, int) {})
	}}, nil
}
