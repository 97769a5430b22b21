package outbox

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/rest"
)

type failureBody struct {
	ID       int64      `json:"id"`
	Kind     string     `json:"kind" example:"send_mail"`
	State    string     `json:"state" enum:"retryable,discarded" doc:"Retryable: it will be tried again by itself. Discarded: it was given up."`
	Attempts int        `json:"attempts"`
	Most     int        `json:"max_attempts"`
	At       *time.Time `json:"attempted_at" nullable:"true"`
	NextAt   *time.Time `json:"next_at" nullable:"true"`
	Error    string     `json:"error"`
}

type failuresOutput struct{ Body []failureBody }

type jobPath struct {
	ID int64 `path:"id" minimum:"1"`
}

// shownFailures is more than anybody reads.
const shownFailures = 200

func (d Deps) jobs(api huma.API) {
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "list-failed-jobs", Method: http.MethodGet, Path: "/api/admin/jobs", Summary: "Jobs that failed",
		Description: "The newest 200, given up or to be tried again. Those that went well are not here.",
	}), d.listFailures)
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "retry-job", Method: http.MethodPost, Path: "/api/admin/jobs/{id}/retry", Summary: "Try a job again now",
		Description: "A job that did its work before it failed does not do it twice.", DefaultStatus: http.StatusAccepted, Errors: []int{http.StatusNotFound},
	}), d.retryJob)
}

func (d Deps) listFailures(ctx context.Context, _ *struct{}) (*failuresOutput, error) {
	all, err := d.Jobs.Failures(ctx, shownFailures)
	if err != nil {
		return nil, err
	}
	out := &failuresOutput{Body: make([]failureBody, len(all))}
	for i, f := range all {
		out.Body[i] = failureBody{
			ID: f.ID, Kind: f.Kind, State: f.State, Attempts: f.Attempts, Most: f.Most, At: at(f.At), NextAt: at(f.NextAt), Error: f.Error,
		}
	}
	return out, nil
}

func (d Deps) retryJob(ctx context.Context, in *jobPath) (*struct{}, error) {
	return nil, d.Jobs.Again(ctx, in.ID)
}
