package lesson

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/server/porttest"
)

const officePassword = "a long enough password"

// desk is somebody of the office, signed in at the cloud.
func (s *school) desk() *teacher {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	te := &teacher{t: s.t, base: s.cloud, http: &http.Client{Jar: jar, Timeout: 60 * time.Second}}
	te.must("POST", "/api/admin/login", map[string]string{"username": "admin", "password": officePassword}, nil)
	return te
}

// program of this computer as `make pendrive` names it.
func ownProgram() string {
	name := "arise-edge-" + runtime.GOOS + "-" + runtime.GOARCH
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return name
}

// unpack puts a made pendrive's files where somebody would unzip them.
func (te *teacher) unpack(link string) string {
	te.t.Helper()
	resp, err := te.http.Get(te.base + link)
	if err != nil {
		te.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		te.t.Fatalf("got %d %.200s, %v", resp.StatusCode, raw, err)
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		te.t.Fatal(err)
	}
	dir := te.t.TempDir()
	for _, f := range z.File {
		to := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			te.t.Fatal(err)
		}
		r, err := f.Open()
		if err != nil {
			te.t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			te.t.Fatal(err)
		}
		if err := os.WriteFile(to, body, f.Mode()); err != nil {
			te.t.Fatal(err)
		}
	}
	return filepath.Join(dir, "arise")
}

// A pendrive is made, unpacked, and opened where there is no internet. A class is
// held; days later it meets the cloud. Then it is lost.
func TestAMadePendriveFromTheOfficeToTheClassAndBack(t *testing.T) {
	t.Parallel()
	programs := t.TempDir()
	if err := os.Symlink(filepath.Join(bin, "edge"), filepath.Join(programs, ownProgram())); err != nil {
		t.Fatal(err)
	}
	s := openSchool(t, "ARISE_PENDRIVE_DIR="+programs, "ADMIN_DEFAULT_PASSWORD="+officePassword)
	desk := s.desk()
	var courses []struct{ ID string }
	desk.get("/api/admin/courses?q=MCA-301", &courses)
	var made struct {
		ID, Download string
		ClaimCode    string `json:"claim_code"`
	}
	desk.must("POST", "/api/admin/nodes", map[string]any{"name": "Room 7", "course_ids": []string{courses[0].ID}}, &made)
	folder := desk.unpack(made.Download)

	port := porttest.Free(t)
	s.net.cut.Store(true)
	p := &pendrive{s: s, url: fmt.Sprintf("http://127.0.0.1:%d", port), dir: filepath.Join(folder, "data")}
	p.env = []string{"CLOUD_SERVER_URL=" + s.net.URL, fmt.Sprintf("ARISE_EDGE_LISTEN=127.0.0.1:%d", port), "SYNC_INTERVAL_SECONDS=2"}
	program := filepath.Join(folder, ownProgram())
	begin := func() {
		p.proc = startAt(t, program, p.env, "serve")
		p.proc.answers(p.url + "/api/teacher/course-codes")
	}
	begin()
	typed := func(code string) int {
		c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		resp, err := c.PostForm(p.url+"/claim", url.Values{"code": {code}})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	if got := typed("WRONG-WRONG-WRONG"); got != http.StatusForbidden || len(courseCodes(t, p.url)) != 0 {
		t.Errorf("a wrong code: got %d", got)
	}
	if got := typed(strings.ToLower(made.ClaimCode)); got != http.StatusSeeOther {
		t.Fatalf("the code: got %d", got)
	}
	if got := courseCodes(t, p.url); len(got) != 1 || got[0] != "MCA-301" {
		t.Fatalf("got courses %v, want the one that was given", got)
	}
	te := signIn(t, p.url, "MCA-301")
	first := te.begin("")
	session := first.Session.ID
	te.mark(session, uuid(1), "present", first.student(t, 7), first.student(t, 8))
	te.mark(session, uuid(2), "absent", first.student(t, 9))
	te.must("POST", "/api/teacher/session/"+session+"/end", nil, nil)
	p.proc.kill() // and pulled out
	begin()

	s.net.cut.Store(false)
	p.drained(30 * time.Second)
	sameRegister(t, te, signIn(t, s.cloud, "MCA-301"), session)
	var node string
	var facts, distinct int
	if err := s.db.QueryRow(t.Context(), "SELECT min(node_id::text), count(*), count(DISTINCT id) FROM fact WHERE session_id = $1", session).Scan(&node, &facts, &distinct); err != nil {
		t.Fatal(err)
	}
	if node != made.ID || facts == 0 || facts != distinct {
		t.Errorf("got %d facts of node %s, want each once, of %s", facts, node, made.ID)
	}

	// It is given another course, which comes, and the first goes.
	var others []struct{ ID string }
	desk.get("/api/admin/courses?q=MCA-302", &others)
	desk.must("PATCH", "/api/admin/nodes/"+made.ID, map[string]any{"course_ids": []string{others[0].ID}}, nil)
	eventually(t, 30*time.Second, "it has the other course alone", func() error {
		if got := courseCodes(t, p.url); len(got) != 1 || got[0] != "MCA-302" {
			return fmt.Errorf("it has %v", got)
		}
		return nil
	})

	// It is lost while the network is away, and used.
	s.net.cut.Store(true)
	te = signIn(t, p.url, "MCA-302")
	lost := te.begin("").Session.ID
	desk.must("POST", "/api/admin/nodes/"+made.ID+"/revoke", nil, nil)
	s.net.cut.Store(false)
	p.drained(60 * time.Second)
	eventually(t, 60*time.Second, "it begins no class", func() error {
		if code := call(t, te.http, "POST", p.url+"/api/teacher/session/"+lost+"/end", nil, nil); code >= 300 {
			return fmt.Errorf("end: %d", code)
		}
		if code := call(t, te.http, "POST", p.url+"/api/teacher/start-session", map[string]any{"course_id": te.course}, nil); code != http.StatusForbidden {
			return fmt.Errorf("start: %d", code)
		}
		return nil
	})
	var aside, counted int
	if err := s.db.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM inbox WHERE session_id = $1 AND reason = 'revoked'), (SELECT count(*) FROM session WHERE id = $1)", lost).Scan(&aside, &counted); err != nil {
		t.Fatal(err)
	}
	if aside == 0 || counted != 0 {
		t.Errorf("got %d lines in the inbox and %d sessions, want some and none", aside, counted)
	}
}

// get reads.
func (te *teacher) get(path string, into any) {
	te.t.Helper()
	if code := call(te.t, te.http, "GET", te.base+path, nil, into); code != http.StatusOK {
		te.t.Fatalf("GET %s: got %d", path, code)
	}
}
