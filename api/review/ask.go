package review

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// LeaveSpan is when somebody is on leave.
type LeaveSpan struct {
	From    string          `json:"from,omitempty" maxLength:"40" doc:"A day of the campus, or a moment." example:"2026-03-02"`
	To      string          `json:"to,omitempty" maxLength:"40" doc:"A day, which is included, or a moment, which is not." example:"2026-03-04"`
	Courses []attendance.ID `json:"courses,omitempty" maxItems:"100" doc:"Some of the student's courses; none: all of them."`
}

type studentAskInput struct {
	Body struct {
		LeaveSpan
		RequestID attendance.ID `json:"request_id,omitzero" format:"uuid" required:"false" doc:"Made by the caller, so that a repeated request is one."`
		Kind      string        `json:"kind" enum:"leave,dispute"`
		SessionID attendance.ID `json:"session_id,omitzero" format:"uuid" required:"false" doc:"With dispute: the class whose mark is wrong."`
		Status    string        `json:"status,omitempty" enum:"present,late,excused,duty" doc:"Wanted. A leave is excused or duty, and may leave it open; a dispute wants present if it does not say."`
		Reason    string        `json:"reason" minLength:"3" maxLength:"1000" doc:"Why; in a dispute, what happened."`
	}
}

type teacherAskInput struct {
	Body struct {
		RequestID attendance.ID `json:"request_id,omitzero" format:"uuid" required:"false" doc:"Made by the caller, so that a repeated request is one."`
		SessionID attendance.ID `json:"session_id" format:"uuid"`
		StudentID attendance.ID `json:"student_id" format:"uuid"`
		Status    string        `json:"status" enum:"present,late,absent,excused,duty"`
		Reason    string        `json:"reason" minLength:"3" maxLength:"1000"`
	}
}

type adminAskInput struct {
	Body struct {
		LeaveSpan
		RequestID attendance.ID `json:"request_id,omitzero" format:"uuid" required:"false" doc:"Made by the caller, so that a repeated request is one."`
		StudentID attendance.ID `json:"student_id" format:"uuid"`
		Status    string        `json:"status,omitempty" enum:"excused,duty" doc:"excused if it does not say."`
		Reason    string        `json:"reason" minLength:"3" maxLength:"1000"`
	}
}

func (d Deps) asking(api huma.API) {
	failing := []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict}
	rest.Handle(api, ofStudent(huma.Operation{
		OperationID: "ask-as-student", Method: http.MethodPost, Path: "/api/student/requests", Summary: "Ask for a leave, or dispute a mark",
		DefaultStatus: http.StatusCreated, Errors: failing,
	}), func(ctx context.Context, in *studentAskInput) (*requestOutput, error) {
		b := in.Body
		return d.ask(ctx, b.LeaveSpan, attendance.Request{
			ID: b.RequestID, Kind: attendance.RequestKind(b.Kind), Student: auth.From(ctx).ID, Session: b.SessionID,
			Status: attendance.Status(b.Status), Reason: b.Reason,
		})
	})
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "ask-for-correction", Method: http.MethodPost, Path: "/api/teacher/requests",
		Summary:       "Ask the office to correct a mark that is too old to change alone",
		DefaultStatus: http.StatusCreated, Errors: failing,
	}), func(ctx context.Context, in *teacherAskInput) (*requestOutput, error) {
		b := in.Body
		return d.ask(ctx, LeaveSpan{}, attendance.Request{
			ID: b.RequestID, Kind: attendance.AskCorrection, Student: b.StudentID, Session: b.SessionID,
			Status: attendance.Status(b.Status), Reason: b.Reason,
		})
	})
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "enter-leave", Method: http.MethodPost, Path: "/api/admin/requests", Summary: "Enter a leave for a student, approved at once",
		DefaultStatus: http.StatusCreated, Errors: failing,
	}), func(ctx context.Context, in *adminAskInput) (*requestOutput, error) {
		b := in.Body
		return d.ask(ctx, b.LeaveSpan, attendance.Request{
			ID: b.RequestID, Kind: attendance.AskLeave, Student: b.StudentID, Status: attendance.Status(b.Status), Reason: b.Reason,
		})
	})
}

func (d Deps) ask(ctx context.Context, span LeaveSpan, r attendance.Request) (*requestOutput, error) {
	if r.Kind == attendance.AskLeave {
		school, err := d.Service.School(ctx)
		if err != nil {
			return nil, err
		}
		if r.From, r.To, err = school.Span(span.From, span.To); err != nil {
			return nil, err
		}
		r.Courses, r.Session = span.Courses, attendance.ID{}
	}
	return d.do(ctx, func(ctx context.Context, tx attendance.Reviews) (attendance.Request, error) {
		return d.Service.Ask(ctx, tx, auth.From(ctx).Actor, r)
	})
}

// problem names what only a request is refused for.
func problem(err error) error {
	conflict := func(kind, more string) error {
		return rest.NewProblem(http.StatusConflict, kind, err.Error()+more)
	}
	switch {
	case errors.Is(err, attendance.ErrDecided):
		return conflict("decided", ": read it again")
	case errors.Is(err, attendance.ErrMany):
		return conflict("too-many-open", "")
	case errors.Is(err, attendance.ErrOffice):
		return rest.NewProblem(http.StatusForbidden, "office-decides", err.Error())
	case errors.Is(err, attendance.ErrSame):
		return conflict("already-marked", "")
	case errors.Is(err, attendance.ErrHigher):
		return conflict("office-decided", "")
	case errors.Is(err, attendance.ErrOpen):
		return conflict("session-open", ": wait until it has ended")
	case errors.Is(err, attendance.ErrVoided):
		return conflict("session-deleted", "")
	}
	return err
}
