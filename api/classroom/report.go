package classroom

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/sheet"
)

type reportPath struct {
	SessionID attendance.ID `path:"session_id" format:"uuid" doc:"Any session of the course."`
}

type reportSession struct {
	ID        attendance.ID `json:"id" format:"uuid"`
	StartTime time.Time     `json:"start_time"`
	Topic     string        `json:"topic"`
}

type reportStudent struct {
	ID             attendance.ID `json:"id" format:"uuid"`
	ClassRollID    int           `json:"class_roll_id"`
	StudentName    string        `json:"student_name"`
	UniversityRoll string        `json:"university_roll_no"`
	EnrollmentNo   string        `json:"enrollment_no"`
}

type reportMark struct {
	SessionID attendance.ID `json:"session_id" format:"uuid"`
	StudentID attendance.ID `json:"student_id" format:"uuid"`
	Status    string        `json:"status" enum:"present,late,absent,excused,duty,not_required,unmarked"`
}

type reportOutput struct {
	Body struct {
		Course     courseCode         `json:"course"`
		Sessions   []reportSession    `json:"sessions" doc:"Oldest first."`
		Students   []reportStudent    `json:"students" doc:"By class roll."`
		PresentSet [][2]attendance.ID `json:"present_set" doc:"Pairs [session, student] that count as present."`
		AbsentSet  [][2]attendance.ID `json:"absent_set" doc:"Pairs [session, student] that are absent."`
		Marks      []reportMark       `json:"marks" doc:"Every cell that is not 'not required'."`
	}
}

func (d Deps) reports(api huma.API) {
	refusals := []int{http.StatusForbidden, http.StatusNotFound}
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "get-report", Method: http.MethodGet, Path: "/api/teacher/report/{session_id}",
		Summary: "The register of the session's course", Errors: refusals,
	}), d.report)
	rest.HandleFile(api, ofTeacher(huma.Operation{
		OperationID: "export-report", Method: http.MethodGet, Path: "/api/teacher/report/export/{session_id}",
		Summary: "The register as an Excel workbook, or as CSV", Errors: refusals,
	}), nil, fileTypes, d.exportReport)
}

func (d Deps) report(ctx context.Context, in *reportPath) (*reportOutput, error) {
	reg, err := d.Service.Register(ctx, auth.From(ctx).Actor, in.SessionID)
	if err != nil {
		return nil, err
	}
	out := &reportOutput{}
	b := &out.Body
	b.Course = courseCode{Code: reg.Course.Code, Name: reg.Course.Name}
	b.Sessions, b.Students = []reportSession{}, []reportStudent{}
	b.PresentSet, b.AbsentSet, b.Marks = [][2]attendance.ID{}, [][2]attendance.ID{}, []reportMark{}
	for _, m := range reg.Students {
		b.Students = append(b.Students, reportStudent{
			ID: m.Student, ClassRollID: m.Roll, StudentName: m.Name, UniversityRoll: m.UniversityRoll, EnrollmentNo: m.EnrolmentNo,
		})
	}
	for _, se := range reg.Sessions {
		b.Sessions = append(b.Sessions, reportSession{ID: se.ID, StartTime: *at(se.OpenedAt), Topic: se.Topic})
		for _, m := range reg.Students {
			st := reg.Cell(se, m.Student)
			pair := [2]attendance.ID{se.ID, m.Student}
			switch {
			case st == attendance.NotRequired:
				continue
			case st.Attended():
				b.PresentSet = append(b.PresentSet, pair)
			case st == attendance.Absent:
				b.AbsentSet = append(b.AbsentSet, pair)
			}
			word := string(st)
			if st == attendance.Unmarked {
				word = "unmarked"
			}
			b.Marks = append(b.Marks, reportMark{SessionID: se.ID, StudentID: m.Student, Status: word})
		}
	}
	return out, nil
}

type exportInput struct {
	SessionID attendance.ID `path:"session_id" format:"uuid" doc:"Any session of the course."`
	Format    sheet.Format  `query:"format" enum:"xlsx,csv" default:"xlsx"`
}

func (d Deps) exportReport(ctx context.Context, in *exportInput) (*rest.File, error) {
	reg, err := d.Service.Register(ctx, auth.From(ctx).Actor, in.SessionID)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("Attendance_Report_%s_%s", reg.Course.Name, today(reg))
	return reportFile(in.Format, name, func(w io.Writer) error { return sheet.Register(w, in.Format, reg) }), nil
}
