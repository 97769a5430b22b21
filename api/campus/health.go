package campus

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/rest"
)

type healthOutput struct {
	Status int
	Body   struct {
		Status      string `json:"status" enum:"healthy,degraded"`
		Database    string `json:"database" enum:"connected,unreachable"`
		Environment string `json:"environment" example:"production"`
		Version     string `json:"version"`
	}
}

type readyOutput struct {
	Body struct {
		Ready bool `json:"ready"`
	}
}

func (d Deps) health(api huma.API) {
	rest.Handle(api, cloud(huma.Operation{
		OperationID: "get-health", Method: http.MethodGet, Path: "/api/health", Tags: []string{"Operations"},
		Summary: "Is the server well", Security: rest.Public, Errors: []int{http.StatusServiceUnavailable},
	}), d.getHealth)
	rest.Handle(api, cloud(huma.Operation{
		OperationID: "get-ready", Method: http.MethodGet, Path: "/readyz", Tags: []string{"Operations"},
		Summary: "May a balancer send requests here", Security: rest.Public, Errors: []int{http.StatusServiceUnavailable},
	}), d.getReady)
}

func (d Deps) getHealth(ctx context.Context, _ *struct{}) (*healthOutput, error) {
	out := &healthOutput{Status: http.StatusOK}
	b := &out.Body
	b.Status, b.Database, b.Environment, b.Version = "healthy", "connected", "production", rest.Version
	if d.Ready(ctx) != nil { // why is in the log, not for everybody
		out.Status, b.Status, b.Database = http.StatusServiceUnavailable, "degraded", "unreachable"
	}
	return out, nil
}

func (d Deps) getReady(ctx context.Context, _ *struct{}) (*readyOutput, error) {
	if err := d.Ready(ctx); err != nil {
		return nil, rest.NewProblem(http.StatusServiceUnavailable, "busy", "the database does not answer yet")
	}
	out := &readyOutput{}
	out.Body.Ready = true
	return out, nil
}
