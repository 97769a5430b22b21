package replay

import (
	"context"
	"time"

	openapi_types "github.com/oapi-codegen/runtime/types"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/openapi/client"
)

// Claim is what a pendrive says when it pairs. The key was stored before it is
// sent, so that a lost answer is asked for again.
type Claim struct {
	Code        string
	Key         []byte
	Incarnation attendance.ID
	Version     string
}

// Claimed is who the pendrive is from now on.
type Claimed struct {
	Node        attendance.ID
	Name        string
	Institution string
	At          time.Time
}

// Claim pairs a pendrive.
func (c *Client) Claim(ctx context.Context, cl Claim) (Claimed, error) {
	return within(ctx, func(ctx context.Context) (Claimed, error) {
		resp, err := c.api.ClaimNode(ctx, client.ClaimInputBody{
			Code: cl.Code, Key: cl.Key, Incarnation: openapi_types.UUID(cl.Incarnation), Version: &cl.Version,
		})
		var got client.ClaimOutputBody
		if err := answer(resp, err, &got); err != nil {
			return Claimed{}, err
		}
		out := Claimed{Node: attendance.ID(got.NodeId), Name: got.Name, Institution: got.Institution, At: got.ServerTime}
		if out.Node.IsZero() {
			return Claimed{}, Stranger{Why: "it names no pendrive"}
		}
		return out, nil
	})
}
