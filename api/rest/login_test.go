package rest_test

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// book knows which logins are open; the value says whether a password is due.
type book map[attendance.ID]bool

var head = attendance.Actor{ID: attendance.Derive("head"), Role: attendance.RoleAdmin}

func (b book) Use(_ context.Context, login attendance.ID) (auth.Principal, error) {
	due, ok := b[login]
	if !ok {
		return auth.Principal{}, auth.ErrEnded
	}
	return auth.Principal{Actor: head, Login: login, MustChange: due}, nil
}

func TestATokenIsAsGoodAsItsLogin(t *testing.T) {
	t.Parallel()
	tokens, err := auth.NewTokens([]byte(strings.Repeat("s", 32)), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	open, due, ended := attendance.Derive("open"), attendance.Derive("due"), attendance.Derive("ended")
	logins := book{open: false, due: true}
	stranger := attendance.Actor{ID: attendance.Derive("stranger"), Role: attendance.RoleAdmin}
	teacher := attendance.Actor{ID: attendance.Derive("t"), Role: attendance.RoleTeacher}
	pupil := attendance.Actor{ID: attendance.Derive("s"), Role: attendance.RoleStudent}
	for _, c := range []struct {
		name   string
		who    auth.Principal
		logins auth.Logins
		want   int
	}{
		{"an open login", auth.Principal{Actor: head, Login: open}, logins, 200},
		{"a student without a login", auth.Principal{Actor: pupil}, logins, 401},
		{"an ended login", auth.Principal{Actor: head, Login: ended}, logins, 401},
		{"the office without a login", auth.Principal{Actor: head}, logins, 401},
		{"somebody else's login", auth.Principal{Actor: stranger, Login: open}, logins, 401},
		{"a password is due", auth.Principal{Actor: head, Login: due}, logins, 403},
		{"a teacher without a login", auth.Principal{Actor: teacher}, logins, 401},
		{"a teacher of a pendrive", auth.Principal{Actor: teacher}, nil, 200},
		{"a server that keeps no logins", auth.Principal{Actor: head, Login: ended}, nil, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			token, _, err := tokens.Issue(c.who)
			if err != nil {
				t.Fatal(err)
			}
			h := mounted(rest.TokenAuth{Tokens: tokens, Logins: c.logins}, c.who.Role)
			if code, _, _, body := call(h, "GET", "/api/try", "", "Authorization", "Bearer "+token); code != c.want {
				t.Errorf("got %d %s, want %d", code, body, c.want)
			}
			if c.want == 403 {
				if code, _, _, body := call(h, "GET", "/api/first", "", "Authorization", "Bearer "+token); code != 200 {
					t.Errorf("got %d %s, want the way out to be open", code, body)
				}
			}
		})
	}
}

func mounted(who rest.Authenticator, role attendance.Role) http.Handler {
	router := rest.Router(slog.New(slog.DiscardHandler), rest.Door{})
	api := rest.NewAPI(router, who)
	op := huma.Operation{OperationID: "try", Method: http.MethodGet, Path: "/api/try", Security: rest.Only(role)}
	nothing := func(context.Context, *struct{}) (*said, error) { return &said{}, nil }
	rest.Handle(api, op, nothing)
	op.OperationID, op.Path = "first", "/api/first"
	rest.Handle(api, rest.BeforeChange(op), nothing)
	return router
}
