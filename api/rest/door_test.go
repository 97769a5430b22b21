package rest_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/rest"
)

type whereOutput struct {
	Body struct {
		Address, Network string
	}
}

func behind(door rest.Door) http.Handler {
	router := rest.Router(slog.New(slog.DiscardHandler), door)
	rest.Mount(router, nil)
	api := rest.NewAPI(router, roleHeader{})
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		rest.Handle(api, huma.Operation{OperationID: "where-" + method, Method: method, Path: "/api/where", Security: rest.Public},
			func(ctx context.Context, _ *struct{}) (*whereOutput, error) {
				out := &whereOutput{}
				out.Body.Address, out.Body.Network = rest.ClientAddress(ctx), rest.ClientNetwork(ctx)
				return out, nil
			})
	}
	return router
}

func TestOtherOrigins(t *testing.T) {
	t.Parallel()
	const ours, theirs = "https://portal.example", "https://evil.example"
	h := behind(rest.Door{Origins: []string{ours}})
	for _, c := range []struct {
		name, method, origin string
		door                 http.Handler
		code                 int
		allowed              string
	}{
		{"a listed origin writes with its sign-in", "POST", ours, h, 200, ours},
		{"a listed origin reads", "GET", ours, h, 200, ours},
		{"another origin may not write", "POST", theirs, h, 403, ""},
		{"another origin's page may not see the answer", "GET", theirs, h, 200, ""},
		{"nobody is listed by default", "POST", ours, behind(rest.Door{}), 403, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			code, _, head, body := call(c.door, c.method, "/api/where", "", "Origin", c.origin, "Sec-Fetch-Site", "cross-site")
			if code != c.code || head.Get("Access-Control-Allow-Origin") != c.allowed {
				t.Errorf("got %d %s, allowed %q, want %d, %q", code, body, head.Get("Access-Control-Allow-Origin"), c.code, c.allowed)
			}
			if got := head.Get("Access-Control-Allow-Credentials"); (got == "true") != (c.allowed != "") {
				t.Errorf("got credentials %q", got)
			}
			if c.code == 403 && head.Get("Content-Type") != "application/problem+json" {
				t.Errorf("got %q, want a problem", head.Get("Content-Type"))
			}
		})
	}
	code, _, head, _ := call(h, "OPTIONS", "/api/where", "", "Origin", ours, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,content-type")
	if code >= 300 || head.Get("Access-Control-Allow-Methods") != "POST" || head.Get("Access-Control-Allow-Headers") == "" {
		t.Errorf("preflight: got %d %v", code, head)
	}
}

func TestWhoCallsThroughAProxy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		proxies []string
		peer    string
		xff     string
		want    string
		network string
	}{
		{"nobody is believed by default", nil, "10.0.0.7:1", "203.0.113.9", "10.0.0.7", "10.0.0.7"},
		{"a trusted proxy is", []string{"10.0.0.0/8"}, "10.0.0.7:1", "203.0.113.9", "203.0.113.9", "203.0.113.9"},
		{"what the client itself wrote is not", []string{"10.0.0.0/8"}, "10.0.0.7:1", "198.51.100.1, 203.0.113.9", "203.0.113.9", "203.0.113.9"},
		{"a stranger is not", []string{"10.0.0.0/8"}, "198.51.100.7:1", "203.0.113.9", "198.51.100.7", "198.51.100.7"},
		{"a network of IPv6 is one", nil, "[2001:db8:1:2:3:4:5:6]:1", "", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/where", nil)
			r.RemoteAddr = c.peer
			r.Header.Set("X-Forwarded-For", c.xff)
			w := httptest.NewRecorder()
			behind(rest.Door{Proxies: c.proxies}).ServeHTTP(w, r)
			if want := `{"Address":"` + c.want + `","Network":"` + c.network + `"}` + "\n"; w.Body.String() != want {
				t.Errorf("got %s, want %s", w.Body, want)
			}
		})
	}
}

func TestTheDoorIsChecked(t *testing.T) {
	t.Parallel()
	for _, d := range []rest.Door{
		{Origins: []string{"*"}},
		{Origins: []string{"portal.example"}},
		{Origins: []string{"https://portal.example/"}},
		{Origins: []string{"ftp://portal.example"}},
		{Proxies: []string{"10.0.0.7"}},
		{Proxies: []string{"caddy"}},
	} {
		if d.Check() == nil {
			t.Errorf("%+v: got no error", d)
		}
	}
	if err := (rest.Door{Origins: []string{"https://portal.example:8443"}, Proxies: []string{"10.0.0.0/8", "::1/128"}}).Check(); err != nil {
		t.Error(err)
	}
	_, _, head, _ := call(behind(rest.Door{TLS: true}), "GET", "/api/where", "")
	_, _, plain, _ := call(behind(rest.Door{}), "GET", "/api/where", "")
	if head.Get("Strict-Transport-Security") == "" || plain.Get("Strict-Transport-Security") != "" {
		t.Errorf("got %q with TLS and %q without", head.Get("Strict-Transport-Security"), plain.Get("Strict-Transport-Security"))
	}
}
