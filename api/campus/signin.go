package campus

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
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
	MustChange bool      `json:"must_change" doc:"Choose a password of your own before anything else."`
}

type signInOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      adminSignInBody
}

type signOutOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (d Deps) signIn(api huma.API) {
	rest.Handle(api, cloud(huma.Operation{
		OperationID: "sign-in-admin", Method: http.MethodPost, Path: "/api/admin/login", Tags: []string{"Accounts"},
		Summary: "Sign in to the office", Security: rest.Public,
		Description: "An unknown username and a wrong password get the same answer. Five wrong passwords for a username from one address wait a minute.",
		Errors:      []int{http.StatusUnauthorized, http.StatusTooManyRequests},
	}), d.signInAdmin)
	rest.Handle(api, rest.BeforeChange(ofAdmin(huma.Operation{
		OperationID: "sign-out-admin", Method: http.MethodPost, Path: "/api/admin/logout",
		Summary: "Sign out; the token is good no more", DefaultStatus: http.StatusNoContent,
	})), d.signOutAdmin)
}

func (d Deps) signInAdmin(ctx context.Context, in *signInInput) (*signInOutput, error) {
	username := strings.TrimSpace(in.Body.Username)
	key := strings.ToLower(username) + "|" + rest.ClientAddress(ctx)
	if !d.Tries.Begin(key) {
		return nil, tooMany()
	}
	who, err := d.Accounts.AccountNamed(ctx, username)
	if err != nil && !errors.Is(err, attendance.ErrNotFound) {
		return nil, err
	}
	// Nobody has no verifier, which takes as long and never matches.
	if !auth.VerifySecret(who.PasswordHash, in.Body.Password) {
		return nil, rest.NewProblem(http.StatusUnauthorized, "wrong-credentials", "the username or the password is wrong")
	}
	if err := d.Tries.Right(key); err != nil {
		return nil, err
	}
	return d.begin(ctx, who, in.UserAgent)
}

// begin signs somebody in, here.
func (d Deps) begin(ctx context.Context, who auth.Account, agent string) (*signInOutput, error) {
	login, err := d.Service.NewID()
	if err != nil {
		return nil, err
	}
	by := attendance.Actor{ID: who.ID, Role: attendance.RoleAdmin}
	token, expires, err := d.Tokens.Issue(auth.Principal{Actor: by, Name: who.Username, Login: login})
	if err != nil {
		return nil, err
	}
	err = d.Accounts.BeginLogin(ctx, auth.Login{
		ID: login, Person: who.ID, Role: by.Role, CreatedAt: d.Service.Now(), ExpiresAt: expires,
		Agent: clip(agent), Address: rest.ClientAddress(ctx),
	})
	if err != nil {
		return nil, err
	}
	return &signInOutput{
		SetCookie: *auth.Cookie(token, expires, d.Secure),
		Body:      adminSignInBody{Token: token, ExpiresAt: expires.UTC(), Username: who.Username, MustChange: who.MustChange},
	}, nil
}

func (d Deps) signOutAdmin(ctx context.Context, _ *struct{}) (*signOutOutput, error) {
	me := auth.From(ctx)
	if err := d.Accounts.EndLogin(ctx, me.ID, me.Login); err != nil && !errors.Is(err, attendance.ErrNotFound) {
		return nil, err // not found: ended a moment ago, from elsewhere
	}
	gone := auth.Cookie("", time.Unix(1, 0), d.Secure)
	gone.MaxAge = -1
	return &signOutOutput{SetCookie: *gone}, nil
}

func tooMany() error {
	p := rest.NewProblem(http.StatusTooManyRequests, "too-many-requests", "too many wrong passwords: wait a minute, then try again")
	p.RetryS = 60
	return p
}

// maxAgent is enough of a browser's name to tell one from another.
const maxAgent = 120

func clip(agent string) string {
	return strings.ToValidUTF8(agent[:min(len(agent), maxAgent)], "")
}
