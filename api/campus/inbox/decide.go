package inbox

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/rest"
)

type mapInboxInput struct {
	InboxItemPath
	Body struct {
		StudentID attendance.ID `json:"student_id,omitzero" required:"false" format:"uuid" doc:"Who it was: of a mark."`
		CourseID  attendance.ID `json:"course_id,omitzero" required:"false" format:"uuid" doc:"What was taught: of a class that was opened."`
		Alike     bool          `json:"alike,omitempty" required:"false" doc:"The same for everything else that waits and names the same person."`
	}
}

type linkInboxInput struct {
	InboxItemPath
	Body struct {
		SessionID attendance.ID `json:"session_id" format:"uuid" doc:"The class it belongs to."`
		StudentID attendance.ID `json:"student_id,omitzero" required:"false" format:"uuid" doc:"Who it was; absent: whom it names, or who had the roll."`
	}
}

type rejectInboxInput struct {
	InboxItemPath
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"200"`
	}
}

func (d Deps) deciding(api huma.API) {
	refusals := []int{http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity}
	const path = "/api/admin/inbox/{id}/"
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "accept-inbox-item", Method: http.MethodPost, Path: path + "accept", Summary: "Let it count as it came", Errors: refusals,
	}), d.accept)
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "map-inbox-item", Method: http.MethodPost, Path: path + "map", Summary: "Say whom, or which course, it was about", Errors: refusals,
	}), d.mapTo)
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "link-inbox-item", Method: http.MethodPost, Path: path + "link", Summary: "Say which class a mark belongs to", Errors: refusals,
	}), d.link)
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "reject-inbox-item", Method: http.MethodPost, Path: path + "reject", Summary: "Say that it counts nowhere, and why", Errors: refusals,
	}), d.reject)
}

func (d Deps) accept(ctx context.Context, in *InboxItemPath) (*inboxItemOutput, error) {
	return d.do(ctx, func(ctx context.Context, tx desk) (attendance.Item, error) {
		return d.Service.PlaceItem(ctx, tx, tx.by, in.ID, attendance.AsItIs, attendance.Target{})
	})
}

func (d Deps) mapTo(ctx context.Context, in *mapInboxInput) (*inboxItemOutput, error) {
	if in.Body.StudentID.IsZero() == in.Body.CourseID.IsZero() {
		return nil, attendance.Invalid{Field: "student_id", Why: "name either a student or a course"}
	}
	to := attendance.Target{Student: in.Body.StudentID, Course: in.Body.CourseID}
	return d.do(ctx, func(ctx context.Context, tx desk) (attendance.Item, error) {
		if in.Body.Alike {
			return d.Service.MapAlike(ctx, tx, tx.by, in.ID, to)
		}
		return d.Service.PlaceItem(ctx, tx, tx.by, in.ID, attendance.AsMapped, to)
	})
}

func (d Deps) link(ctx context.Context, in *linkInboxInput) (*inboxItemOutput, error) {
	to := attendance.Target{Session: in.Body.SessionID, Student: in.Body.StudentID}
	return d.do(ctx, func(ctx context.Context, tx desk) (attendance.Item, error) {
		return d.Service.PlaceItem(ctx, tx, tx.by, in.ID, attendance.AsLinked, to)
	})
}

func (d Deps) reject(ctx context.Context, in *rejectInboxInput) (*inboxItemOutput, error) {
	return d.do(ctx, func(ctx context.Context, tx desk) (attendance.Item, error) {
		return d.Service.Reject(ctx, tx, tx.by, in.ID, in.Body.Reason)
	})
}
