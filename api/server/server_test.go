package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/server"
	"github.com/arise-attendance/arise/db/embedded/pgtest"
	"github.com/arise-attendance/arise/db/postgres"
)

// program is the whole cloud, running over a database of its own.
type program struct {
	config server.Config
	url    string
	link   string // for the first account
}

var templateHash = sync.OnceValues(func() (string, error) { return pgtest.Hash(postgres.Migrations(), "river v0.51.1") })

func configOf(t testing.TB, url string) server.Config {
	t.Helper()
	return server.Config{
		Host: "127.0.0.1", DatabaseURL: url, Schema: "public", Data: t.TempDir(), Zone: time.UTC,
		Secret: bytes.Repeat([]byte("s"), 32), PublicURL: "http://cloud.example", Log: slog.New(slog.DiscardHandler),
	}
}

// start runs the cloud until the test ends, and sees it end well.
func start(t testing.TB, change func(*server.Config)) *program {
	t.Helper()
	hash, err := templateHash()
	if err != nil {
		t.Fatal(err)
	}
	migrated := func(ctx context.Context, url string) error { return server.Migrate(ctx, configOf(t, url)) }
	c := configOf(t, pgtest.New(t, migrated, hash))
	if change != nil {
		change(&c)
	}
	return startOn(t, c)
}

// startOn is start for a database that is there.
func startOn(t testing.TB, c server.Config) *program {
	t.Helper()
	s, err := server.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if c.Demo {
		if err := s.Demo(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	link, err := s.FirstAccount(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
		for range 2 {
			if err := s.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		}
	})
	return &program{config: c, url: "http://" + s.Addr().String(), link: link}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	raw    []byte
}

func (a answer) into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(a.raw, v); err != nil {
		t.Fatalf("%d %s: %v", a.status, a.raw, err)
	}
}

// problem is the short name of the problem's type.
func (a answer) problem(t *testing.T) string {
	t.Helper()
	var p struct {
		Type string `json:"type"`
	}
	a.into(t, &p)
	if ct := a.header.Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("got %q as content type of a problem", ct)
	}
	return p.Type[len("urn:arise:problem:"):]
}

func (p *program) do(t testing.TB, method, path, token string, body any, header ...string) answer {
	t.Helper()
	var send io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		send = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		send = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, p.url+path, send)
	if err != nil {
		t.Fatal(err)
	}
	if send != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, raw}
}
