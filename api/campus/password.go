package campus

import (
	"context"
	"net/http"

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

func (d Deps) password(api huma.API) {
	rest.Handle(api, rest.BeforeChange(ofAdmin(huma.Operation{
		OperationID: "change-password", Method: http.MethodPost, Path: "/api/admin/password", Summary: "Change my password",
		Description: "Ends my sign-ins everywhere else.", DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusTooManyRequests},
	})), d.changePassword)
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
