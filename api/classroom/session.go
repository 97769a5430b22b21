package classroom

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// SessionPath names the session that most operations are about. It is exported
// because huma reads no fields of an unexported embedded struct.
type SessionPath struct {
	ID attendance.ID `path:"id" format:"uuid"`
}

type studentBody struct {
	ID             attendance.ID `json:"id" format:"uuid"`
	ClassRollID    int           `json:"class_roll_id"`
	StudentName    string        `json:"student_name"`
	UniversityRoll string        `json:"university_roll_no"`
}

func studentsOf(r attendance.Roster) []studentBody {
	out := make([]studentBody, 0, len(r))
	for _, m := range r {
		out = append(out, studentBody{ID: m.Student, ClassRollID: m.Roll, StudentName: m.Name, UniversityRoll: m.UniversityRoll})
	}
	return out
}

func (d Deps) sessions(api huma.API) {
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "start-session", Method: http.MethodPost, Path: "/api/teacher/start-session",
		Summary: "Start a class", Errors: []int{http.StatusForbidden, http.StatusConflict},
		Description: "Other sessions go on. A second session of a course that has one running is refused as session-running, with the id to resume.",
	}), d.startSession)
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "validate-session", Method: http.MethodGet, Path: "/api/teacher/validate-session/{course_id}",
		Summary: "Restore a teacher's screen after a reload", Errors: []int{http.StatusForbidden, http.StatusNotFound},
	}), d.validateSession)
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "get-session-status", Method: http.MethodGet, Path: "/api/teacher/session/{id}/status",
		Summary: "Who is marked, by university roll", Errors: []int{http.StatusForbidden, http.StatusNotFound},
	}), d.sessionStatus)
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "extend-session", Method: http.MethodPost, Path: "/api/teacher/session/{id}/extend",
		Summary: "Ten minutes more", Errors: []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict},
	}), d.extendSession)
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "end-session", Method: http.MethodPost, Path: "/api/teacher/session/{id}/end",
		Summary: "End the class now", Errors: []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict},
	}), d.endSession)
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "check-session-expiry", Method: http.MethodPost, Path: "/api/teacher/session/{id}/check-expire",
		Summary: "End the class if its time is up", Errors: []int{http.StatusForbidden, http.StatusNotFound},
	}), d.checkExpire)
}

type statusOutput struct {
	Body struct {
		MarkedStudents []string `json:"marked_students" doc:"University rolls of those who count as present."`
		AbsentStudents []string `json:"absent_students" doc:"University rolls of those marked absent."`
		SessionActive  bool     `json:"session_active"`
	}
}

func (d Deps) sessionStatus(ctx context.Context, in *SessionPath) (*statusOutput, error) {
	l, err := d.Service.Live(ctx, auth.From(ctx).Actor, in.ID)
	if err != nil {
		return nil, err
	}
	out := &statusOutput{}
	out.Body.SessionActive = l.Session.OpenAt(l.Now)
	out.Body.MarkedStudents, out.Body.AbsentStudents = []string{}, []string{}
	for _, r := range l.Rows {
		switch {
		case r.Status.Attended():
			out.Body.MarkedStudents = append(out.Body.MarkedStudents, r.UniversityRoll)
		case r.Status == attendance.Absent:
			out.Body.AbsentStudents = append(out.Body.AbsentStudents, r.UniversityRoll)
		}
	}
	return out, nil
}

type extendInput struct {
	SessionPath
	Body *struct {
		ExtensionID attendance.ID `json:"extension_id,omitzero" format:"uuid" required:"false" doc:"Made by the caller, so that a repeated request extends once."`
	} `required:"false"`
}

type extendOutput struct {
	Body struct {
		Status           string    `json:"status" example:"success"`
		Message          string    `json:"message"`
		NewEndTime       time.Time `json:"new_end_time"`
		SecondsRemaining int       `json:"seconds_remaining"`
	}
}

func (d Deps) extendSession(ctx context.Context, in *extendInput) (*extendOutput, error) {
	var step attendance.ID
	if in.Body != nil {
		step = in.Body.ExtensionID
	}
	se, err := d.Service.Extend(ctx, auth.From(ctx).Actor, in.ID, step)
	if err != nil {
		return nil, err
	}
	out := &extendOutput{}
	out.Body.Status, out.Body.Message = "success", "Session extended by 10 minutes"
	out.Body.NewEndTime, out.Body.SecondsRemaining = *at(se.ClosesAt), seconds(se.Remaining(d.Service.Now()))
	return out, nil
}

type messageOutput struct {
	Body struct {
		Status  string `json:"status" example:"success"`
		Message string `json:"message"`
	}
}

func message(text string) *messageOutput {
	out := &messageOutput{}
	out.Body.Status, out.Body.Message = "success", text
	return out
}

func (d Deps) endSession(ctx context.Context, in *SessionPath) (*messageOutput, error) {
	by := auth.From(ctx).Actor
	if _, err := d.Service.Close(ctx, by, in.ID); err != nil {
		return nil, err
	}
	l, err := d.Service.Live(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	absent := 0
	for _, r := range l.Rows {
		if r.Shown(l.Session, l.Now) == attendance.Absent {
			absent++
		}
	}
	return message(fmt.Sprintf("Session ended. %d students marked absent.", absent)), nil
}

type expireOutput struct {
	Body struct {
		Expired          bool   `json:"expired"`
		Status           string `json:"status" enum:"active,expired,already_ended"`
		SecondsRemaining int    `json:"seconds_remaining,omitempty"`
	}
}

func (d Deps) checkExpire(ctx context.Context, in *SessionPath) (*expireOutput, error) {
	by := auth.From(ctx).Actor
	before, err := d.Service.Live(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	out := &expireOutput{}
	switch {
	case !before.Session.ClosedAt.IsZero():
		out.Body.Expired, out.Body.Status = true, "already_ended"
	case before.Session.OpenAt(before.Now):
		out.Body.Status, out.Body.SecondsRemaining = "active", seconds(before.Session.Remaining(before.Now))
	default:
		if _, err := d.Service.CloseDue(ctx); err != nil {
			return nil, err
		}
		out.Body.Expired, out.Body.Status = true, "expired"
	}
	return out, nil
}
