package campus

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// SetupPath is the page of a set-up link. The token follows a #, so that it
// reaches no log on the way.
const SetupPath = "/admin/setup#"

// SetupLink makes the token of a set-up link and the hash that is kept of it.
func SetupLink() (token string, hash []byte, err error) {
	key, err := auth.NewKey()
	if err != nil {
		return "", nil, err
	}
	return base64.RawURLEncoding.EncodeToString(key), auth.HashKey(key), nil
}

type setUpInput struct {
	UserAgent string `header:"User-Agent" hidden:"true"`
	Body      struct {
		Token    string `json:"token" maxLength:"100" doc:"What follows the # of the link that the server printed."`
		Username string `json:"username" maxLength:"60" example:"meera.iyer"`
		Password string `json:"password" maxLength:"800" doc:"10 characters or more."`
	}
}

func (d Deps) setUp(api huma.API) {
	rest.Handle(api, cloud(huma.Operation{
		OperationID: "set-up", Method: http.MethodPost, Path: "/api/admin/setup", Tags: []string{"Accounts"},
		Summary: "Make the first account", Security: rest.Public,
		Description: "With the link that the server prints when nobody has an account. The link is good once, for a day. The answer signs in.",
		Errors:      []int{http.StatusForbidden, http.StatusConflict, http.StatusTooManyRequests},
	}), d.setUpFirst)
}

func (d Deps) setUpFirst(ctx context.Context, in *setUpInput) (*signInOutput, error) {
	// The link cannot be guessed; whoever tries at one address holds up no other.
	address := rest.ClientNetwork(ctx)
	account := "setup|" + address
	if err := d.Desk.Brake.Begin(ctx, account, address); err != nil {
		return nil, err
	}
	token, err := base64.RawURLEncoding.DecodeString(in.Body.Token)
	if err != nil {
		return nil, auth.ErrLink
	}
	a, err := d.newAccount(in.Body.Username, in.Body.Password)
	if err == nil {
		err = d.Accounts.SetUp(ctx, auth.HashKey(token), a)
	}
	if errors.Is(err, auth.ErrLink) || errors.Is(err, auth.ErrSetUp) {
		return nil, err
	}
	if err := errors.Join(err, d.Desk.Brake.Right(ctx, account, address)); err != nil { // a name or a password was refused: no guess
		return nil, err
	}
	return d.begin(ctx, a, in.UserAgent)
}
