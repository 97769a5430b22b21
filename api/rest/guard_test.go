package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// roleHeader lets a test say who it is; only the guard is under test here.
type roleHeader struct{}

func (roleHeader) Authenticate(r *http.Request, role attendance.Role) (auth.Principal, error) {
	switch got := r.Header.Get("Role"); got {
	case "":
		return auth.Principal{}, auth.ErrNoToken
	case "unknowable":
		return auth.Principal{}, errors.New("the database is away")
	case string(role):
		return auth.Principal{Actor: attendance.Actor{Role: role}}, nil
	default:
		return auth.Principal{}, rest.NewProblem(http.StatusForbidden, "forbidden", "not you")
	}
}

type echo struct {
	Body struct {
		PIN string `json:"pin" minLength:"6" maxLength:"6"`
	}
}

type said struct {
	Body struct {
		Role string `json:"role"`
	}
}

// server mounts one operation that fails with err, or says who called.
func server(security []map[string][]string, err error) http.Handler {
	router := rest.Router(slog.New(slog.NewTextHandler(io.Discard, nil)), rest.Door{})
	rest.Mount(router, nil)
	api := rest.NewAPI(router, roleHeader{})
	rest.Handle(api, huma.Operation{OperationID: "try", Method: http.MethodPost, Path: "/api/try", Security: security},
		func(ctx context.Context, _ *echo) (*said, error) {
			out := &said{}
			out.Body.Role = string(auth.From(ctx).Role)
			return out, err
		})
	return router
}

func call(h http.Handler, method, path, body string, header ...string) (int, rest.Problem, http.Header, string) {
	r := httptest.NewRequest(method, "http://school.example"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var p rest.Problem
	_ = json.Unmarshal(w.Body.Bytes(), &p) // a success has no problem to read
	return w.Code, p, w.Header(), w.Body.String()
}

const good = `{"pin":"246810"}`

func TestGuard(t *testing.T) {
	t.Parallel()
	teachers := rest.Only(attendance.RoleTeacher)
	for _, c := range []struct {
		name     string
		security []map[string][]string
		role     string
		want     int
		kind     string
	}{
		{"an operation that says nothing is closed to everybody", nil, "admin", 403, "forbidden"},
		{"a public one is open", rest.Public, "", 200, ""},
		{"nobody is asked to sign in", teachers, "", 401, "signed-out"},
		{"the named role may", teachers, "teacher", 200, ""},
		{"another role may not", teachers, "student", 403, "forbidden"},
		{"an optional role is known", rest.Optional(attendance.RoleStudent), "student", 200, ""},
		{"and nobody may as well", rest.Optional(attendance.RoleStudent), "", 200, ""},
		{"and others are nobody there", rest.Optional(attendance.RoleStudent), "teacher", 200, ""},
		{"but nobody is nobody because we failed", rest.Optional(attendance.RoleStudent), "unknowable", 500, "internal"},
		{"each of several roles may", rest.Only(attendance.RoleAdmin, attendance.RoleTeacher), "teacher", 200, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			code, p, h, body := call(server(c.security, nil), "POST", "/api/try", good, "Role", c.role)
			if code != c.want || c.kind != "" && p.Type != "urn:arise:problem:"+c.kind {
				t.Errorf("got %d %s, want %d %s", code, body, c.want, c.kind)
			}
			if c.want >= 400 && h.Get("Content-Type") != "application/problem+json" {
				t.Errorf("got content type %q", h.Get("Content-Type"))
			}
			if c.want == 401 && h.Get("WWW-Authenticate") == "" {
				t.Error("a 401 must say how to sign in")
			}
		})
	}
}

func TestErrorsBecomeProblems(t *testing.T) {
	t.Parallel()
	session := attendance.Derive("s")
	for _, c := range []struct {
		err  error
		code int
		kind string
	}{
		{attendance.Invalid{Field: "roll", Why: "missing"}, 422, "invalid"},
		{attendance.Taken{Field: "code", Why: "another course has it"}, 409, "conflict"},
		{fmt.Errorf("while marking: %w", attendance.ErrClosed), 409, "session-ended"},
		{attendance.ErrNotEnrolled, 422, "not-enrolled"},
		{attendance.ErrForbidden, 403, "forbidden"},
		{attendance.ErrNotOwner, 409, "not-owner"},
		{attendance.ErrCredentials, 401, "wrong-credentials"},
		{attendance.Missing{What: "session", Key: "x"}, 404, "not-found"},
		{attendance.Running{Session: session}, 409, "session-running"},
		{attendance.Gap{Wanted: 7}, 409, "sync-gap"},
		{attendance.Fork{Seq: 7}, 409, "sync-fork"},
		{errors.New("dial tcp 10.0.0.1: secret"), 500, "internal"},
	} {
		t.Run(c.kind, func(t *testing.T) {
			t.Parallel()
			code, p, _, body := call(server(rest.Public, c.err), "POST", "/api/try", good)
			if code != c.code || p.Type != "urn:arise:problem:"+c.kind || p.Status != c.code || p.Detail == "" {
				t.Errorf("got %d %s, want %d %s", code, body, c.code, c.kind)
			}
			if strings.Contains(body, "secret") {
				t.Errorf("got the inner error in %s", body)
			}
		})
	}
}

func TestHostileRequests(t *testing.T) {
	t.Parallel()
	h := server(rest.Public, nil)
	for _, c := range []struct {
		name, method, path, body string
		header                   []string
		code                     int
	}{
		{"a wrong value is named and never repeated", "POST", "/api/try", `{"pin":"99999999"}`, nil, 422},
		{"broken JSON", "POST", "/api/try", `{"pin":`, nil, 400},
		{"no body", "POST", "/api/try", ``, nil, 400},
		{"another content type", "POST", "/api/try", `<pin/>`, []string{"Content-Type", "text/xml"}, 415},
		{"an unknown address", "GET", "/api/nowhere", ``, nil, 404},
		{"another method", "PUT", "/api/try", good, nil, 405},
		{"another site's page", "POST", "/api/try", good, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"another origin", "POST", "/api/try", good, []string{"Origin", "http://evil.example"}, 403},
		{"two megabytes", "POST", "/api/try", `{"pin":"` + strings.Repeat("9", 2<<20) + `"}`, nil, 413},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			code, p, hd, body := call(h, c.method, c.path, c.body, c.header...)
			if code != c.code || !strings.HasPrefix(p.Type, "urn:arise:problem:") || hd.Get("Content-Type") != "application/problem+json" {
				t.Errorf("got %d %q %s, want a problem with %d", code, hd.Get("Content-Type"), body, c.code)
			}
			if strings.Contains(body, "99999999") {
				t.Errorf("got the submitted value back in %s", body)
			}
			if hd.Get("Content-Security-Policy") == "" || hd.Get("X-Content-Type-Options") != "nosniff" {
				t.Error("got no security headers")
			}
		})
	}
}
