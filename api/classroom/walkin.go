package classroom

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// WalkInPath names somebody who walked into a session.
type WalkInPath struct {
	ID       attendance.ID `path:"id" format:"uuid"`
	WalkInID attendance.ID `path:"walk_in_id" format:"uuid" doc:"A UUID made by the caller for this person."`
}

type walkInInput struct {
	WalkInPath
	Body struct {
		StudentName      string `json:"student_name" minLength:"1" maxLength:"200" example:"Meera Iyer"`
		ClassRollID      int    `json:"class_roll_id,omitempty" required:"false" minimum:"0" doc:"The roll they say is theirs; of nobody in the class."`
		UniversityRollNo string `json:"university_roll_no,omitempty" required:"false" maxLength:"200"`
		Status           string `json:"status,omitempty" required:"false" enum:"present,late,absent,excused,duty" doc:"Absent: present."`
		Reason           string `json:"reason,omitempty" required:"false" maxLength:"200"`
	}
}

type walkInOutput struct {
	Body struct {
		StudentID attendance.ID `json:"student_id" format:"uuid" doc:"Under which set-marks marks them further."`
		Session   liveBody      `json:"session"`
	}
}

func (d Deps) walkIns(api huma.API) {
	refusals := []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity}
	rest.Handle(api, rest.Often(ofTeacher(huma.Operation{
		OperationID: "add-walk-in", Method: http.MethodPut, Path: "/api/teacher/session/{id}/walk-ins/{walk_in_id}",
		Summary: "Add somebody who is not on the roster", Errors: refusals,
		Description: "They count in this class until the office enrols them, says who they are, or rejects them: see /api/admin/inbox. Repeating a walk_in_id adds nobody.",
	})), d.addWalkIn)
	rest.Handle(api, rest.Often(ofTeacher(huma.Operation{
		OperationID: "remove-walk-in", Method: http.MethodDelete, Path: "/api/teacher/session/{id}/walk-ins/{walk_in_id}",
		Summary: "Take somebody away again whom the office has not decided about", Errors: refusals,
	})), d.removeWalkIn)
}

func (d Deps) addWalkIn(ctx context.Context, in *walkInInput) (*walkInOutput, error) {
	b := in.Body
	guest, err := d.Service.WalkIn(ctx, auth.From(ctx).Actor, in.ID, attendance.Arrival{
		ID: in.WalkInID, Roll: b.ClassRollID, Guest: attendance.Guest{Name: b.StudentName, UniversityRoll: b.UniversityRollNo},
		Status: attendance.Status(b.Status), Reason: b.Reason,
	})
	if err != nil {
		return nil, err
	}
	out := &walkInOutput{}
	l, err := d.Service.Live(ctx, auth.From(ctx).Actor, in.ID)
	out.Body.StudentID, out.Body.Session = guest, liveOf(l)
	return out, err
}

func (d Deps) removeWalkIn(ctx context.Context, in *WalkInPath) (*liveOutput, error) {
	if err := d.Service.WalkOut(ctx, auth.From(ctx).Actor, in.ID, in.WalkInID); err != nil {
		return nil, err
	}
	return d.getLive(ctx, &SessionPath{ID: in.ID})
}
