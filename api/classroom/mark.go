package classroom

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// MarkPath names one gesture in a session.
type MarkPath struct {
	ID     attendance.ID `path:"id" format:"uuid"`
	MarkID attendance.ID `path:"mark_id" format:"uuid" doc:"A UUID made by the caller for this gesture."`
}

type markInput struct {
	MarkPath
	Body struct {
		StudentIDs []attendance.ID `json:"student_ids" minItems:"1" maxItems:"2000" format:"uuid"`
		Status     string          `json:"status" enum:"present,late,absent,excused,duty"`
		Reason     string          `json:"reason,omitempty" required:"false" maxLength:"200"`
		Bulk       bool            `json:"bulk,omitempty" required:"false" doc:"Touch only students without a mark; a later mark for one of them outranks this."`
	}
}

type markOutput struct {
	Body struct {
		Applied int      `json:"applied" doc:"Students whose mark this request set. A repeated request applies nothing."`
		Skipped int      `json:"skipped"`
		Session liveBody `json:"session"`
	}
}

type undoOutput struct {
	Body struct {
		Undone  int      `json:"undone" doc:"Students for whom the gesture was taken back. What somebody decided since stays."`
		Session liveBody `json:"session"`
	}
}

func (d Deps) marks(api huma.API) {
	refusals := []int{http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity}
	rest.Handle(api, rest.Often(ofTeacher(huma.Operation{
		OperationID: "set-marks", Method: http.MethodPut, Path: "/api/teacher/session/{id}/marks/{mark_id}",
		Summary: "Mark one student or many in one gesture", Errors: refusals,
		Description: "Repeating a mark_id changes nothing, so a page that lost the answer sends it again. Allowed after the end: a tap made while the server was away still counts.",
	})), d.setMarks)
	rest.Handle(api, rest.Often(ofTeacher(huma.Operation{
		OperationID: "undo-marks", Method: http.MethodDelete, Path: "/api/teacher/session/{id}/marks/{mark_id}",
		Summary: "Take a gesture back", Errors: []int{http.StatusForbidden, http.StatusNotFound},
	})), d.undoMarks)
	rest.Handle(api, rest.Often(ofTeacher(huma.Operation{
		OperationID: "override-manually", Method: http.MethodPost, Path: "/api/teacher/manual-override",
		Summary: "Mark one student by hand, by university roll", Errors: append(refusals, http.StatusConflict),
	})), d.manualOverride)
	rest.Handle(api, rest.Often(ofTeacher(huma.Operation{
		OperationID: "mark-in-bulk", Method: http.MethodPost, Path: "/api/teacher/emergency-bulk-mark",
		Summary: "Mark many students who have no mark yet", Errors: append(refusals, http.StatusConflict),
	})), d.emergencyBulkMark)
}

