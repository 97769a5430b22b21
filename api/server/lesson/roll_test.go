package lesson

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// snapshot is what the roll-call screen is told, as far as lessons look at it.
type snapshot struct {
	Session struct {
		ID       string `json:"id"`
		IsActive bool   `json:"is_active"`
	} `json:"session"`
	Counts   struct{ Enrolled, Marked, Present, Absent, Unmarked int }
	Sources  struct{ Scanner, Teacher, Bulk int }
	Students []struct {
		ID     string `json:"id"`
		Roll   int    `json:"class_roll_id"`
		Status string `json:"status"`
	}
	Unplaced []struct{ Roll int }
	Devices  []struct {
		ID  string `json:"id"`
		MAC string `json:"mac_address"`
	}
	Sync struct {
		State   string
		Waiting int
	}
}

// byRoll is the register: roll to status.
func (s snapshot) byRoll() map[int]string {
	out := make(map[int]string, len(s.Students))
	for _, st := range s.Students {
		out[st.Roll] = st.Status
	}
	return out
}

func (s snapshot) student(t testing.TB, roll int) string {
	t.Helper()
	for _, st := range s.Students {
		if st.Roll == roll {
			return st.ID
		}
	}
	t.Fatalf("nobody has roll %d", roll)
	return ""
}

// begin starts a session, on one scanner if it is named.
func (te *teacher) begin(device string) snapshot {
	te.t.Helper()
	order := map[string]any{"course_id": te.course, "session_type": "offline"}
	if device != "" {
		order["device_id"] = device
	}
	var got struct {
		SessionID string `json:"session_id"`
	}
	te.must("POST", "/api/teacher/start-session", order, &got)
	return te.look(got.SessionID)
}

func (te *teacher) look(session string) snapshot {
	te.t.Helper()
	var got snapshot
	te.must("GET", "/api/teacher/session/"+session, nil, &got)
	return got
}

func (te *teacher) mark(session, markID, status string, students ...string) {
	te.t.Helper()
	te.must("PUT", "/api/teacher/session/"+session+"/marks/"+markID,
		map[string]any{"student_ids": students, "status": status}, nil)
}

func (te *teacher) undo(session, markID string) {
	te.t.Helper()
	te.must("DELETE", "/api/teacher/session/"+session+"/marks/"+markID, nil, nil)
}

// export is the workbook's cells.
func (te *teacher) export(session string) [][]string {
	te.t.Helper()
	resp, err := te.http.Get(te.base + "/api/teacher/report/export/" + session)
	if err != nil {
		te.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		te.t.Fatalf("export: %d %v", resp.StatusCode, err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		te.t.Fatal(err)
	}
	rows, err := f.GetRows("Attendance Report")
	if err != nil {
		te.t.Fatal(err)
	}
	return rows
}

// stream follows a session and remembers the newest snapshot.
type stream struct {
	mu     sync.Mutex
	newest snapshot
	seen   int
}

func (te *teacher) follow(session string) *stream {
	te.t.Helper()
	ctx, cancel := context.WithCancel(te.t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, te.base+"/api/teacher/session/"+session+"/live", nil)
	if err != nil {
		te.t.Fatal(err)
	}
	resp, err := (&http.Client{Jar: te.http.Jar}).Do(req)
	if err != nil {
		te.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		te.t.Fatalf("live stream: got %d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	s := &stream{}
	var done sync.WaitGroup
	done.Go(func() {
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 4<<20)
		for lines.Scan() {
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			if !ok {
				continue
			}
			var got snapshot
			if json.Unmarshal([]byte(data), &got) == nil {
				s.mu.Lock()
				s.newest, s.seen = got, s.seen+1
				s.mu.Unlock()
			}
		}
	})
	te.t.Cleanup(func() {
		cancel()
		resp.Body.Close()
		done.Wait()
	})
	return s
}

// shows waits until the stream has shown something.
func (s *stream) shows(t testing.TB, within time.Duration, what string, ok func(snapshot) bool) {
	t.Helper()
	eventually(t, within, "the live stream shows "+what, func() error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !ok(s.newest) {
			return fmt.Errorf("after %d snapshots: %+v", s.seen, s.newest.Counts)
		}
		return nil
	})
}
