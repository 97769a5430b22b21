package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/server"
)

const password = "four green windows"

func (p *program) signIn(t *testing.T, username, password string) string {
	t.Helper()
	var got struct {
		Token     string    `json:"token"`
		ExpiresAt time.Time `json:"expires_at"`
		Username  string    `json:"username"`
	}
	a := p.do(t, http.MethodPost, "/api/admin/login", "", object{"username": username, "password": password}, "User-Agent", "Firefox")
	if a.status != http.StatusOK {
		t.Fatalf("sign in as %s: got %d %s", username, a.status, a.raw)
	}
	a.into(t, &got)
	if got.Token == "" || time.Until(got.ExpiresAt) < time.Hour || !strings.EqualFold(got.Username, username) {
		t.Errorf("got %s, want a token, its end and the name", a.raw)
	}
	if c := a.header.Get("Set-Cookie"); !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Strict") {
		t.Errorf("got cookie %q, want one that scripts and other sites cannot use", c)
	}
	return got.Token
}

// office is a cloud with one account, admin.
func office(t *testing.T) *program {
	t.Helper()
	p := start(t, func(c *server.Config) { c.AdminPassword = password })
	return p
}

// refuses wants a status and a problem, and a field when it is not "".
func (p *program) refuses(t *testing.T, method, path, token string, body any, status int, kind, field string) {
	t.Helper()
	a := p.do(t, method, path, token, body)
	if a.status != status || a.problem(t) != kind || field != "" && !strings.Contains(string(a.raw), `"body.`+field+`"`) {
		t.Errorf("%s %s %v: got %d %s, want %d %s %s", method, path, body, a.status, a.raw, status, kind, field)
	}
}

func TestTheConfiguredPasswordMakesTheFirstAccountOnce(t *testing.T) {
	t.Parallel()
	p := office(t)
	p.signIn(t, "Admin", password)
	c := p.config
	c.AdminPassword = "another password"
	again, err := server.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if link, err := again.FirstAccount(t.Context()); err != nil || link != "" {
		t.Errorf("got %q, %v, want nothing to do", link, err)
	}
	p.refuses(t, "POST", "/api/admin/login", "", object{"username": "admin", "password": c.AdminPassword}, 401, "wrong-credentials", "")
}

func TestALinkMakesTheFirstAccountOnce(t *testing.T) {
	t.Parallel()
	p := start(t, nil)
	origin, token, ok := strings.Cut(p.link, "/admin/setup#")
	if !ok || origin != p.config.PublicURL || len(token) != 43 {
		t.Fatalf("got %q, want a link with 256 bits at the public address", p.link)
	}
	asha := func(token, name, password string) object {
		return object{"token": token, "username": name, "password": password}
	}
	const path = "/api/admin/setup"
	p.refuses(t, "POST", path, "", asha(strings.Repeat("A", 43), "asha", password), 403, "wrong-link", "")
	p.refuses(t, "POST", path, "", asha(token, "a b", password), 422, "invalid", "username")
	p.refuses(t, "POST", path, "", asha(token, "asha", "changeme"), 422, "invalid", "password")
	a := p.do(t, http.MethodPost, path, "", asha(token, " Asha ", password))
	if a.status != http.StatusOK || !strings.Contains(string(a.raw), `"username":"Asha"`) {
		t.Fatalf("got %d %s, want to be signed in", a.status, a.raw)
	}
	p.signIn(t, "asha", password)
	for range 4 { // and a wrong link before
		p.refuses(t, "POST", path, "", asha(token, "binod", password), 409, "set-up", "")
	}
	p.refuses(t, "POST", path, "", asha(token, "binod", password), 429, "too-many-requests", "")
}

func TestGuessingAPasswordTakesLong(t *testing.T) {
	t.Parallel()
	p := office(t)
	const path = "/api/admin/login"
	unknown := p.do(t, http.MethodPost, path, "", object{"username": "nobody", "password": password})
	for i := range 5 {
		a := p.do(t, http.MethodPost, path, "", object{"username": "ADMIN", "password": "wrong password"})
		if a.status != http.StatusUnauthorized || string(a.raw) != string(unknown.raw) {
			t.Fatalf("try %d: got %d %s, want what an unknown name gets: %s", i+1, a.status, a.raw, unknown.raw)
		}
	}
	a := p.do(t, http.MethodPost, path, "", object{"username": "admin", "password": password})
	if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" {
		t.Errorf("got %d %s, want a pause even for the right one", a.status, a.raw)
	}
	p.refuses(t, "POST", path, "", object{"username": "someone", "password": password}, 401, "wrong-credentials", "")
}

func TestANewPasswordSignsOutElsewhere(t *testing.T) {
	t.Parallel()
	p := office(t)
	here, elsewhere := p.signIn(t, "admin", password), p.signIn(t, "admin", password)
	const path = "/api/admin/password"
	next := "seven red bicycles"
	for field, body := range map[string]object{
		"current": {"current": "not this one", "new": next},
		"new":     {"current": password, "new": "too short"},
	} {
		p.refuses(t, "POST", path, here, body, 422, "invalid", field)
	}
	p.refuses(t, "POST", path, here, object{"current": password, "new": password}, 422, "invalid", "new")
	if a := p.do(t, http.MethodPost, path, here, object{"current": password, "new": next}); a.status != http.StatusNoContent {
		t.Fatalf("got %d %s, want it changed", a.status, a.raw)
	}
	p.refuses(t, "GET", "/api/admin/logins", elsewhere, nil, 401, "signed-out", "")
	p.refuses(t, "POST", "/api/admin/login", "", object{"username": "admin", "password": password}, 401, "wrong-credentials", "")
	p.signIn(t, "admin", next)
	if a := p.do(t, http.MethodGet, "/api/admin/logins", here, nil); a.status != http.StatusOK {
		t.Errorf("here: got %d %s, want to stay signed in", a.status, a.raw)
	}
}

