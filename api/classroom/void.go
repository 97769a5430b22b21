package classroom

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

type deleteSessionInput struct {
	SessionPath
	Body *struct {
		Reason string `json:"reason,omitempty" required:"false" maxLength:"200" doc:"At least 5 characters; it stays in the history." example:"started by mistake"`
	} `required:"false"`
}

type deleteSessionOutput struct {
	Body struct {
		Status    string        `json:"status" example:"success"`
		Message   string        `json:"message" example:"Session deleted successfully. 0 attendance record(s) removed."`
		SessionID attendance.ID `json:"session_id" format:"uuid"`
		Reason    string        `json:"reason"`
		Deleted   int           `json:"attendance_records_deleted" doc:"Marks that count no more until the session is restored."`
	}
}

type restoreSessionOutput struct {
	Body struct {
		Status    string        `json:"status" example:"success"`
		Message   string        `json:"message" example:"Session restored."`
		SessionID attendance.ID `json:"session_id" format:"uuid"`
	}
}

// ofOffice opens a teacher's operation to the office as well.
func ofOffice(op huma.Operation) huma.Operation {
	op = ofTeacher(op)
	op.Security = rest.Only(attendance.RoleTeacher, attendance.RoleAdmin)
	return op
}

func (d Deps) deletions(api huma.API) {
	rest.Handle(api, ofOffice(huma.Operation{
		OperationID: "delete-session", Method: http.MethodDelete, Path: "/api/teacher/session/{id}/delete",
		Summary: "Delete a class that has ended",
		Description: "Nothing is erased: the class leaves registers, counts and history, keeps its marks, still takes those that arrive late, " +
			"and can be restored. A running class answers session-open.",
		Errors: []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity},
	}), d.deleteSession)
	rest.Handle(api, ofOffice(huma.Operation{
		OperationID: "restore-session", Method: http.MethodPost, Path: "/api/teacher/session/{id}/restore",
		Summary: "Restore a deleted class with all its marks", Errors: []int{http.StatusForbidden, http.StatusNotFound},
	}), d.restoreSession)
}

func (d Deps) deleteSession(ctx context.Context, in *deleteSessionInput) (*deleteSessionOutput, error) {
	reason := ""
	if in.Body != nil {
		reason = in.Body.Reason
	}
	se, marks, err := d.Service.Void(ctx, auth.From(ctx).Actor, in.ID, reason)
	if errors.Is(err, attendance.ErrOpen) {
		return nil, rest.NewProblem(http.StatusConflict, "session-open", "Cannot delete an active session. End it first.")
	}
	if err != nil {
		return nil, err
	}
	out := &deleteSessionOutput{}
	b := &out.Body
	b.Status, b.SessionID, b.Reason, b.Deleted = "success", se.ID, se.Void.Reason, marks
	b.Message = fmt.Sprintf("Session deleted successfully. %d attendance record(s) removed.", marks)
	return out, nil
}

func (d Deps) restoreSession(ctx context.Context, in *SessionPath) (*restoreSessionOutput, error) {
	se, err := d.Service.Restore(ctx, auth.From(ctx).Actor, in.ID)
	if err != nil {
		return nil, err
	}
	out := &restoreSessionOutput{}
	out.Body.Status, out.Body.Message, out.Body.SessionID = "success", "Session restored.", se.ID
	return out, nil
}
