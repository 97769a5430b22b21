package classroom_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestSession(t *testing.T) {
	t.Parallel()
	t.Run("starting twice with one id starts one session", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		body := fmt.Sprintf(`{"session_id":%q,"course_id":%q,"duration_minutes":40,"topic":" Joins ","start_datetime":"2026-01-01T09:00"}`, id("mine"), id("A-1"))
		first, again := b.call("A-1", "POST", "/api/teacher/start-session", body), b.call("A-1", "POST", "/api/teacher/start-session", body)
		if first.code != 200 || first.json["session_id"] != id("mine").String() || again.json["start_time"] != first.json["start_time"] {
			t.Errorf("got %s, then %s", first.body, again.body)
		}
		if first.json["duration_minutes"] != 40.0 || first.json["seconds_remaining"].(float64) < 44*60 {
			t.Errorf("got %s, want 40 minutes and 5 of grace", first.body)
		}
		if students := first.json["students"].([]any); len(students) != 3 {
			t.Errorf("got %d students, want 3", len(students))
		}
	})
	t.Run("a second start names the session to resume", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		s := b.start("A-1")
		got := b.call("A-1", "POST", "/api/teacher/start-session", fmt.Sprintf(`{"course_id":%q}`, id("A-1")))
		if got.code != http.StatusConflict || !strings.HasSuffix(s, got.json["session_id"].(string)) {
			t.Errorf("got %d %s, want 409 with %s", got.code, got.body, s)
		}
		if got := b.call("B-1", "POST", "/api/teacher/start-session", fmt.Sprintf(`{"course_id":%q}`, id("B-1"))); got.code != 200 {
			t.Errorf("got %d, want another course to start beside it", got.code)
		}
	})
	t.Run("a reload restores what runs", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		path := "/api/teacher/validate-session/" + id("A-1").String()
		if got := b.call("A-1", "GET", path, ""); got.json["has_active_session"] != false || got.json["active_session"] != nil {
			t.Errorf("got %s, want none", got.body)
		}
		s := b.start("A-1")
		got := b.call("A-1", "GET", path, "")
		if got.json["has_active_session"] != true || !strings.HasSuffix(s, got.json["active_session"].(map[string]any)["id"].(string)) {
			t.Errorf("got %s, want %s", got.body, s)
		}
	})
	t.Run("one extension id extends once, two extend twice", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		s := b.start("A-1")
		end := func(step string) time.Time {
			got := b.call("A-1", "POST", s+"/extend", fmt.Sprintf(`{"extension_id":%q}`, id(step)))
			at, err := time.Parse(time.RFC3339Nano, got.json["new_end_time"].(string))
			if err != nil {
				t.Fatalf("%v in %s", err, got.body)
			}
			return at
		}
		one, again, two := end("one"), end("one"), end("two")
		if !again.Equal(one) || two.Sub(one) != 10*time.Minute {
			t.Errorf("got %v, %v, %v, want the same and ten minutes more", one, again, two)
		}
		if got := b.call("A-1", "POST", s+"/extend", ""); got.code != 200 {
			t.Errorf("got %d without a body, as the original's page sends it", got.code)
		}
	})
	t.Run("after the end nothing is extended and unmarked means absent", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		s := b.start("A-1")
		if got := b.call("A-1", "POST", s+"/end", ""); got.json["message"] != "Session ended. 3 students marked absent." {
			t.Errorf("got %s", got.body)
		}
		if got := b.call("A-1", "POST", s+"/end", ""); got.code != 200 {
			t.Errorf("ending twice: got %d", got.code)
		}
		if got := b.call("A-1", "POST", s+"/extend", ""); got.code != 409 || got.json["type"] != "urn:arise:problem:session-ended" {
			t.Errorf("got %d %s", got.code, got.body)
		}
		got := b.call("A-1", "GET", s, "")
		if strings.Count(got.body, `"status":"absent"`) != 3 || strings.Contains(got.body, `"is_active":true`) {
			t.Errorf("got %s", got.body)
		}
	})
	t.Run("its time is up by the clock, whoever asks", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		s := b.start("A-1")
		if got := b.call("A-1", "POST", s+"/check-expire", ""); got.json["status"] != "active" || got.json["expired"] != false {
			t.Errorf("got %s", got.body)
		}
		b.ahead.Store(int64(36 * time.Minute))
		for _, want := range []string{"expired", "already_ended"} {
			if got := b.call("A-1", "POST", s+"/check-expire", ""); got.json["status"] != want || got.json["expired"] != true {
				t.Errorf("got %s, want %s", got.body, want)
			}
		}
		if got := b.call("", "POST", "/api/mark-attendance-by-roll-id", `{"class_roll_id":1}`); got.code != 400 {
			t.Errorf("a scan after the end: got %d %s", got.code, got.body)
		}
	})
	t.Run("my day shows what runs and what was", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.start("A-1")
		got := b.call("A-1", "GET", "/api/teacher/me", "")
		courses := got.json["courses"].([]any)
		if len(courses) != 1 || courses[0].(map[string]any)["active_session"] == nil || !strings.Contains(got.body, `"kind":"edge"`) {
			t.Errorf("got %s", got.body)
		}
	})
}
