package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/arise-attendance/arise/api/server"
)

// integration is a token for a program of the school.
func (p *program) integration(t *testing.T, admin string, scopes ...string) string {
	t.Helper()
	var got struct {
		Token string `json:"token"`
	}
	a := p.do(t, http.MethodPost, "/api/admin/tokens", admin, object{"name": "Library gate", "scopes": scopes})
	if a.status != http.StatusCreated {
		t.Fatalf("got %d %s, want a token", a.status, a.raw)
	}
	a.into(t, &got)
	return got.Token
}

func TestAProgramHasATokenOfItsOwn(t *testing.T) {
	t.Parallel()
	p := office(t)
	me := p.signIn(t, "admin", password)
	const path = "/api/admin/tokens"
	for _, wrong := range []object{
		{"name": " ", "scopes": []string{"read"}},
		{"name": "x", "scopes": []string{}},
		{"name": "x", "scopes": []string{"root"}},
		{"name": "x", "scopes": []string{"read"}, "expires_in_days": 4000},
	} {
		p.refuses(t, "POST", path, me, wrong, 422, "invalid", "")
	}
	write, read := p.integration(t, me, "write"), p.integration(t, me, "read")
	if !strings.HasPrefix(read, "arise_") || len(read) != 49 {
		t.Errorf("got token %q, want 256 bits that say what they are", read)
	}
	const config = "/api/admin/config"
	if a := p.do(t, http.MethodGet, config, read, nil); a.status != http.StatusOK {
		t.Errorf("read: got %d %s", a.status, a.raw)
	}
	if a := p.do(t, http.MethodGet, config, p.integration(t, me, "admin"), nil); a.status != http.StatusOK {
		t.Errorf("admin: got %d %s", a.status, a.raw)
	}
	p.refuses(t, "GET", config, write, nil, 403, "forbidden", "")
	p.refuses(t, "POST", config, write, object{"batch_name": "x"}, 403, "forbidden", "")
	p.refuses(t, "GET", path, read, nil, 403, "forbidden", "")
	p.refuses(t, "GET", config, "arise_guess", nil, 401, "signed-out", "")
	list := p.do(t, http.MethodGet, path, me, nil)
	var all []struct {
		ID, Name   string
		Scopes     []string
		LastUsedAt *string `json:"last_used_at"`
	}
	list.into(t, &all)
	if len(all) != 3 || strings.Contains(string(list.raw), read[6:]) {
		t.Fatalf("got %s, want the three without what they are known by", list.raw)
	}
	for _, one := range all {
		if one.Name != "Library gate" || one.LastUsedAt == nil {
			t.Errorf("got %+v, want to see when it was used", one)
		}
		if a := p.do(t, http.MethodDelete, path+"/"+one.ID, me, nil); a.status != http.StatusNoContent {
			t.Errorf("revoke: got %d %s", a.status, a.raw)
		}
		p.refuses(t, "DELETE", path+"/"+one.ID, me, nil, 404, "not-found", "")
	}
	p.refuses(t, "GET", config, read, nil, 401, "signed-out", "")
}

func TestAForgottenPasswordIsReset(t *testing.T) {
	t.Parallel()
	p := office(t)
	before := p.signIn(t, "admin", password)
	once, err := server.ResetPassword(t.Context(), p.config, "ADMIN")
	if err != nil {
		t.Fatal(err)
	}
	p.refuses(t, "GET", "/api/admin/admins", before, nil, 401, "signed-out", "")
	p.refuses(t, "POST", "/api/admin/login", "", object{"username": "admin", "password": password}, 401, "wrong-credentials", "")
	now := p.signIn(t, "admin", once)
	p.refuses(t, "GET", "/api/admin/admins", now, nil, 403, "must-change", "")
	if a := p.do(t, http.MethodPost, "/api/admin/password", now, object{"current": once, "new": "seven red bicycles"}); a.status != http.StatusNoContent {
		t.Errorf("got %d %s, want a password of their own", a.status, a.raw)
	}
	if _, err := server.ResetPassword(t.Context(), p.config, "nobody"); err == nil || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("got %v, want that there is no such account", err)
	}
}
