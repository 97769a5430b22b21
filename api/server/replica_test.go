package server_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/arise-attendance/arise/api/demo"
	"github.com/arise-attendance/arise/api/server"
)

func TestReplicasStartAtOnceOnAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	c := emptyDatabase(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			s, err := server.New(t.Context(), c)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	p := startOn(t, c)
	if a := p.do(t, http.MethodGet, "/readyz", "", nil); a.status != http.StatusOK {
		t.Errorf("got %d %s", a.status, a.raw)
	}
}

// teach signs a demo teacher in and opens a session.
func (p *program) teach(t *testing.T, minutes int) (token, session string) {
	t.Helper()
	var in struct {
		Token    string `json:"token"`
		CourseID string `json:"course_id"`
	}
	p.do(t, http.MethodPost, "/api/teacher/login", "", object{"course_code": "mca-301", "pin": demo.PIN}).into(t, &in)
	var began struct {
		SessionID string `json:"session_id"`
	}
	a := p.do(t, http.MethodPost, "/api/teacher/start-session", in.Token, object{"course_id": in.CourseID, "session_type": "offline", "duration_minutes": minutes})
	if a.into(t, &began); began.SessionID == "" {
		t.Fatalf("got %d %s, want a session", a.status, a.raw)
	}
	return in.Token, began.SessionID
}

// follow passes on each line of a session's live stream.
func (p *program) follow(t *testing.T, token, session string) <-chan string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/api/teacher/session/"+session+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(r) //nolint:bodyclose // below, by who reads it
	if err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		defer res.Body.Close()
		in := bufio.NewScanner(res.Body)
		in.Buffer(nil, 4<<20)
		for in.Scan() {
			lines <- in.Text()
		}
	}()
	return lines
}

// hears waits for a line with a text.
func hears(t *testing.T, lines <-chan string, within time.Duration, text string) {
	t.Helper()
	late := time.NewTimer(within)
	defer late.Stop()
	for {
		select {
		case line, ok := <-lines:
			if strings.Contains(line, text) {
				return
			}
			if !ok {
				t.Fatalf("the stream ended without %s", text)
			}
		case <-late.C:
			t.Fatalf("not within %v: %s", within, text)
		}
	}
}

func TestTwoReplicasAreOneServer(t *testing.T) {
	t.Parallel()
	a := start(t, func(c *server.Config) { c.Demo = true })
	b := startOn(t, a.config)
	token, session := a.teach(t, 50)
	lines := b.follow(t, token, session)
	hears(t, lines, 10*time.Second, `"present":0`)
	student := demo.Make(time.Now().UTC()).Enrolments[0].Student
	got := a.do(t, http.MethodPut, "/api/teacher/session/"+session+"/marks/"+newID(t).String(), token,
		object{"student_ids": []string{student.String()}, "status": "present"})
	if got.status != http.StatusOK {
		t.Fatalf("mark: got %d %s", got.status, got.raw)
	}
	hears(t, lines, 5*time.Second, `"present":1`) // less than the stream's own beat
}

// A server dies, and the one that led the queue with it. Nobody takes over for a
// quarter of a minute, but classes end on time.
func TestAClassEndsOnTimeAlthoughItsServerDied(t *testing.T) {
	t.Parallel()
	b := start(t, func(c *server.Config) { c.Demo = true })
	pool, err := pgxpool.New(t.Context(), b.config.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	dead, err := server.New(t.Context(), b.config) // it never runs
	if err != nil {
		t.Fatal(err)
	}
	defer dead.Close()
	token, session := b.teach(t, 1)
	lines := b.follow(t, token, session)
	hears(t, lines, 10*time.Second, `"is_active":true`)
	// The leader's row of somebody who will never answer, and no job but his.
	_, err = pool.Exec(t.Context(), `WITH dead AS (UPDATE river_leader SET leader_id = 'dead', expires_at = now() + interval '1 hour')
		DELETE FROM river_job`)
	if err != nil {
		t.Fatal(err)
	}
	due := time.Now().Add(time.Second)
	_, err = pool.Exec(t.Context(), `UPDATE session SET closes_at = $2 WHERE id = $1`, session, due)
	if err != nil {
		t.Fatal(err)
	}
	hears(t, lines, 15*time.Second, `"is_active":false`)
	var late time.Duration
	var closed time.Time
	err = pool.QueryRow(t.Context(), `SELECT s.closed_at, f.stored_at - $2::timestamptz FROM session s
		JOIN fact f ON f.session_id = s.id AND f.kind = 'session.ended' WHERE s.id = $1`, session, due).Scan(&closed, &late)
	if err != nil || late > 5*time.Second || closed.Sub(due).Abs() > time.Second {
		t.Errorf("got closed at %v, %v late, %v; want at %v and within 5 s", closed, late, err, due)
	}
}

func TestAStoppedServerSaysSoFirst(t *testing.T) {
	t.Parallel()
	c := start(t, func(c *server.Config) { c.Demo = true }).config
	c.DrainFor = 3 * time.Second
	s, err := server.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{config: c, url: "http://" + s.Addr().String()}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	if a := p.do(t, http.MethodGet, "/readyz", "", nil); a.status != http.StatusOK {
		t.Errorf("running: got %d %s", a.status, a.raw)
	}
	token, session := p.teach(t, 50)
	lines := p.follow(t, token, session)
	stop()
	for a := (answer{status: http.StatusOK}); a.status == http.StatusOK; {
		if a = p.do(t, http.MethodGet, "/readyz", "", nil); a.status != http.StatusOK && a.status != http.StatusServiceUnavailable {
			t.Errorf("stopping: got %d %s", a.status, a.raw)
		}
	}
	if a := p.do(t, http.MethodGet, "/api/health", "", nil); a.status != http.StatusOK {
		t.Errorf("what still arrives is answered: got %d %s", a.status, a.raw)
	}
	hears(t, lines, 10*time.Second, "retry: ")
	if err := <-ended; err != nil {
		t.Errorf("got %v, want a good end", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
