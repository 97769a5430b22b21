package campus

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

type claimInput struct {
	Body struct {
		Code        string        `json:"code" minLength:"8" maxLength:"80" doc:"The claim code from the office."`
		Key         []byte        `json:"key" doc:"32 random bytes, made and stored by the pendrive before it asks."`
		Incarnation attendance.ID `json:"incarnation" format:"uuid" doc:"Of the pendrive's database file."`
		Version     string        `json:"version,omitempty" required:"false" maxLength:"60" doc:"Of the pendrive's program."`
	}
}

type claimOutput struct {
	Body struct {
		NodeID      attendance.ID `json:"node_id" format:"uuid"`
		Name        string        `json:"name"`
		Institution string        `json:"institution"`
		ServerTime  time.Time     `json:"server_time"`
		Generation  attendance.ID `json:"generation" format:"uuid" doc:"Of the roster feed."`
	}
}

func (d Deps) claim(api huma.API) {
	rest.Handle(api, cloud(huma.Operation{
		OperationID: "claim-node", Method: http.MethodPost, Path: "/api/sync/claim", Tags: []string{"Sync"},
		Summary: "Pair a pendrive with a claim code", Security: rest.Public,
		Description: "A code is good once. Repeating the request with the same key gives the same answer, so a lost reply costs nothing.",
		Errors:      []int{http.StatusForbidden, http.StatusConflict},
	}), d.claimNode)
}

func (d Deps) claimNode(ctx context.Context, in *claimInput) (*claimOutput, error) {
	if len(in.Body.Key) != 32 {
		return nil, attendance.Invalid{Field: "key", Why: "must be 32 bytes in base64"}
	}
	now := d.Service.Now()
	node, err := d.Nodes.Claim(ctx, in.Body.Code, auth.HashKey(in.Body.Key), in.Body.Version, now)
	if err != nil {
		return nil, err
	}
	head, err := d.Feeds.Head(ctx)
	if err != nil {
		return nil, err
	}
	school, err := d.Service.School(ctx)
	if err != nil {
		return nil, err
	}
	out := &claimOutput{}
	b := &out.Body
	b.NodeID, b.Name, b.Institution = node.ID, node.Name, school.Name
	b.ServerTime, b.Generation = now.UTC(), head.Generation
	return out, nil
}
