package review

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

type requestAnswerInput struct {
	RequestPath
	Body struct {
		Decision string `json:"decision" enum:"approve,decline"`
		Status   string `json:"status,omitempty" enum:"present,late,absent,excused,duty" doc:"Another one than asked for."`
		Note     string `json:"note,omitempty" maxLength:"1000" doc:"For who asked; needed to decline."`
	}
}

type requestRevokeInput struct {
	RequestPath
	Body struct {
		Note string `json:"note" minLength:"3" maxLength:"1000" doc:"Why."`
	}
}

func (d Deps) answering(api huma.API) {
	failing := []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict}
	rest.Handle(api, ofTeacher(huma.Operation{
		OperationID: "answer-as-teacher", Method: http.MethodPost, Path: "/api/teacher/requests/{id}/answer", Errors: failing,
		Summary:     "Decide a leave or a dispute",
		Description: "Of courses of yours only. A leave for all courses, or for another teacher's, and what is too old to change alone, is for the office: office-decides, edit-window.",
	}), d.answer)
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "answer-request", Method: http.MethodPost, Path: "/api/admin/requests/{id}/answer", Summary: "Decide a request", Errors: failing,
		Description: "An approved leave excuses the student in each class of its time, also in those that are opened or arrive from a pendrive later. " +
			"It never hides that the student was there: see conflict.",
	}), d.answer)
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "revoke-request", Method: http.MethodPost, Path: "/api/admin/requests/{id}/revoke", Errors: failing,
		Summary: "Take an approval back, with the marks it made",
	}), func(ctx context.Context, in *requestRevokeInput) (*requestOutput, error) {
		return d.do(ctx, func(ctx context.Context, tx attendance.Reviews) (attendance.Request, error) {
			return d.Service.Revoke(ctx, tx, auth.From(ctx).Actor, in.ID, in.Body.Note)
		})
	})
}

func (d Deps) answer(ctx context.Context, in *requestAnswerInput) (*requestOutput, error) {
	return d.do(ctx, func(ctx context.Context, tx attendance.Reviews) (attendance.Request, error) {
		return d.Service.Decide(ctx, tx, auth.From(ctx).Actor, in.ID, attendance.Decision{
			Approve: in.Body.Decision == "approve", Status: attendance.Status(in.Body.Status), Note: in.Body.Note,
		})
	})
}
