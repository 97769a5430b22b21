package campus

import (
	"context"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

var uploadType = reflect.TypeFor[uploadBody]()

type rosterInput struct {
	Generation string `query:"generation" maxLength:"60" doc:"Of the roster the pendrive holds; absent: send the whole."`
	Rev        int64  `query:"rev" minimum:"0" doc:"The last revision it holds."`
	Facts      string `query:"facts" maxLength:"200" doc:"The facts_cursor of the last answer."`
	Waiting    int    `query:"waiting" default:"-1" doc:"Lines of its log that wait, for the office to see."`
	WallMS     int64  `query:"wall_ms" doc:"What its wall clock says now, Unix milliseconds."`
	Version    string `query:"version" maxLength:"60" doc:"Of its program."`
}

type rosterOutput struct{ Body rosterBody }

type rosterBody struct {
	Generation  attendance.ID       `json:"generation" format:"uuid" doc:"New when the cloud's database was restored."`
	Rev         int64               `json:"rev" doc:"Of the roster when all changes of this page are applied."`
	Head        int64               `json:"head" doc:"The newest revision."`
	Snapshot    bool                `json:"snapshot" doc:"The changes are all rows there are: hide every other."`
	Changes     []attendance.Change `json:"changes"`
	Digest      string              `json:"digest" doc:"Decimal: the sum, modulo 2^64, of the first 8 bytes of SHA-256(kind 0 key 0 row) of all rows held at rev; empty while more follow."`
	More        bool                `json:"more"`
	Facts       []attendance.Told   `json:"facts" doc:"Facts of this pendrive's courses that others made."`
	FactsCursor string              `json:"facts_cursor"`
	FactsMore   bool                `json:"facts_more"`
	Lease       leaseBody           `json:"lease"`
	ServerTime  time.Time           `json:"server_time" doc:"What time it is, for a pendrive to go by."`
}

type leaseBody struct {
	Name      string     `json:"name" doc:"What the office calls this pendrive now."`
	State     string     `json:"state" enum:"active,expired,revoked" doc:"expired: it begins no class, and still hands in. revoked: what it hands in waits in the inbox."`
	ExpiresAt *time.Time `json:"expires_at,omitempty" doc:"Absent: it has no end."`
}

func leaseOf(l attendance.Lease) leaseBody {
	out := leaseBody{Name: l.Name, State: string(l.State)}
	if !l.ExpiresAt.IsZero() {
		at := l.ExpiresAt.UTC().Truncate(time.Millisecond)
		out.ExpiresAt = &at
	}
	return out
}

func (d Deps) roster(api huma.API) {
	rest.Handle(api, ofNode(huma.Operation{
		OperationID: "pull-roster", Method: http.MethodGet, Path: "/api/sync/roster",
		Summary:     "What a pendrive must know: its courses, their people, and facts that others made",
		Description: "Revisions are dense and in the order of commits. must-refetch means: ask again without generation for a snapshot.",
		Errors:      []int{http.StatusForbidden, http.StatusConflict},
	}), d.pullRoster)
	// A row is hashed byte for byte, so a client must not decode it on the way.
	row := api.OpenAPI().Components.Schemas.SchemaFromRef("#/components/schemas/Change").Properties["row"]
	row.Description = "The row itself; its bytes are what the digest is made of."
	row.Extensions = map[string]any{"x-go-type": "json.RawMessage"}
}

func (in *rosterInput) said(now time.Time) attendance.Vitals {
	out := attendance.Vitals{Ahead: ahead(in.WallMS, now), Version: version(in.Version)}
	if in.Waiting >= 0 {
		out.Waiting = &in.Waiting
	}
	return out
}

func (d Deps) pullRoster(ctx context.Context, in *rosterInput) (*rosterOutput, error) {
	var generation attendance.ID
	if in.Generation != "" {
		var err error
		if generation, err = attendance.ParseID(in.Generation); err != nil {
			return nil, attendance.ErrRefetch
		}
	}
	me := auth.From(ctx).ID
	page, err := d.Feeds.Feed(ctx, me, generation, in.Rev, in.Facts)
	if err != nil {
		return nil, err
	}
	if err := d.Nodes.Heard(ctx, me, in.said(d.Service.Now())); err != nil {
		return nil, err
	}
	out := &rosterOutput{Body: rosterBody{
		Generation: page.Generation, Rev: page.Rev, Head: page.Head, Snapshot: page.Snapshot, Changes: page.Changes, More: page.More,
		Facts: page.Facts, FactsCursor: page.Cursor, FactsMore: page.FactsMore, Lease: leaseOf(page.Lease),
		ServerTime: d.Service.Now().UTC(),
	}}
	if !page.More {
		out.Body.Digest = strconv.FormatUint(uint64(page.Digest), 10)
	}
	if page.Changes == nil {
		out.Body.Changes = []attendance.Change{}
	}
	if page.Facts == nil {
		out.Body.Facts = []attendance.Told{}
	}
	return out, nil
}
