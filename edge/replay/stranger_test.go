package replay_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/arise-attendance/arise/edge/cloudtest"
)

// What no confirmation may come of.
func TestOnlyTheCloudsOwnAnswerConfirms(t *testing.T) {
	t.Parallel()
	html := func(w http.ResponseWriter, kind string) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write([]byte("<html>Welcome to Free Wi-Fi</html>"))
	}
	say := func(w http.ResponseWriter, kind, through, hash string) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write([]byte(`{"acked_through":` + through + `,"hash_at_ack":"` + hash + `","results":[],"server_time":"2026-01-01T00:00:00Z",` +
			`"feed":{"generation":"00000000-0000-7000-8000-000000000000","rev":0,"facts":""},"advice":{"batch":1000,"wait_ms":0}}`))
	}
	lie := func(w http.ResponseWriter, through, hash string) { say(w, "application/json", through, hash) }
	for name, tc := range map[string]struct {
		fault     func(w http.ResponseWriter, r *http.Request)
		reachable bool
		attention string // a part of it
	}{
		"a portal's page with status 200":      {func(w http.ResponseWriter, _ *http.Request) { html(w, "text/html") }, false, "sign in to this network"},
		"a portal's page that says it is JSON": {func(w http.ResponseWriter, _ *http.Request) { html(w, "application/json") }, false, "sign in to this network"},
		"a portal that sends us on": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://portal.example/", http.StatusFound)
		}, false, "sign in to this network"},
		"an answer with another hash":             {func(w http.ResponseWriter, _ *http.Request) { lie(w, "6", strings.Repeat("ab", 32)) }, true, "Marks are safe here"},
		"an answer that says it is a page":        {func(w http.ResponseWriter, _ *http.Request) { say(w, "text/html", "6", strings.Repeat("ab", 32)) }, false, "sign in to this network"},
		"an answer without a hash":                {func(w http.ResponseWriter, _ *http.Request) { lie(w, "6", "") }, false, "sign in to this network"},
		"an answer that confirms what is not":     {func(w http.ResponseWriter, _ *http.Request) { lie(w, "7", strings.Repeat("00", 32)) }, true, "Marks are safe here"},
		"an answer that confirms nothing":         {func(w http.ResponseWriter, _ *http.Request) { lie(w, "0", strings.Repeat("00", 32)) }, false, "sign in to this network"},
		"no answer":                               {func(http.ResponseWriter, *http.Request) { cloudtest.Hang() }, false, ""},
		"a server in trouble":                     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, false, ""},
		"a server that is busy":                   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, true, ""},
		"too many requests":                       {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }, true, ""},
		"a pendrive that was revoked":             {func(w http.ResponseWriter, _ *http.Request) { cloudtest.Problem(w, 403, "revoked", nil) }, true, "revoked"},
		"a pendrive that the cloud does not know": {func(w http.ResponseWriter, _ *http.Request) { cloudtest.Problem(w, 401, "signed-out", nil) }, true, "does not know"},
		"a refusal for good":                      {func(w http.ResponseWriter, _ *http.Request) { cloudtest.Problem(w, 422, "invalid", nil) }, true, "refuses"},
		"a batch that was cut short":              {func(w http.ResponseWriter, _ *http.Request) { cloudtest.Problem(w, 400, "truncated", nil) }, false, ""},
		"a problem without words": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusConflict)
		}, false, "sign in to this network"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := pair(t)
			d.cloud.Behave(cloudtest.Manners{Fault: func(_ int, path string, w http.ResponseWriter, r *http.Request) bool {
				if path == receive {
					tc.fault(w, r)
				}
				return path == receive
			}})
			d.lesson()
			if _, err := d.replay.Cycle(t.Context()); err == nil {
				t.Fatal("got no error")
			}
			d.waits(6)
			b := d.backlog()
			if b.Reachable != tc.reachable || !strings.Contains(b.Attention, tc.attention) || (b.Attention == "") != (tc.attention == "") {
				t.Errorf("got reachable %t, attention %q, want %t, %q", b.Reachable, b.Attention, tc.reachable, tc.attention)
			}
			d.cloud.Behave(cloudtest.Manners{})
			d.cycle()
			d.arrived(6)
			d.waits(0)
			if b := d.backlog(); !b.Reachable || b.Attention != "" {
				t.Errorf("got %+v afterwards, want reachable and quiet", b)
			}
		})
	}
}
