package classroom

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/sheet"
)

type monthInput struct {
	CoursePath
	Month  string       `query:"month" pattern:"^[0-9]{4}-(0[1-9]|1[0-2])$" patternDescription:"a month such as 2026-11" doc:"Empty: this month, where the campus is." example:"2026-11"`
	Format sheet.Format `query:"format" enum:"json,xlsx,csv" default:"json"`
}

type shortageInput struct {
	CoursePath
	Below  float64      `query:"below" minimum:"0" maximum:"100" doc:"Only students below this percentage; 0: everybody."`
	Format sheet.Format `query:"format" enum:"json,xlsx,csv" default:"json"`
}

type studentSheetInput struct {
	CoursePath
	StudentID attendance.ID `path:"student_id" format:"uuid"`
	Format    sheet.Format  `query:"format" enum:"json,xlsx,csv" default:"json"`
}

// fileTypes are what a report can be besides data for a screen.
var fileTypes = []string{sheet.ContentType, "text/csv"}

func (d Deps) sheets(api huma.API) {
	refusals := []int{http.StatusForbidden, http.StatusNotFound}
	rest.HandleFile(api, ofTeacher(huma.Operation{
		OperationID: "get-month-report", Method: http.MethodGet, Path: "/api/teacher/report/month/{course_id}",
		Summary: "A month's register of a course: students by days", Errors: refusals,
	}), reflect.TypeFor[sheet.MonthBody](), fileTypes, d.monthReport)
	rest.HandleFile(api, ofTeacher(huma.Operation{
		OperationID: "get-shortage-report", Method: http.MethodGet, Path: "/api/teacher/report/shortage/{course_id}",
		Summary: "How the students of a course stand against the minimum", Errors: refusals,
	}), reflect.TypeFor[sheet.ShortageBody](), fileTypes, d.shortageReport)
	rest.HandleFile(api, ofTeacher(huma.Operation{
		OperationID: "get-student-report", Method: http.MethodGet, Path: "/api/teacher/report/student/{course_id}/{student_id}",
		Summary: "Every class of one student in a course, with status and reason", Errors: refusals,
	}), reflect.TypeFor[sheet.StudentSheetBody](), fileTypes, d.studentReport)
}

func (d Deps) monthReport(ctx context.Context, in *monthInput) (*rest.File, error) {
	reg, err := d.Service.CourseRegister(ctx, auth.From(ctx).Actor, in.CourseID)
	if err != nil {
		return nil, err
	}
	month := attendance.MonthOf(reg.Now, reg.Zone)
	if in.Month != "" {
		if month, err = attendance.ParseMonth(in.Month); err != nil {
			return nil, err
		}
	}
	return reportFile(in.Format, fmt.Sprintf("Month_Register_%s_%s", reg.Course.Code, month), func(w io.Writer) error {
		return sheet.Month(w, in.Format, reg.Monthly(month))
	}), nil
}

func (d Deps) shortageReport(ctx context.Context, in *shortageInput) (*rest.File, error) {
	reg, err := d.Service.CourseRegister(ctx, auth.From(ctx).Actor, in.CourseID)
	if err != nil {
		return nil, err
	}
	list := sheet.ShortageOf(reg, in.Below)
	return reportFile(in.Format, fmt.Sprintf("Shortage_%s_%s", reg.Course.Code, today(reg)), func(w io.Writer) error {
		return sheet.Shortage(w, in.Format, list)
	}), nil
}

func (d Deps) studentReport(ctx context.Context, in *studentSheetInput) (*rest.File, error) {
	s, err := d.Service.StudentSheet(ctx, auth.From(ctx).Actor, in.StudentID, []attendance.ID{in.CourseID}, time.Time{}, time.Time{})
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("Attendance_%s_%s", s.Student.UniversityRoll, s.Courses[0].Course.Code)
	return reportFile(in.Format, name, func(w io.Writer) error { return sheet.Student(w, in.Format, s) }), nil
}

func reportFile(f sheet.Format, name string, write func(io.Writer) error) *rest.File {
	return &rest.File{ContentType: f.ContentType(), Disposition: f.Attachment(name), Write: write}
}

func today(reg attendance.Register) string { return reg.Now.In(reg.Zone).Format(time.DateOnly) }
