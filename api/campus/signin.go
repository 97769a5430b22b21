package campus

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/signin"
)

type signInInput struct {
	UserAgent string `header:"User-Agent" hidden:"true"`
	Body      struct {
		Username string `json:"username" minLength:"1" maxLength:"60" doc:"Upper or lower case." example:"admin"`
		Password string `json:"password" minLength:"1" maxLength:"200"`
	}
}

type adminSignInBody struct {
	Token      string    `json:"token" doc:"For programs; browsers get it as a cookie that scripts cannot read."`
	ExpiresAt  time.Time `json:"expires_at"`
	Username   string    `json:"username"`
	MustChange bool      `json:"must_change" doc:"Choose a password of your own before anything else: POST /api/admin/password."`
}

type signInOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      adminSignInBody
}

func (d Deps) signIn(api huma.API) {
	rest.Handle(api, cloud(huma.Operation{
		OperationID: "sign-in-admin", Method: http.MethodPost, Path: "/api/admin/login", Tags: []string{"Accounts"},
		Summary: "Sign in to the office", Security: rest.Public,
		Description: "An unknown username and a wrong password get the same answer. After five wrong passwords one has to wait: a minute, then two, four, eight, fifteen.",
		Errors:      []int{http.StatusUnauthorized, http.StatusTooManyRequests},
	}), d.signInAdmin)
	d.Desk.SignOut(api, ofAdmin(huma.Operation{
		OperationID: "sign-out-admin", Path: "/api/admin/logout", Summary: "Sign out; the token is good no more",
	}))
	d.Desk.Mine(api, attendance.RoleAdmin, "Accounts")
}

func (d Deps) signInAdmin(ctx context.Context, in *signInInput) (*signInOutput, error) {
	username := strings.TrimSpace(in.Body.Username)
	var who auth.Account
	find := func() (signin.Person, error) {
		var err error
		who, err = d.Accounts.AccountNamed(ctx, username)
		who.MustChange = who.MustChange || auth.Original(who.PasswordHash)
		return signin.Person{Actor: attendance.Actor{ID: who.ID, Role: attendance.RoleAdmin}, Verifier: who.PasswordHash}, err
	}
	wrong := rest.NewProblem(http.StatusUnauthorized, "wrong-credentials", "the username or the password is wrong")
	if _, err := d.Desk.Prove(ctx, "admin|"+strings.ToLower(username), in.Body.Password, find, wrong); err != nil {
		return nil, err
	}
	return d.begin(ctx, who, in.UserAgent)
}

// begin signs somebody in, here.
func (d Deps) begin(ctx context.Context, who auth.Account, agent string) (*signInOutput, error) {
	by := attendance.Actor{ID: who.ID, Role: attendance.RoleAdmin}
	in, err := d.Desk.Begin(ctx, auth.Principal{Actor: by, Name: who.Username}, agent)
	if err != nil {
		return nil, err
	}
	return &signInOutput{
		SetCookie: in.Cookie,
		Body:      adminSignInBody{Token: in.Token, ExpiresAt: in.ExpiresAt, Username: who.Username, MustChange: who.MustChange},
	}, nil
}