func TestASignInCanBeEnded(t *testing.T) {
	t.Parallel()
	p := office(t)
	here, elsewhere := p.signIn(t, "admin", password), p.signIn(t, "admin", password)
	var all []struct {
		ID, Agent, Address string
		Current            bool
	}
	p.do(t, http.MethodGet, "/api/admin/logins", here, nil).into(t, &all)
	if len(all) != 2 || all[0].Current || !all[1].Current || all[0].Agent != "Firefox" || all[0].Address != "127.0.0.1" {
		t.Fatalf("got %+v, want both, the latest first", all)
	}
	if a := p.do(t, http.MethodDelete, "/api/admin/logins/"+all[0].ID, here, nil); a.status != http.StatusNoContent {
		t.Errorf("end the other: got %d %s", a.status, a.raw)
	}
	p.refuses(t, "DELETE", "/api/admin/logins/"+all[0].ID, here, nil, 404, "not-found", "")
	p.refuses(t, "GET", "/api/admin/config", elsewhere, nil, 401, "signed-out", "")
	a := p.do(t, http.MethodPost, "/api/admin/logout", here, nil)
	if a.status != http.StatusNoContent || !strings.Contains(a.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("sign out: got %d %v, want the cookie gone", a.status, a.header)
	}
	p.refuses(t, "GET", "/api/admin/config", here, nil, 401, "signed-out", "")
}

func TestThePeopleOfTheOffice(t *testing.T) {
	t.Parallel()
	p := office(t)
	me := p.signIn(t, "admin", password)
	const path = "/api/admin/admins"
	var all []struct {
		ID, Username string
		You          bool
	}
	p.do(t, http.MethodGet, path, me, nil).into(t, &all)
	if len(all) != 1 || !all[0].You {
		t.Fatalf("got %+v, want me", all)
	}
	p.refuses(t, "DELETE", path+"/"+all[0].ID, me, nil, 409, "last-account", "")
	p.refuses(t, "POST", path, me, object{"username": "ADMIN"}, 409, "conflict", "username")
	p.refuses(t, "POST", path, me, object{"username": "<b>"}, 422, "invalid", "username")
	var asha struct {
		ID, Username, Password string
		MustChange             bool `json:"must_change"`
	}
	a := p.do(t, http.MethodPost, path, me, object{"username": "asha"})
	a.into(t, &asha)
	if a.status != http.StatusCreated || asha.Username != "asha" || len(asha.Password) != 19 || !asha.MustChange {
		t.Fatalf("got %d %s, want an account with a password for once", a.status, a.raw)
	}
	her := p.signIn(t, "asha", asha.Password)
	p.refuses(t, "GET", path, her, nil, 403, "must-change", "")
	if a := p.do(t, http.MethodPost, "/api/admin/password", her, object{"current": asha.Password, "new": "seven red bicycles"}); a.status != http.StatusNoContent {
		t.Fatalf("her own password: got %d %s", a.status, a.raw)
	}
	list := p.do(t, http.MethodGet, path, her, nil)
	if list.status != http.StatusOK || strings.Contains(string(list.raw), "argon2") || strings.Contains(string(list.raw), "password") {
		t.Errorf("got %d %s, want names and no verifier", list.status, list.raw)
	}
	if a := p.do(t, http.MethodDelete, path+"/"+asha.ID, me, nil); a.status != http.StatusNoContent {
		t.Errorf("archive: got %d %s", a.status, a.raw)
	}
	p.refuses(t, "GET", path, her, nil, 401, "signed-out", "")
	p.refuses(t, "DELETE", path+"/"+asha.ID, me, nil, 404, "not-found", "")
}

func TestTheSchoolHasAName(t *testing.T) {
	t.Parallel()
	p := office(t)
	me := p.signIn(t, "admin", password)
	const path = "/api/admin/config"
	named := func(want string) {
		t.Helper()
		if a := p.do(t, http.MethodGet, path, me, nil); !strings.Contains(string(a.raw), `"batch_name":"`+want+`"`) {
			t.Errorf("got %d %s, want %s", a.status, a.raw, want)
		}
		if a := p.do(t, http.MethodGet, "/api/sync/status", "", nil); !strings.Contains(string(a.raw), `"institution":"`+want+`"`) {
			t.Errorf("status: got %s, want %s", a.raw, want)
		}
	}
	named("My Classroom Pod")
	p.refuses(t, "POST", path, me, object{"batch_name": "  "}, 422, "invalid", "batch_name")
	if a := p.do(t, http.MethodPost, path, me, object{"batch_name": " O'Neil's MCA 2026 "}); !strings.Contains(string(a.raw), "System configuration updated.") {
		t.Errorf("got %d %s", a.status, a.raw)
	}
	named("O'Neil's MCA 2026")
	d := p.claim(t, "Room 204")
	if d.institution != "O'Neil's MCA 2026" {
		t.Errorf("claim: got %q, want the name", d.institution)
	}
	if roster := p.do(t, http.MethodGet, "/api/sync/roster", d.token, nil); !strings.Contains(string(roster.raw), `O'Neil's MCA 2026`) {
		t.Errorf("got %d %s, want the pendrives to learn the name", roster.status, roster.raw)
	}
}
