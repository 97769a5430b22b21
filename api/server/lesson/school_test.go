package lesson

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/arise-attendance/arise/api/server/porttest"
	"github.com/arise-attendance/arise/db/embedded/pgtest"
)

// demoPIN is every demo teacher's, printed at the first start.
const demoPIN = "246810"

// school is a running demo school: the cloud, and the network to it.
type school struct {
	t       testing.TB
	cloud   string
	env     []string // of a replica, but for its port
	program *program
	db      *pgxpool.Pool
	net     *network
	claim   string
}

func openSchool(t testing.TB, more ...string) *school {
	t.Helper()
	none := func(context.Context, string) error { return nil } // the program migrates itself
	url := pgtest.New(t, none, "empty")
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	data := t.TempDir()
	s := &school{t: t, db: pool, env: []string{
		"DATABASE_URL=" + url, "ARISE_DATA=" + data, "ARISE_DEMO=1", "HOST=127.0.0.1", "SECRET_KEY=" + strings.Repeat("k", 32),
	}}
	s.env = append(s.env, more...)
	s.cloud, s.program = s.replica()
	s.net = newNetwork(t, s.cloud)
	s.claim = claimIn(t, filepath.Join(data, "demo", "edge.env"))
	return s
}

// replica starts one more server of the school and returns its address.
func (s *school) replica() (string, *program) {
	s.t.Helper()
	port := porttest.Free(s.t)
	url := fmt.Sprintf("http://127.0.0.1:%d", port)
	p := start(s.t, "api", append(s.env, fmt.Sprintf("PORT=%d", port)), "serve")
	p.answers(url + "/readyz")
	return url, p
}

func claimIn(t testing.TB, file string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if code, ok := strings.CutPrefix(strings.TrimSpace(line), "ARISE_EDGE_CLAIM="); ok {
			return strings.Trim(code, `"'`)
		}
	}
	t.Fatalf("no claim code in %s:\n%s", file, raw)
	return ""
}

// pendrive is one edge: its folder survives the program.
type pendrive struct {
	s    *school
	url  string
	env  []string
	dir  string
	proc *program
}

// plugIn starts an edge on a folder of its own and waits for its roster.
func (s *school) plugIn(claim string) *pendrive {
	s.t.Helper()
	port := porttest.Free(s.t)
	p := &pendrive{s: s, url: fmt.Sprintf("http://127.0.0.1:%d", port), dir: s.t.TempDir()}
	p.env = []string{
		"CLOUD_SERVER_URL=" + s.net.URL, "ARISE_EDGE_CLAIM=" + claim, "ARISE_EDGE_DATA=" + p.dir,
		fmt.Sprintf("ARISE_EDGE_LISTEN=0.0.0.0:%d", port), "ARISE_EDGE_ALLOW_LEGACY=1", "SYNC_INTERVAL_SECONDS=2",
	}
	p.start()
	eventually(s.t, 30*time.Second, "the roster is on the pendrive", func() error {
		if n := len(courseCodes(s.t, p.url)); n == 0 {
			return fmt.Errorf("%d courses", n)
		}
		return nil
	})
	return p
}

func (p *pendrive) start() {
	p.s.t.Helper()
	p.proc = start(p.s.t, "edge", p.env, "serve")
	p.proc.answers(p.url + "/api/teacher/course-codes")
}

// drained waits until nothing waits on the pendrive.
func (p *pendrive) drained(within time.Duration) {
	p.s.t.Helper()
	eventually(p.s.t, within, "the pendrive has sent everything", func() error {
		var st struct {
			Waiting int `json:"waiting"`
		}
		if code := call(p.s.t, http.DefaultClient, "GET", p.url+"/api/sync/status", nil, &st); code != http.StatusOK || st.Waiting > 0 {
			return fmt.Errorf("status %d, %d waiting", code, st.Waiting)
		}
		return nil
	})
}

func courseCodes(t testing.TB, base string) []string {
	t.Helper()
	var got []struct{ Code string }
	call(t, http.DefaultClient, "GET", base+"/api/teacher/course-codes", nil, &got)
	var codes []string
	for _, c := range got {
		codes = append(codes, c.Code)
	}
	return codes
}

// teacher is somebody signed in at one server, with a browser's cookies.
type teacher struct {
	t      testing.TB
	base   string
	http   *http.Client
	course string // id
	code   string
}

func signIn(t testing.TB, base, course string) *teacher {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	te := &teacher{t: t, base: base, http: &http.Client{Jar: jar, Timeout: 30 * time.Second}, code: course}
	var got struct {
		CourseID string `json:"course_id"`
	}
	te.must("POST", "/api/teacher/login", map[string]string{"course_code": course, "pin": demoPIN}, &got)
	te.course = got.CourseID
	return te
}

// must is a call that has to succeed.
func (te *teacher) must(method, path string, body, into any) {
	te.t.Helper()
	if code := call(te.t, te.http, method, te.base+path, body, into); code >= 300 {
		te.t.Fatalf("%s %s: got %d", method, path, code)
	}
}

func call(t testing.TB, c *http.Client, method, url string, body, into any) int {
	t.Helper()
	var r io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		r = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, r)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.Do(req)
	if err != nil {
		t.Logf("%s %s: %v", method, url, err)
		return 599
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Logf("%s %s: %v", method, url, err)
		return 599
	}
	if resp.StatusCode >= 300 {
		t.Logf("%s %s: %d %s", method, url, resp.StatusCode, raw)
		return resp.StatusCode
	}
	if into != nil {
		if err := json.Unmarshal(raw, into); err != nil {
			t.Fatalf("%s %s: %v in %s", method, url, err, raw)
		}
	}
	return resp.StatusCode
}
