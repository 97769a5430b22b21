package campus

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/signin"
)

type adminPasswordInput struct {
	Body struct {
		Current string `json:"current" minLength:"1" maxLength:"200"`
		New     string `json:"new" maxLength:"800" doc:"10 characters or more."`
	}
}

func (d Deps) password(api huma.API) {
	rest.Handle(api, rest.BeforeChange(ofAdmin(huma.Operation{
		OperationID: "change-password", Method: http.MethodPost, Path: "/api/admin/password", Summary: "Change my password",
		Description: "Ends my sign-ins everywhere else.", DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusTooManyRequests},
	})), d.changePassword)
}

func (d Deps) changePassword(ctx context.Context, in *adminPasswordInput) (*struct{}, error) {
	me := auth.From(ctx)
	a, err := d.Accounts.Account(ctx, me.ID)
	if err != nil {
		return nil, err
	}
	hash, err := d.Desk.Fresh(ctx, signin.Change{
		What: "password", Current: in.Body.Current, New: in.Body.New,
		Weak: func(p string) string { return auth.WeakPassword(p, a.Username) },
	}, a.PasswordHash)
	if err != nil {
		return nil, err
	}
	return nil, d.Accounts.SetPassword(ctx, me.ID, hash, me.Login)
}
