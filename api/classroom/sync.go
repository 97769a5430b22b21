package classroom

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/rest"
)

// SyncStatus is how a server stands: the original's names, and what a person
// needs to know of a pendrive.
type SyncStatus struct {
	NodeType          string     `json:"node_type" enum:"cloud,local"`
	CloudURL          string     `json:"cloud_url" doc:"The original's words where there is none." example:"not configured"`
	CloudReachable    bool       `json:"cloud_reachable" doc:"What the last attempt said; asking does not try."`
	AutoSync          bool       `json:"auto_sync"`
	DatabaseExists    bool       `json:"database_exists"`
	DatabaseSizeBytes int64      `json:"database_size_bytes"`
	DatabaseSizeHuman string     `json:"database_size_human"`
	Paired            bool       `json:"paired"`
	Name              string     `json:"name"`
	Institution       string     `json:"institution"`
	Waiting           int        `json:"waiting" doc:"Lines of the log that the cloud has not confirmed."`
	Unplaced          int        `json:"unplaced" doc:"Marks kept aside for a person to place."`
	LastSync          *time.Time `json:"last_sync" nullable:"true"`
	Attention         string     `json:"attention" doc:"What a person must do; empty: nothing."`
	Version           string     `json:"version"`
}

// Pushed is what a sync asked for came to.
type Pushed struct {
	Code    int    `json:"-"` // HTTP status
	Status  string `json:"status" enum:"success,error"`
	Message string `json:"message"`
	Sent    int    `json:"sent" doc:"Lines that the cloud confirmed now."`
	Learnt  int    `json:"learnt" doc:"Facts that the cloud told."`
	Waiting int    `json:"waiting"`
}

// Sync is what each server says of itself.
type Sync interface {
	SyncStatus(ctx context.Context) (SyncStatus, error)
	// Push runs a cycle now, on a pendrive.
	Push(ctx context.Context) (Pushed, error)
	// Well is why the server cannot keep a mark; nil: it can.
	Well(ctx context.Context) error
}

type syncStatusOutput struct{ Body SyncStatus }

type pushOutput struct {
	Status int
	Body   Pushed
}

type healthOutput struct {
	Status int
	Body   struct {
		Status      string `json:"status" enum:"healthy,degraded"`
		Database    string `json:"database" enum:"connected,unreachable"`
		Environment string `json:"environment" enum:"production,edge"`
		Version     string `json:"version"`
	}
}

func (d Deps) sync(api huma.API) {
	rest.Handle(api, rest.Unlimited(both(huma.Operation{
		OperationID: "get-sync-status", Method: http.MethodGet, Path: "/api/sync/status", Tags: []string{"Sync"},
		Summary: "Which server this is, and how its sync stands", Security: rest.Public,
	})), d.syncStatus)
	rest.Handle(api, both(huma.Operation{
		OperationID: "push-now", Method: http.MethodPost, Path: "/api/sync/push", Tags: []string{"Sync"},
		Summary: "Send what waits now (on a pendrive)", Security: rest.Public, Errors: []int{http.StatusServiceUnavailable},
		Description: "Anybody in the room may ask: it sends what would be sent anyway, one cycle at a time.",
	}), d.push)
	rest.Handle(api, rest.Unlimited(both(huma.Operation{
		OperationID: "get-health", Method: http.MethodGet, Path: "/api/health", Tags: []string{"Operations"},
		Summary: "Is the server well", Security: rest.Public, Errors: []int{http.StatusServiceUnavailable},
	})), d.health)
}

func (d Deps) syncStatus(ctx context.Context, _ *struct{}) (*syncStatusOutput, error) {
	st, err := d.Sync.SyncStatus(ctx)
	if err != nil {
		return nil, err
	}
	return &syncStatusOutput{Body: st}, nil
}

func (d Deps) push(ctx context.Context, _ *struct{}) (*pushOutput, error) {
	done, err := d.Sync.Push(ctx)
	if err != nil {
		return nil, err
	}
	return &pushOutput{Status: done.Code, Body: done}, nil
}

func (d Deps) health(ctx context.Context, _ *struct{}) (*healthOutput, error) {
	out := &healthOutput{Status: http.StatusOK}
	b := &out.Body
	b.Status, b.Database, b.Environment, b.Version = "healthy", "connected", "production", rest.Version
	if d.Server.Kind == "edge" {
		b.Environment = "edge"
	}
	if d.Sync.Well(ctx) != nil { // why is in the log, not for everybody
		out.Status, b.Status, b.Database = http.StatusServiceUnavailable, "degraded", "unreachable"
	}
	return out, nil
}
