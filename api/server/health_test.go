package server_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/arise-attendance/arise/api/demo"
	"github.com/arise-attendance/arise/api/server"
)

func TestTheCloudSaysHowItIs(t *testing.T) {
	t.Parallel()
	p := start(t, nil)
	for path, want := range map[string]string{
		"/api/health":      `"status":"healthy"`,
		"/readyz":          `"ready":true`,
		"/api/sync/status": `"node_type":"cloud"`,
	} {
		if a := p.do(t, http.MethodGet, path, "", nil); a.status != http.StatusOK || !strings.Contains(string(a.raw), want) {
			t.Errorf("%s: got %d %s, want %s", path, a.status, a.raw, want)
		}
	}
	a := p.do(t, http.MethodPost, "/api/sync/push", "", nil)
	if a.status != http.StatusBadRequest || !strings.Contains(string(a.raw), "Cannot push from cloud server") {
		t.Errorf("push: got %d %s, want the original's refusal", a.status, a.raw)
	}
	if a := p.do(t, http.MethodGet, "/api/nowhere", "", nil); a.status != http.StatusNotFound || a.problem(t) != "not-found" {
		t.Errorf("an address that is none: got %d %s", a.status, a.raw)
	}
}

func TestTheDemoSchoolIsMadeOnce(t *testing.T) {
	t.Parallel()
	p := start(t, func(c *server.Config) { c.Demo = true })
	in := p.do(t, http.MethodPost, "/api/teacher/login", "", object{"course_code": "mca-301", "pin": demo.PIN})
	if in.status != http.StatusOK || !strings.Contains(string(in.raw), "token") {
		t.Errorf("sign in: got %d %s", in.status, in.raw)
	}
	if a := p.do(t, http.MethodPost, "/api/teacher/login", "", object{"course_code": "mca-301", "pin": "000000"}); a.status != http.StatusUnauthorized {
		t.Errorf("another PIN: got %d %s", a.status, a.raw)
	}
	file := filepath.Join(p.config.Data, "demo", "edge.env")
	env, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("edge.env: got mode %v, %v, want 0600", info.Mode(), err)
	}
	_, code, ok := strings.Cut(strings.TrimSpace(string(env)), "ARISE_EDGE_CLAIM=")
	if !ok || !strings.HasPrefix(string(env), "CLOUD_SERVER_URL="+p.config.PublicURL+"\n") {
		t.Fatalf("got %q, want the cloud's address and a claim", env)
	}
	again, err := server.New(t.Context(), p.config)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if err := again.Demo(t.Context()); err != nil {
		t.Error(err)
	}
	if now, err := os.ReadFile(file); err != nil || string(now) != string(env) {
		t.Errorf("the second start wrote another claim: %q, %v", now, err)
	}
	key := make([]byte, 32)
	if a := p.do(t, http.MethodPost, "/api/sync/claim", "", object{"code": code, "key": key, "incarnation": newID(t)}); a.status != http.StatusOK {
		t.Errorf("claim with it: got %d %s", a.status, a.raw)
	}
}
