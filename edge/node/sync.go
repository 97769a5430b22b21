package node

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/rest"
)

// Status is how a pendrive stands: the original's names, and what a person needs
// to know of it.
type Status struct {
	NodeType          string     `json:"node_type" enum:"cloud,local"`
	CloudURL          string     `json:"cloud_url"`
	CloudReachable    bool       `json:"cloud_reachable"`
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

type statusOutput struct{ Body Status }

type pushOutput struct {
	Status int
	Body   struct {
		Status  string `json:"status" enum:"success,error"`
		Message string `json:"message"`
		Sent    int    `json:"sent" doc:"Lines that the cloud confirmed now."`
		Learnt  int    `json:"learnt" doc:"Facts that the cloud told."`
		Waiting int    `json:"waiting"`
	}
}

type healthOutput struct {
	Status int
	Body   struct {
		Status      string `json:"status" enum:"healthy,degraded"`
		Database    string `json:"database" enum:"connected,unreachable"`
		Environment string `json:"environment"`
		Version     string `json:"version"`
	}
}

// office answers for one room of the node.
type office struct {
	*Node
	room *room
}

// operations mounts what a pendrive answers about itself.
func (n *Node) operations(api huma.API, r *room) {
	o := office{Node: n, room: r}
	edge := func(op huma.Operation) huma.Operation {
		op.Tags, op.Security = []string{"Sync"}, rest.Public
		return rest.Served(op, "cloud", "edge")
	}
	rest.Handle(api, edge(huma.Operation{
		OperationID: "get-sync-status", Method: http.MethodGet, Path: "/api/sync/status",
		Summary: "Which server this is, and how its sync stands",
	}), o.status)
	rest.Handle(api, edge(huma.Operation{
		OperationID: "push-now", Method: http.MethodPost, Path: "/api/sync/push",
		Summary: "Send what waits now (on a pendrive)",
	}), o.push)
	rest.Handle(api, edge(huma.Operation{
		OperationID: "get-health", Method: http.MethodGet, Path: "/api/health", Summary: "Is the server well",
	}), o.health)
}

func (o office) status(ctx context.Context, _ *struct{}) (*statusOutput, error) {
	b, err := o.backlog(ctx)
	if err != nil {
		return nil, err
	}
	size, err := o.store.Size()
	if err != nil {
		return nil, err
	}
	out := &statusOutput{Body: Status{
		NodeType: "local", CloudURL: o.config.Cloud, CloudReachable: b.Reachable,
		AutoSync: o.config.Cloud != "" && o.config.Every > 0, DatabaseExists: true,
		DatabaseSizeBytes: size, DatabaseSizeHuman: human(size),
		Paired: !o.room.identity.Node.IsZero(), Name: o.room.identity.Name, Institution: o.room.identity.Institution,
		Waiting: b.Waiting, Unplaced: b.Unplaced, Attention: b.Attention, Version: o.config.Version,
	}}
	if !b.LastSync.IsZero() {
		at := b.LastSync.UTC().Truncate(time.Millisecond)
		out.Body.LastSync = &at
	}
	if out.Body.CloudURL == "" {
		out.Body.CloudURL = "not configured"
	}
	return out, nil
}

func (o office) backlog(ctx context.Context) (attendance.Backlog, error) {
	var out attendance.Backlog
	err := o.store.View(ctx, func(ctx context.Context, tx attendance.Tx) (err error) {
		out, err = tx.Backlog(ctx)
		return err
	})
	return out, err
}

// push runs a cycle now. Its answer is in the original's words.
func (o office) push(ctx context.Context, _ *struct{}) (*pushOutput, error) {
	out := &pushOutput{Status: http.StatusServiceUnavailable}
	b := &out.Body
	b.Status = "error"
	switch {
	case o.config.Cloud == "":
		out.Status, b.Message = http.StatusBadRequest, "No cloud server is configured: set CLOUD_SERVER_URL"
		return out, nil
	case o.room.replay == nil:
		b.Message = "This pendrive is not paired with the school yet"
		return out, nil
	}
	done, failed := o.room.replay.Cycle(ctx)
	b.Sent, b.Learnt = done.Sent, done.Learnt
	left, err := o.backlog(ctx)
	if err != nil {
		return nil, err
	}
	b.Waiting = left.Waiting
	if failed != nil {
		b.Message = "Not synced: " + failed.Error()
	} else {
		out.Status, b.Status = http.StatusOK, "success"
		b.Message = fmt.Sprintf("Synced to cloud: %d lines sent, %d facts received", done.Sent, done.Learnt)
	}
	return out, nil
}

func (o office) health(context.Context, *struct{}) (*healthOutput, error) {
	out := &healthOutput{Status: http.StatusOK}
	b := &out.Body
	b.Status, b.Database, b.Environment, b.Version = "healthy", "connected", "edge", o.config.Version
	if o.store.Failed() != nil {
		out.Status, b.Status, b.Database = http.StatusServiceUnavailable, "degraded", "unreachable"
	}
	return out, nil
}

// human prints a size as the original did.
func human(n int64) string {
	v, unit := float64(n), 0
	units := []string{"B", "KB", "MB", "GB"}
	for v >= 1024 && unit < len(units)-1 {
		v /= 1024
		unit++
	}
	return fmt.Sprintf("%.1f %s", v, units[unit])
}

// Look reads how a pendrive stands while its program does not run.
func Look(ctx context.Context, c Config) (st Status, err error) {
	store, err := Open(ctx, c, nil, nil)
	if err != nil {
		return st, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	id, err := store.Identity(ctx)
	if err != nil {
		return st, err
	}
	out, err := office{Node: &Node{config: c, store: store}, room: &room{identity: id}}.status(ctx, nil)
	if err != nil {
		return st, err
	}
	return out.Body, nil
}
