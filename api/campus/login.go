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

type passwordInput struct {
	Body struct {
		Current string `json:"current" minLength:"1" maxLength:"200"`
		New     string `json:"new" maxLength:"800" doc:"10 characters or more."`
	}
}

type adminLoginBody struct {
	ID         attendance.ID `json:"id" format:"uuid"`
	CreatedAt  time.Time     `json:"created_at"`
	LastSeenAt time.Time     `json:"last_seen_at" doc:"To the minute."`
	ExpiresAt  time.Time     `json:"expires_at"`
	Agent      string        `json:"agent" doc:"The browser, as it named itself."`
	Address    string        `json:"address"`
	Current    bool          `json:"current" doc:"This is the one that asks."`
}

type loginsOutput struct{ Body []adminLoginBody }

func (d Deps) logins(api huma.API) {
	rest.Handle(api, rest.BeforeChange(ofAdmin(huma.Operation{
		OperationID: "change-password", Method: http.MethodPost, Path: "/api/admin/password", Summary: "Change my password",
		Description: "Ends my sign-ins everywhere else.", DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusTooManyRequests},
	})), d.changePassword)
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "list-logins", Method: http.MethodGet, Path: "/api/admin/logins", Summary: "List where I am signed in",
	}), d.listLogins)
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "end-login", Method: http.MethodDelete, Path: "/api/admin/logins/{id}", Summary: "Sign me out somewhere else",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound},
	}), d.endLogin)
}

func (d Deps) changePassword(ctx context.Context, in *passwordInput) (*struct{}, error) {
	me := auth.From(ctx)
	key := "password|" + me.ID.String()
	if !d.Tries.Begin(key) {
		return nil, tooMany()
	}
	a, err := d.Accounts.Account(ctx, me.ID)
	if err != nil {
		return nil, err
	}
	if !auth.VerifySecret(a.PasswordHash, in.Body.Current) {
		return nil, attendance.Invalid{Field: "current", Why: "is not your password: type the one you signed in with"}
	}
	if err := d.Tries.Right(key); err != nil {
		return nil, err
	}
	if why := auth.WeakPassword(in.Body.New, a.Username); why != "" {
		return nil, attendance.Invalid{Field: "new", Why: why}
	}
	if in.Body.New == in.Body.Current {
		return nil, attendance.Invalid{Field: "new", Why: "is the password you have: choose another"}
	}
	hash, err := auth.HashSecret(in.Body.New)
	if err != nil {
		return nil, err
	}
	return nil, d.Accounts.SetPassword(ctx, me.ID, hash, me.Login)
}

func (d Deps) listLogins(ctx context.Context, _ *struct{}) (*loginsOutput, error) {
	me := auth.From(ctx)
	all, err := d.Accounts.Logins(ctx, me.Actor)
	if err != nil {
		return nil, err
	}
	out := &loginsOutput{Body: make([]adminLoginBody, len(all))}
	for i, l := range all {
		out.Body[i] = adminLoginBody{
			ID: l.ID, CreatedAt: l.CreatedAt.UTC().Truncate(time.Second), LastSeenAt: l.SeenAt.UTC().Truncate(time.Minute),
			ExpiresAt: l.ExpiresAt.UTC(), Agent: l.Agent, Address: l.Address, Current: l.ID == me.Login,
		}
	}
	return out, nil
}

func (d Deps) endLogin(ctx context.Context, in *accountInput) (*struct{}, error) {
	return nil, d.Accounts.EndLogin(ctx, auth.From(ctx).ID, in.ID)
}
