package signin

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

type loginEntryBody struct {
	ID         attendance.ID `json:"id" format:"uuid"`
	CreatedAt  time.Time     `json:"created_at"`
	LastSeenAt time.Time     `json:"last_seen_at" doc:"To the minute."`
	ExpiresAt  time.Time     `json:"expires_at"`
	Agent      string        `json:"agent" doc:"The browser, as it named itself."`
	Address    string        `json:"address"`
	Current    bool          `json:"current" doc:"This is the one that asks."`
}

type loginsOutput struct{ Body []loginEntryBody }

type loginInput struct {
	ID attendance.ID `path:"id" format:"uuid"`
}

type signOutOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

// SignOut mounts POST /api/<role>/logout.
func (d Desk) SignOut(api huma.API, op huma.Operation) {
	op.Method, op.DefaultStatus = http.MethodPost, http.StatusNoContent
	rest.Handle(api, rest.BeforeChange(op), func(ctx context.Context, _ *struct{}) (*signOutOutput, error) {
		gone, err := d.End(ctx)
		return &signOutOutput{SetCookie: gone}, err
	})
}

// Mine mounts where somebody of a role is signed in: GET and DELETE
// /api/<role>/logins.
func (d Desk) Mine(api huma.API, role attendance.Role, tag string) {
	of := func(op huma.Operation) huma.Operation {
		op.Tags, op.Security = []string{tag}, rest.Only(role)
		return rest.Served(op, "cloud")
	}
	path := "/api/" + string(role) + "/logins"
	rest.Handle(api, of(huma.Operation{
		OperationID: "list-" + string(role) + "-logins", Method: http.MethodGet, Path: path, Summary: "List where I am signed in",
	}), d.list)
	rest.Handle(api, of(huma.Operation{
		OperationID: "end-" + string(role) + "-login", Method: http.MethodDelete, Path: path + "/{id}", Summary: "Sign me out somewhere else",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound},
	}), d.end)
}

func (d Desk) list(ctx context.Context, _ *struct{}) (*loginsOutput, error) {
	me := auth.From(ctx)
	all, err := d.Book.Logins(ctx, me.Actor)
	if err != nil {
		return nil, err
	}
	out := &loginsOutput{Body: make([]loginEntryBody, len(all))}
	for i, l := range all {
		out.Body[i] = loginEntryBody{
			ID: l.ID, CreatedAt: l.CreatedAt.UTC().Truncate(time.Second), LastSeenAt: l.SeenAt.UTC().Truncate(time.Minute),
			ExpiresAt: l.ExpiresAt.UTC(), Agent: l.Agent, Address: l.Address, Current: l.ID == me.Login,
		}
	}
	return out, nil
}

func (d Desk) end(ctx context.Context, in *loginInput) (*struct{}, error) {
	return nil, d.Book.EndLogin(ctx, auth.From(ctx).ID, in.ID)
}
