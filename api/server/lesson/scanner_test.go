package lesson

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// scanner behaves as the original firmware 3.2 does on the wire: any HTTP status
// ends a scan, only a transport error puts it into the queue, and after a flush
// the queue is exactly what the server listed as failed.
type scanner struct {
	base string
	mac  string
	http *http.Client

	mu    sync.Mutex
	queue []int
	acked map[int]string // roll to what the display said
}

// newScanner calls from an address of its own, as a device on the LAN does.
func newScanner(base, from, mac string) *scanner {
	dial := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 5 * time.Second}
	return &scanner{base: base, mac: mac, acked: map[int]string{}, http: &http.Client{
		Timeout: 5 * time.Second,
		Transport: &http.Transport{MaxConnsPerHost: 8, DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return dial.DialContext(ctx, network, addr)
		}},
	}}
}

func (s *scanner) send(method, path string, body, into any) (int, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequest(method, s.base+path, bytes.NewReader(raw))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	raw, err = io.ReadAll(resp.Body)
	if err != nil {
		return 0, err // the reply was cut: for the firmware this is no answer
	}
	_ = json.Unmarshal(raw, into) // anything else than JSON shows as "null", as on the device
	return resp.StatusCode, nil
}

func (s *scanner) poll() (active bool, course string, err error) {
	var got struct {
		IsSessionActive bool   `json:"isSessionActive"`
		SessionName     string `json:"sessionName"`
	}
	_, err = s.send("GET", "/api/session-status", nil, &got)
	return got.IsSessionActive, got.SessionName, err
}

func (s *scanner) beat() error {
	s.mu.Lock()
	queued := len(s.queue)
	s.mu.Unlock()
	var got struct{}
	_, err := s.send("POST", "/api/device/heartbeat", map[string]any{
		"mac_address": s.mac, "wifi_strength": -58, "battery": 87, "queue_count": queued, "sync_count": 0,
	}, &got)
	return err
}

// touch is one finger.
func (s *scanner) touch(roll int) {
	var got struct{ Message string }
	code, err := s.send("POST", "/api/mark-attendance-by-roll-id", map[string]int{"class_roll_id": roll}, &got)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err != nil || code <= 0:
		s.queue = append(s.queue, roll)
	case code == http.StatusOK:
		s.acked[roll] = got.Message
	default:
		s.acked[roll] = "refused: " + got.Message
	}
}

// flush sends the queue; it reports whether the queue is empty now.
func (s *scanner) flush() bool {
	s.mu.Lock()
	queue := append([]int(nil), s.queue...)
	s.mu.Unlock()
	if len(queue) == 0 {
		return true
	}
	var got struct {
		Details map[string]string `json:"details"`
		Failed  []int             `json:"failed"`
	}
	code, err := s.send("POST", "/api/bulk-mark-attendance", map[string][]int{"roll_ids": queue}, &got)
	if err != nil || code != http.StatusOK {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = got.Failed
	for _, roll := range queue {
		s.acked[roll] = "queue"
	}
	return len(s.queue) == 0
}

// ready waits until the scanner shows a course, after a heartbeat.
func (s *scanner) ready(t testing.TB, course string) {
	t.Helper()
	if err := s.beat(); err != nil {
		t.Fatal(err)
	}
	active, name, err := s.poll()
	if err != nil || !active || name != course {
		t.Fatalf("got session %v %q, %v, want %q", active, name, err, course)
	}
}
