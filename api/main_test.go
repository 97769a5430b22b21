package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/server/porttest"
	"github.com/arise-attendance/arise/db/embedded/pgtest"
)

func TestVerbs(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		args, env []string
		says      string // on success
		fails     string
	}{
		"help":                      {args: []string{"-h"}, says: "DATABASE_URL"},
		"the contract":              {args: []string{"openapi"}, says: "/api/sync/receive"},
		"no verb of ours":           {args: []string{"fly"}, fails: "api -h"},
		"a name nobody knows":       {args: []string{"migrate"}, env: []string{"ARISE_DAAT=x"}, fails: "ARISE_DAAT"},
		"a port that is none":       {args: []string{"migrate"}, env: []string{"PORT=high"}, fails: "PORT"},
		"a zone that is none":       {args: []string{"migrate"}, env: []string{"ARISE_ZONE=Atlantis"}, fails: "ARISE_ZONE"},
		"a schema that is none":     {args: []string{"migrate"}, env: []string{"DATABASE_SCHEMA=a b", "DATABASE_URL=postgres://x"}, fails: "DATABASE_SCHEMA"},
		"a secret that is too weak": {args: []string{"serve"}, env: []string{"SECRET_KEY=short", "HOST=127.0.0.1"}, fails: "SECRET_KEY"},
		"a password of every box":   {args: []string{"serve"}, env: []string{"ADMIN_DEFAULT_PASSWORD=changeme"}, fails: "ADMIN_DEFAULT_PASSWORD"},
		"a log that is none":        {args: []string{"migrate"}, env: []string{"ARISE_LOG=xml"}, fails: "ARISE_LOG"},
		"a level that is none":      {args: []string{"migrate"}, env: []string{"ARISE_LOG_LEVEL=loud"}, fails: "ARISE_LOG_LEVEL"},
		"a drain without an end":    {args: []string{"migrate"}, env: []string{"ARISE_DRAIN_SECONDS=-1"}, fails: "ARISE_DRAIN_SECONDS"},
		"a backup into nowhere":     {args: []string{"backup"}, fails: "name one file"},
		"a backup that is not one":  {args: []string{"backup", "-verify", "main.go"}, fails: "damaged"},
		"a restore from nothing":    {args: []string{"restore", "nowhere.arise"}, fails: "nowhere.arise"},
		"an audit of this year":     {args: []string{"admin", "audit-archive", "-before", time.Now().Format(time.DateOnly), "x"}, fails: "a year ago"},
		"an archive that is not":    {args: []string{"admin", "audit-verify", "main.go"}, fails: "after row 0"},
		"an office without a wish":  {args: []string{"admin"}, fails: "pair NAME"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, log bytes.Buffer
			err := run(t.Context(), tc.args, append(tc.env, "ARISE_DATA="+t.TempDir()), &out, &log)
			switch {
			case tc.fails != "" && (err == nil || !strings.Contains(err.Error(), tc.fails)):
				t.Errorf("got %v, want an error that names %s", err, tc.fails)
			case tc.fails == "" && (err != nil || !strings.Contains(out.String(), tc.says)):
				t.Errorf("got %q, %v, want it to say %s", out.String(), err, tc.says)
			}
		})
	}
}

// watched hands out the first line that matches.
type watched struct {
	mu   sync.Mutex
	text bytes.Buffer
	want *regexp.Regexp
	hit  chan string
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Write(p)
	if m := w.want.FindString(w.text.String()); m != "" && w.hit != nil {
		w.hit <- m
		w.hit = nil
	}
	return len(p), nil
}

func TestTheProgramServesAndPairs(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t, func(context.Context, string) error { return nil }, "empty")
	secret := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(secret, []byte(url+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	port := porttest.Free(t)
	env := []string{"DATABASE_URL_FILE=" + secret, "DATABASE_SCHEMA=north", "ARISE_DATA=" + t.TempDir(), "HOST=127.0.0.1", fmt.Sprint("PORT=", port)}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	said := make(chan string, 1)
	out := &watched{want: regexp.MustCompile(`(?s)http://\S+.*/admin/setup#\S{43}\n`), hit: said}
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, nil, env, out, &bytes.Buffer{}) }()
	var origin, link string
	select {
	case lines := <-said:
		origin, _, _ = strings.Cut(lines, "\n")
		_, link, _ = strings.Cut(strings.TrimSpace(lines), "#")
	case err := <-ended:
		t.Fatalf("ended at once: %v", err)
	case <-time.After(time.Minute):
		t.Fatal("said nothing for a minute")
	}
	res, err := http.Get(origin + "/api/health") //nolint:noctx // a test
	if err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("got %v, %v, want a healthy server", res, err)
	} else {
		res.Body.Close()
	}
	body := fmt.Sprintf(`{"token":%q,"username":"asha","password":"four green windows"}`, link)
	if res, err = http.Post(origin+"/api/admin/setup", "application/json", strings.NewReader(body)); err != nil || res.StatusCode != http.StatusOK { //nolint:noctx // a test
		t.Errorf("set up with the printed link: got %v, %v", res, err)
	} else {
		res.Body.Close()
	}
	var pair bytes.Buffer
	if err := run(t.Context(), []string{"admin", "pair", "Room 204"}, env, &pair, &bytes.Buffer{}); err != nil || !regexp.MustCompile(`^[A-Z2-7]{5}-`).MatchString(pair.String()) {
		t.Errorf("got %q, %v, want a claim code", pair.String(), err)
	}
	if err := run(t.Context(), []string{"admin", "revoke", "Room 204"}, env, &pair, &bytes.Buffer{}); err != nil {
		t.Errorf("revoke: %v", err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("got %v at the end, want nil", err)
	}
}
