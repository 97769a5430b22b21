package lesson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A server is told to stop while a class is being marked. Who asks gets an answer
// or finds nobody; what was answered is there afterwards.
func TestAServerToldToStopLosesNoMark(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	s.env = append(s.env, "ARISE_DRAIN_SECONDS=1", "ARISE_LOG=json", "ARISE_LOG_LEVEL=debug")
	leaving, p := s.replica()
	code := courseCodes(t, leaving)[0]
	te := signIn(t, leaving, code)
	first := te.begin("")
	session := first.Session.ID

	var mu sync.Mutex
	answered := map[string]bool{}
	half, gone := make(chan struct{}), make(chan struct{})
	client := &http.Client{Jar: te.http.Jar, Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	var all sync.WaitGroup
	for worker := range 6 {
		all.Go(func() {
			for n := worker; ; n += 6 {
				id := uuid(1000 + n)
				status, err := put(client, leaving+"/api/teacher/session/"+session+"/marks/"+id,
					map[string]any{"student_ids": []string{first.student(t, 1+n%60)}, "status": "present"})
				mu.Lock()
				switch {
				case err == nil && status == http.StatusOK:
					answered[id] = true
				case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ECONNRESET):
					mu.Unlock()
					return
				default:
					t.Errorf("mark %d: got %d, %v, want an answer or nobody", n, status, err)
					mu.Unlock()
					return
				}
				if len(answered) == 60 {
					close(half)
				}
				mu.Unlock()
			}
		})
	}
	go func() { all.Wait(); close(gone) }()
	select {
	case <-half:
	case <-gone:
		t.Fatal("the markers gave up before the server was told to stop")
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, 10*time.Second, "it says that it is not ready, or is gone", func() error {
		resp, err := http.Get(leaving + "/readyz")
		if err != nil {
			return nil //nolint:nilerr // gone
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusServiceUnavailable {
			return fmt.Errorf("status %d", resp.StatusCode)
		}
		return nil
	})
	all.Wait()
	select {
	case <-p.done:
	case <-time.After(30 * time.Second):
		t.Fatal("it does not end")
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("got exit code %d, want 0", code)
	}
	t.Logf("%d marks were answered", len(answered))
	if len(answered) < 60 {
		t.Fatal("too few to say anything")
	}
	for id := range answered {
		var facts int
		if err := s.db.QueryRow(t.Context(), `SELECT count(*) FROM fact WHERE gesture_id = $1`, id).Scan(&facts); err != nil || facts != 1 {
			t.Errorf("mark %s was answered: got %d facts, %v, want 1", id, facts, err)
		}
	}
	namesNobody(t, s, p, te)
}

func put(client *http.Client, url string, body any) (int, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequest(http.MethodPut, url, bytes.NewReader(raw))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

func TestASecondSignalEndsAServerAtOnce(t *testing.T) {
	t.Parallel()
	s := openSchool(t)
	s.env = append(s.env, "ARISE_DRAIN_SECONDS=300", "ARISE_LOG=text")
	_, p := s.replica()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, 10*time.Second, "it has heard the first", func() error {
		if !strings.Contains(p.out.String(), "msg=stopping") {
			return errors.New("not yet")
		}
		return nil
	})
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		t.Error("it does not end")
	}
}

// namesNobody looks through all that a program logged.
func namesNobody(t *testing.T, s *school, p *program, te *teacher) {
	t.Helper()
	secrets := []string{demoPIN, s.claim}
	for _, req := range []string{te.base + "/api/teacher/session"} {
		r, err := http.NewRequest(http.MethodGet, req, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range te.http.Jar.Cookies(r.URL) {
			secrets = append(secrets, c.Value)
		}
	}
	rows, err := s.db.Query(t.Context(), `SELECT name FROM student UNION SELECT name FROM teacher UNION SELECT university_roll FROM student WHERE university_roll <> ''`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, name)
	}
	if err := rows.Err(); err != nil || len(secrets) < 1000 {
		t.Fatalf("got %d names, %v", len(secrets), err)
	}
	lines := 0
	for line := range strings.Lines(p.out.String()) {
		if !strings.HasPrefix(line, "{") {
			continue // what it says to people: the demo's PIN
		}
		lines++
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
		for _, secret := range secrets {
			if strings.Contains(line, secret) {
				t.Errorf("the log holds %q: %s", secret, line)
			}
		}
	}
	if lines < 60 {
		t.Errorf("got %d lines, want one for each mark", lines)
	}
}
