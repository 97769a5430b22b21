package student

import (
	"context"
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

// Courses are those that a student takes, or took.
type Courses interface {
	// ReportCourses are the courses of a term, of a student, or one; by code.
	ReportCourses(ctx context.Context, term, course, student attendance.ID) ([]attendance.SubjectCourse, error)
}

type ownSheetInput struct {
	CourseID attendance.ID `query:"course_id" format:"uuid" doc:"Empty: all your courses."`
	Format   sheet.Format  `query:"format" enum:"json,xlsx,csv" default:"json"`
}

func (d Deps) report(api huma.API) {
	rest.HandleFile(api, ofStudent(huma.Operation{
		OperationID: "get-own-report", Method: http.MethodGet, Path: "/api/student/report",
		Summary: "Every class of yours, with status and reason", Errors: []int{http.StatusNotFound},
	}), reflect.TypeFor[sheet.StudentSheetBody](), []string{sheet.ContentType, "text/csv"}, d.ownReport)
}

func (d Deps) ownReport(ctx context.Context, in *ownSheetInput) (*rest.File, error) {
	me := auth.From(ctx)
	courses, err := d.Courses.ReportCourses(ctx, attendance.ID{}, in.CourseID, me.ID)
	if err != nil {
		return nil, err
	}
	if len(courses) == 0 && !in.CourseID.IsZero() { // of another, or of nobody: the same
		return nil, attendance.Missing{What: "course of yours", Key: in.CourseID.String()}
	}
	ids := make([]attendance.ID, len(courses))
	for i, c := range courses {
		ids[i] = c.Course.ID
	}
	s, err := d.Service.StudentSheet(ctx, me.Actor, me.ID, ids, time.Time{}, time.Time{})
	if err != nil {
		return nil, err
	}
	name := "My_Attendance_" + s.Now.In(s.Zone).Format(time.DateOnly)
	return &rest.File{ContentType: in.Format.ContentType(), Disposition: in.Format.Attachment(name), Write: func(w io.Writer) error {
		return sheet.Student(w, in.Format, s)
	}}, nil
}
