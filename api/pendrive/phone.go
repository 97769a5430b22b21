package pendrive

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/qr"
	"github.com/arise-attendance/arise/api/rest"
)

// EdgePhone is a browser of the classroom's network that the teacher let in.
type EdgePhone struct {
	ID       attendance.ID `json:"id" format:"uuid"`
	Browser  string        `json:"browser" doc:"As far as it says." example:"Chrome on Android"`
	Address  string        `json:"address" doc:"Where it called from last."`
	PairedAt time.Time     `json:"paired_at"`
	SeenAt   time.Time     `json:"seen_at"`
}

// Invitation lets one phone in, once.
type Invitation struct {
	URL   string
	Until time.Time
}

type edgeInvitationBody struct {
	URL       string    `json:"url" doc:"To open on the phone; good once."`
	QR        string    `json:"qr" doc:"The same as an SVG picture."`
	ExpiresAt time.Time `json:"expires_at"`
}

type edgeInvitationOutput struct{ Body edgeInvitationBody }

type edgePhoneInput struct {
	ID attendance.ID `path:"id" format:"uuid"`
}

func (d Deps) phones(api huma.API) {
	rest.Handle(api, ofEdge(huma.Operation{
		OperationID: "invite-phone", Method: http.MethodPost, Path: "/api/edge/phones",
		Summary: "Make a QR code that lets one phone in", Security: rest.Only(attendance.RoleTeacher),
		Description: "Done on the pendrive's own computer. The phone that opens the link reaches the teacher's screen from the classroom's network, and still has to sign in. " +
			"A newer code ends an older one. The phones are listed in GET /api/edge/status.",
		Errors: []int{http.StatusForbidden, http.StatusConflict},
	}), d.invitePhone)
	rest.Handle(api, ofEdge(huma.Operation{
		OperationID: "revoke-phone", Method: http.MethodDelete, Path: "/api/edge/phones/{id}",
		Summary: "Shut a phone out", Security: rest.Only(attendance.RoleTeacher), DefaultStatus: http.StatusNoContent,
		Description: "At once: what it still has open ends too.",
	}), d.revokePhone)
}

func (d Deps) invitePhone(ctx context.Context, _ *struct{}) (*edgeInvitationOutput, error) {
	drive, err := d.drive()
	if err != nil {
		return nil, err
	}
	i, err := drive.Invite(ctx)
	if err != nil {
		return nil, err
	}
	svg, err := qr.SVG(i.URL, "QR code that lets one phone in")
	return &edgeInvitationOutput{Body: edgeInvitationBody{URL: i.URL, QR: string(svg), ExpiresAt: i.Until.UTC().Truncate(time.Second)}}, err
}

func (d Deps) revokePhone(ctx context.Context, in *edgePhoneInput) (*struct{}, error) {
	drive, err := d.drive()
	if err != nil {
		return nil, err
	}
	return nil, drive.Revoke(ctx, in.ID)
}

// Browser names a browser by what it says of itself, well enough to tell a phone
// from another on a short list. Every browser claims to be some of the others, so
// the order counts.
func Browser(agent string) string {
	first := func(unknown string, pairs ...string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if strings.Contains(agent, pairs[i]) {
				return pairs[i+1]
			}
		}
		return unknown
	}
	name := first("Browser", "Firefox", "Firefox", "FxiOS", "Firefox", "SamsungBrowser", "Samsung Internet", "Edg", "Edge", "OPR", "Opera",
		"CriOS", "Chrome", "Chrome", "Chrome", "Safari", "Safari")
	return name + " on " + first("something else", "Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "Windows", "Windows", "CrOS", "Chromebook",
		"Macintosh", "Mac", "Linux", "Linux")
}
