package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/arise-attendance/arise/api/demo"
	"github.com/arise-attendance/arise/api/server"
)

func TestMetricsOfARunningSchool(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	p := start(t, func(c *server.Config) { c.Demo, c.MetricsListen = true, address })
	token, session := p.teach(t, 50)
	lines := p.follow(t, token, session)
	hears(t, lines, 10*time.Second, "snapshot")
	p.do(t, http.MethodGet, "/api/teacher/session/"+session, token, nil)
	p.do(t, "BREW", "/coffee/"+session, "", nil)
	if a := p.do(t, http.MethodGet, "/metrics", "", nil); a.status != http.StatusNotFound {
		t.Errorf("at the school's own address: got %d, want 404", a.status)
	}
	got := (&program{url: "http://" + address}).do(t, http.MethodGet, "/metrics", "", nil)
	text := string(got.raw)
	for _, want := range []string{
		`arise_http_request_duration_seconds_count{method="GET",route="/api/teacher/session/{id}",status="2xx"} 1`,
		`route="unmatched"`, `method="other"`, `arise_http_requests_in_flight 1`, `arise_live_streams 1`,
		`arise_facts_stored_total{kind="session.opened"} `, `arise_jobs{kind="close_session",state="scheduled"} `, `arise_inbox_open 0`,
		`arise_db_pool_connections_max 16`, `arise_db_pool_connections{state="used"}`, `arise_database_asked_timestamp_seconds`, "go_goroutines", "go_build_info",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("got no %s", want)
		}
	}
	if strings.Contains(text, session) || strings.Contains(text, "BREW") || strings.Contains(text, "coffee") {
		t.Error("a caller can make up labels")
	}
	if t.Failed() {
		t.Log(text)
	}
}

// receiver is a collector of traces.
type receiver struct {
	mu   sync.Mutex
	raw  []string
	sent []*collector.ExportTraceServiceRequest
}

func (c *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	var got collector.ExportTraceServiceRequest
	if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(raw, &got) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raw, c.sent = append(c.raw, string(raw)), append(c.sent, &got)
}

func TestARequestIsFollowedIntoItsQueries(t *testing.T) {
	t.Parallel()
	collected := &receiver{}
	to := httptest.NewServer(collected)
	t.Cleanup(to.Close)
	c := start(t, func(c *server.Config) { c.Demo = true }).config
	c.TracesTo = to.URL
	s, err := server.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	p := &program{config: c, url: "http://" + s.Addr().String()}
	token, session := p.teach(t, 50)
	p.do(t, http.MethodGet, "/api/teacher/session/"+session+"?secret=hush", token, nil, "Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil { // sends what is left
		t.Error(err)
	}
	requests, children, roots := map[string]string{}, map[string]int{}, 0
	for _, req := range collected.sent {
		for _, res := range req.GetResourceSpans() {
			for _, scope := range res.GetScopeSpans() {
				for _, sp := range scope.GetSpans() {
					switch {
					case strings.Contains(sp.GetName(), " /"):
						requests[sp.GetName()] = string(sp.GetSpanId())
						if sp.GetName() == "GET /api/teacher/session/{id}" && sp.GetTraceId()[0] != 0x0a {
							t.Error("the balancer's trace ends here")
						}
					case len(sp.GetParentSpanId()) == 0:
						roots++
					default:
						children[string(sp.GetParentSpanId())]++
					}
				}
			}
		}
	}
	if id := requests["GET /api/teacher/session/{id}"]; id == "" || children[id] == 0 {
		t.Errorf("got requests %q with %d queries, want some", requests, children[id])
	}
	if roots != 0 {
		t.Errorf("got %d traces that no request began", roots)
	}
	all := strings.Join(collected.raw, "")
	for _, secret := range []string{session, "hush", token, demo.PIN, "mca-301", "127.0.0.1"} {
		if strings.Contains(all, secret) {
			t.Errorf("a trace holds %q", secret)
		}
	}
}

func TestALineOfTheLogNamesItsRequest(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	p := start(t, func(c *server.Config) { c.Demo, c.Log = true, server.Logger(&log, true, slog.LevelDebug) })
	for _, tc := range []struct{ sent, want string }{{"balancer-7", "balancer-7"}, {"two words\tand {\"json\":1}", ""}, {"", ""}, {strings.Repeat("x", 65), ""}} {
		a := p.do(t, http.MethodGet, "/api/health", "", nil, "X-Request-Id", tc.sent)
		id := a.header.Get("X-Request-Id")
		if id == "" || tc.want != "" && id != tc.want || tc.want == "" && id == tc.sent {
			t.Errorf("%q: got %q", tc.sent, id)
		}
		found := false
		for line := range strings.Lines(log.String()) {
			var got struct {
				Msg       string `json:"msg"`
				RequestID string `json:"request_id"`
			}
			if err := json.Unmarshal([]byte(line), &got); err != nil {
				t.Fatalf("%v: %s", err, line)
			}
			found = found || got.Msg == "request" && got.RequestID == id
		}
		if !found {
			t.Errorf("%q: no line of request %s", tc.sent, id)
		}
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
