package node

import (
	"context"
	"net/http"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/pendrive"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/edge/door"
)

// Invite implements pendrive.Drive.
func (o office) Invite(context.Context) (pendrive.Invitation, error) {
	at := o.network().LAN
	if len(at) == 0 {
		return pendrive.Invitation{}, rest.NewProblem(http.StatusConflict, "no-network",
			"no phone reaches this computer: connect it to the classroom's Wi-Fi (and leave ARISE_EDGE_LISTEN as it is), then try again")
	}
	token, until := o.phones.Invite()
	return pendrive.Invitation{URL: at[0] + door.Pair + token, Until: until}, nil
}

// Revoke implements pendrive.Drive.
func (o office) Revoke(ctx context.Context, id attendance.ID) error { return o.phones.Revoke(ctx, id) }

// listed are the phones that are let in.
func (n *Node) listed() []pendrive.EdgePhone {
	out := []pendrive.EdgePhone{}
	if n.phones == nil { // its program does not run
		return out
	}
	for _, p := range n.phones.List() {
		out = append(out, pendrive.EdgePhone{
			ID: p.ID, Browser: pendrive.Browser(p.Agent), Address: p.Address,
			PairedAt: p.PairedAt.UTC().Truncate(time.Second), SeenAt: p.SeenAt.UTC().Truncate(time.Second),
		})
	}
	return out
}
