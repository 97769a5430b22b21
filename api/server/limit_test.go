package server_test

import (
	"net/http"
	"testing"

	"github.com/arise-attendance/arise/api/server"
)

func TestWhoAsksTooMuchWaits(t *testing.T) {
	t.Parallel()
	p := office(t)
	busy, other := p.signIn(t, "admin", password), p.integration(t, p.signIn(t, "admin", password), "read")
	const path = "/api/admin/config"
	wrong := object{"batch_name": " "}
	for n := 1; ; n++ {
		a := p.do(t, http.MethodPost, path, busy, wrong)
		if a.status == http.StatusTooManyRequests {
			if n < 80 || a.problem(t) != "too-many-requests" || a.header.Get("Retry-After") == "" {
				t.Errorf("write %d: got %d %s, want about a hundred first and then how long to wait", n, a.status, a.raw)
			}
			break
		}
		if n > 300 {
			t.Fatal("got 300 writes, want a limit")
		}
	}
	for range 150 { // a screen goes on, and so do the others
		for _, token := range []string{busy, other} {
			if a := p.do(t, http.MethodGet, path, token, nil); a.status != http.StatusOK {
				t.Fatalf("read: got %d %s", a.status, a.raw)
			}
		}
		if a := p.do(t, http.MethodGet, "/api/health", "", nil); a.status != http.StatusOK {
			t.Fatalf("health: got %d %s", a.status, a.raw)
		}
	}
}

func TestAScannersFingerIsNeverRefusedForHaste(t *testing.T) {
	t.Parallel()
	p := start(t, func(c *server.Config) { c.Legacy = true })
	for range 1300 {
		if a := p.do(t, http.MethodPost, "/api/mark-attendance-by-roll-id", "", object{"class_roll_id": 7}); a.status == http.StatusTooManyRequests {
			t.Fatalf("got %s", a.raw)
		}
	}
	limited := false
	for range 2600 {
		if a := p.do(t, http.MethodGet, "/api/teacher/course-codes", "", nil); a.status == http.StatusTooManyRequests {
			limited = true
			break
		}
	}
	if !limited {
		t.Error("got no limit for an address, want one")
	}
}
