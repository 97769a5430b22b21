package classroom

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

type correctInput struct {
	Body struct {
		SessionID    attendance.ID `json:"session_id" format:"uuid"`
		StudentID    attendance.ID `json:"student_id" format:"uuid"`
		Action       string        `json:"action" enum:"mark_present,mark_absent"`
		ManualReason string        `json:"manual_reason" minLength:"1" maxLength:"200"`
		Status       string        `json:"status,omitempty" required:"false" enum:"present,late,absent,excused,duty" doc:"More exactly: present, late or duty with mark_present; absent or excused with mark_absent."`
		MarkID       attendance.ID `json:"mark_id,omitzero" format:"uuid" required:"false" doc:"Made by the caller, so that a repeated request is one mark."`
	}
}

type correctOutput struct {
	Body struct {
		Status  string        `json:"status" example:"success"`
		Message string        `json:"message" example:"Student marked present"`
		MarkID  attendance.ID `json:"mark_id" format:"uuid" doc:"Takes the correction back, at the session's marks."`
	}
}

func (d Deps) corrections(api huma.API) {
	rest.Handle(api, ofOffice(huma.Operation{
		OperationID: "update-attendance", Method: http.MethodPost, Path: "/api/teacher/update-attendance",
		Summary: "Correct one student's mark after the class",
		Description: "Nothing is overwritten: who decided what and why stays in the history. A running session answers session-open, " +
			"a mark that shows already already-marked, one that the office set office-decided; a teacher who comes later than the school allows edit-window.",
		Errors: []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity},
	}), d.updateAttendance)
}

func (d Deps) updateAttendance(ctx context.Context, in *correctInput) (*correctOutput, error) {
	status, err := statusOf(in.Body.Action, attendance.Status(in.Body.Status))
	if err != nil {
		return nil, err
	}
	gesture, err := d.gesture(in.Body.MarkID)
	if err != nil {
		return nil, err
	}
	err = d.Service.Correct(ctx, auth.From(ctx).Actor, in.Body.SessionID, attendance.Verdict{
		Gesture: gesture, Students: []attendance.ID{in.Body.StudentID}, Status: status, Reason: in.Body.ManualReason,
	})
	if err != nil {
		return nil, notCorrected(err, status)
	}
	out := &correctOutput{}
	out.Body.Status, out.Body.Message, out.Body.MarkID = "success", "Student marked "+string(status), gesture
	return out, nil
}

// statusOf is what the original's two actions mean, or the finer status that a
// caller names beside one.
func statusOf(action string, finer attendance.Status) (attendance.Status, error) {
	there := action == "mark_present"
	switch {
	case finer != "" && finer.Attended() != there:
		return "", attendance.Invalid{Field: "status", Why: string(finer) + " does not go with " + action}
	case finer != "":
		return finer, nil
	case there:
		return attendance.Present, nil
	}
	return attendance.Absent, nil
}

// notCorrected names what only a correction is refused for.
func notCorrected(err error, status attendance.Status) error {
	switch {
	case errors.Is(err, attendance.ErrOpen):
		return rest.NewProblem(http.StatusConflict, "session-open", err.Error()+": mark the student in the roll call")
	case errors.Is(err, attendance.ErrVoided):
		return rest.NewProblem(http.StatusConflict, "session-deleted", err.Error())
	case errors.Is(err, attendance.ErrSame):
		return rest.NewProblem(http.StatusConflict, "already-marked", "Student already marked "+string(status))
	case errors.Is(err, attendance.ErrHigher):
		return rest.NewProblem(http.StatusConflict, "office-decided", err.Error()+": ask there to change it")
	}
	return err
}
