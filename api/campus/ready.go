package campus

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/rest"
)

type readyOutput struct {
	Body struct {
		Ready bool `json:"ready"`
	}
}

func (d Deps) ready(api huma.API) {
	rest.Handle(api, rest.Unlimited(cloud(huma.Operation{
		OperationID: "get-ready", Method: http.MethodGet, Path: "/readyz", Tags: []string{"Operations"},
		Summary: "May a balancer send requests here", Security: rest.Public, Errors: []int{http.StatusServiceUnavailable},
	})), d.getReady)
}

func (d Deps) getReady(ctx context.Context, _ *struct{}) (*readyOutput, error) {
	if err := d.Ready(ctx); err != nil {
		return nil, rest.NewProblem(http.StatusServiceUnavailable, "busy", "this server takes no requests now: it is stopping, or its database does not answer")
	}
	out := &readyOutput{}
	out.Body.Ready = true
	return out, nil
}
