package classroom_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// follow reads snapshots until one says what it should.
func follow(t *testing.T, lines *bufio.Scanner, what string, ok func(map[string]any) bool) {
	t.Helper()
	for lines.Scan() {
		data, is := strings.CutPrefix(lines.Text(), "data: ")
		if !is {
			continue
		}
		var got struct{ Counts map[string]any }
		if err := json.Unmarshal([]byte(data), &got); err != nil {
			t.Fatal(err)
		}
		if ok(got.Counts) {
			return
		}
	}
	t.Fatalf("the stream ended before it showed %s: %v", what, lines.Err())
}

func TestTheLiveStreamShowsEveryChange(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.start("A-1")
	srv := httptest.NewServer(b.h)
	t.Cleanup(srv.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // a silent stream is a failure
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+s+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+b.as("A-1"))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if ct := resp.Header.Get("Content-Type"); ct != "text/event-stream" {
		t.Errorf("got %q, want an event stream", ct)
	}
	lines := bufio.NewScanner(resp.Body)
	follow(t, lines, "the start", func(c map[string]any) bool { return c["unmarked"] == 3.0 })
	b.call("", "POST", "/api/mark-attendance-by-roll-id", `{"class_roll_id":1}`)
	follow(t, lines, "the finger", func(c map[string]any) bool { return c["present"] == 1.0 })
	b.mark(s, "g", "absent", false, "asha")
	follow(t, lines, "the verdict", func(c map[string]any) bool { return c["absent"] == 1.0 })
	b.call("A-1", "POST", s+"/end", "")
	follow(t, lines, "the end", func(c map[string]any) bool { return c["absent"] == 3.0 })
}