func (d Deps) setMarks(ctx context.Context, in *markInput) (*markOutput, error) {
	by := auth.From(ctx).Actor
	done, err := d.Service.Mark(ctx, by, in.ID, attendance.Verdict{
		Gesture: in.MarkID, Students: in.Body.StudentIDs, Status: attendance.Status(in.Body.Status),
		Reason: in.Body.Reason, Bulk: in.Body.Bulk,
	})
	if err != nil {
		return nil, err
	}
	l, err := d.Service.Live(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	out := &markOutput{}
	out.Body.Applied, out.Body.Skipped, out.Body.Session = done.Applied, done.Skipped, liveOf(l)
	return out, nil
}

func (d Deps) undoMarks(ctx context.Context, in *MarkPath) (*undoOutput, error) {
	by := auth.From(ctx).Actor
	done, err := d.Service.Undo(ctx, by, in.ID, in.MarkID)
	if err != nil {
		return nil, err
	}
	l, err := d.Service.Live(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	out := &undoOutput{}
	out.Body.Undone, out.Body.Session = done.Applied, liveOf(l)
	return out, nil
}

type overrideInput struct {
	Body struct {
		SessionID  attendance.ID `json:"session_id" format:"uuid"`
		UnivRollNo string        `json:"univ_roll_no" minLength:"1" maxLength:"60"`
		Reason     string        `json:"reason" minLength:"1" maxLength:"200"`
		Status     string        `json:"status,omitempty" required:"false" enum:"present,late,absent,excused,duty" default:"present"`
		MarkID     attendance.ID `json:"mark_id,omitzero" format:"uuid" required:"false" doc:"Made by the caller, so that a repeated request is one mark."`
	}
}

func (d Deps) manualOverride(ctx context.Context, in *overrideInput) (*messageOutput, error) {
	by := auth.From(ctx).Actor
	before, err := d.running(ctx, by, in.Body.SessionID)
	if err != nil {
		return nil, err
	}
	student, err := d.Service.Find(ctx, by, in.Body.SessionID, in.Body.UnivRollNo)
	if err != nil {
		return nil, err
	}
	if in.Body.MarkID.IsZero() {
		for _, r := range before.Rows {
			if r.Member.Student == student && string(r.Status) == in.Body.Status {
				return nil, rest.NewProblem(http.StatusConflict, "already-marked", "Student already marked "+in.Body.Status)
			}
		}
	}
	gesture, err := d.gesture(in.Body.MarkID)
	if err != nil {
		return nil, err
	}
	_, err = d.Service.Mark(ctx, by, in.Body.SessionID, attendance.Verdict{
		Gesture: gesture, Students: []attendance.ID{student}, Status: attendance.Status(in.Body.Status), Reason: in.Body.Reason,
	})
	if err != nil {
		return nil, err
	}
	return message("Attendance marked manually"), nil
}

// gesture is the caller's id, or a new one for a caller that made none.
func (d Deps) gesture(given attendance.ID) (attendance.ID, error) {
	if !given.IsZero() {
		return given, nil
	}
	return d.Service.NewID()
}

// running reads a session that must still take marks.
func (d Deps) running(ctx context.Context, by attendance.Actor, session attendance.ID) (attendance.Live, error) {
	l, err := d.Service.Live(ctx, by, session)
	if err != nil {
		return l, err
	}
	if !l.Session.OpenAt(l.Now) {
		return l, attendance.ErrClosed
	}
	return l, nil
}

type bulkInput struct {
	Body struct {
		SessionID attendance.ID `json:"session_id" format:"uuid"`
		Students  []bulkStudent `json:"students" minItems:"1" maxItems:"2000"`
		Reason    string        `json:"reason,omitempty" required:"false" maxLength:"180" default:"Emergency Mode"`
		MarkID    attendance.ID `json:"mark_id,omitzero" format:"uuid" required:"false" doc:"Made by the caller, so that a repeated request is one gesture."`
	}
}

type bulkOutput struct {
	Body struct {
		Status       string `json:"status" example:"success"`
		Message      string `json:"message"`
		PresentCount int    `json:"present_count"`
		AbsentCount  int    `json:"absent_count"`
		SkippedCount int    `json:"skipped_count" doc:"Unknown students, and those who had a mark."`
	}
}

func (d Deps) emergencyBulkMark(ctx context.Context, in *bulkInput) (*bulkOutput, error) {
	by := auth.From(ctx).Actor
	l, err := d.running(ctx, by, in.Body.SessionID)
	if err != nil {
		return nil, err
	}
	byRoll := make(map[string]attendance.ID, len(l.Rows))
	for _, r := range l.Rows {
		byRoll[r.UniversityRoll] = r.Member.Student
	}
	groups := map[string][]attendance.ID{}
	for _, s := range in.Body.Students {
		if id, ok := byRoll[s.Roll]; ok {
			groups[s.Status] = append(groups[s.Status], id)
		}
	}
	gesture, err := d.gesture(in.Body.MarkID)
	if err != nil {
		return nil, err
	}
	count := map[string]int{}
	for _, status := range []string{"present", "absent"} {
		if len(groups[status]) == 0 {
			continue
		}
		reason := in.Body.Reason
		if status == "absent" {
			reason += " - Marked Absent"
		}
		done, err := d.Service.Mark(ctx, by, in.Body.SessionID, attendance.Verdict{
			Gesture: gesture, Students: groups[status], Status: attendance.Status(status), Reason: reason, Bulk: true,
		})
		if err != nil {
			return nil, err
		}
		count[status] = done.Applied
	}
	out := &bulkOutput{}
	b := &out.Body
	b.Status, b.PresentCount, b.AbsentCount = "success", count["present"], count["absent"]
	b.SkippedCount = len(in.Body.Students) - b.PresentCount - b.AbsentCount
	b.Message = fmt.Sprintf("Marked %d present, %d absent", b.PresentCount, b.AbsentCount)
	return out, nil
}
