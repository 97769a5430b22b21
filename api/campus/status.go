package campus

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/rest"
)

// StatusBody is the original's sync status, with what a pendrive adds.
type statusBody struct {
	NodeType       string `json:"node_type" enum:"cloud,local"`
	CloudURL       string `json:"cloud_url" doc:"The original's words where there is none." example:"not configured"`
	AutoSync       bool   `json:"auto_sync"`
	DatabaseExists bool   `json:"database_exists"`
}

type statusOutput struct{ Body statusBody }

type pushOutput struct {
	Status int
	Body   struct {
		Status  string `json:"status" example:"error"`
		Message string `json:"message"`
	}
}

func (d Deps) status(api huma.API) {
	rest.Handle(api, rest.Served(huma.Operation{
		OperationID: "get-sync-status", Method: http.MethodGet, Path: "/api/sync/status", Tags: []string{"Sync"},
		Summary: "Which server this is, and how its sync stands", Security: rest.Public,
	}, "cloud", "edge"), d.syncStatus)
	rest.Handle(api, rest.Served(huma.Operation{
		OperationID: "push-now", Method: http.MethodPost, Path: "/api/sync/push", Tags: []string{"Sync"},
		Summary: "Send what waits now (on a pendrive)", Security: rest.Public, Errors: []int{http.StatusServiceUnavailable},
	}, "cloud", "edge"), d.push)
}

func (d Deps) syncStatus(ctx context.Context, _ *struct{}) (*statusOutput, error) {
	return &statusOutput{Body: statusBody{NodeType: "cloud", CloudURL: "not configured", DatabaseExists: d.Ready(ctx) == nil}}, nil
}

func (d Deps) push(context.Context, *struct{}) (*pushOutput, error) {
	out := &pushOutput{Status: http.StatusBadRequest}
	out.Body.Status, out.Body.Message = "error", "Cannot push from cloud server"
	return out, nil
}
