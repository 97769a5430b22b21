package classroom_test

import (
	"fmt"
	"strings"
	"testing"
)

// statuses is the register of a session by name.
func (b *bench) statuses(s string) string {
	b.t.Helper()
	var out []string
	for _, row := range b.call("A-1", "GET", s, "").json["students"].([]any) {
		r := row.(map[string]any)
		out = append(out, fmt.Sprintf("%v %v", r["student_name"], r["status"]))
	}
	return strings.Join(out, ", ")
}

func (b *bench) mark(s, gesture, status string, bulk bool, students ...string) reply {
	ids := make([]string, len(students))
	for i, st := range students {
		ids[i] = fmt.Sprintf("%q", id(st))
	}
	return b.call("A-1", "PUT", s+"/marks/"+id(gesture).String(),
		fmt.Sprintf(`{"student_ids":[%s],"status":%q,"bulk":%v,"reason":"r"}`, strings.Join(ids, ","), status, bulk))
}

func TestMarks(t *testing.T) {
	t.Parallel()
	t.Run("a gesture counts once however often it arrives", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		s := b.start("A-1")
		first, again := b.mark(s, "g", "late", false, "asha"), b.mark(s, "g", "late", false, "asha")
		if first.json["applied"] != 1.0 || again.json["applied"] != 0.0 {
			t.Errorf("got %s, then %s", first.body, again.body)
		}
		if got, want := b.statuses(s), "asha late, bala unmarked, chen unmarked"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	t.Run("undo shows what was before, and undoing twice is undoing once", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		s := b.start("A-1")
		b.mark(s, "one", "excused", false, "asha")
		b.mark(s, "two", "absent", false, "asha", "bala")
		for _, undone := range []float64{2, 0} {
			if got := b.call("A-1", "DELETE", s+"/marks/"+id("two").String(), ""); got.json["undone"] != undone {
				t.Errorf("got %s, want %v undone", got.body, undone)
			}
			if got, want := b.statuses(s), "asha excused, bala unmarked, chen unmarked"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
	})
	t.Run("undo leaves what was decided since", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		s := b.start("A-1")
		b.mark(s, "one", "absent", false, "asha")
		b.mark(s, "two", "duty", false, "asha")
		if got := b.call("A-1", "DELETE", s+"/marks/"+id("one").String(), ""); got.json["undone"] != 0.0 {
			t.Errorf("got %s, want nothing undone", got.body)
		}
		if got := b.statuses(s); !strings.HasPrefix(got, "asha duty") {
			t.Errorf("got %s, want duty to stay", got)
		}
	})
	t.Run("a bulk mark touches only who has none, and a finger outlives it", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		s := b.start("A-1")
		b.mark(s, "one", "excused", false, "asha")
		if got := b.mark(s, "all", "absent", true, "asha", "bala", "chen"); got.json["applied"] != 2.0 || got.json["skipped"] != 1.0 {
			t.Errorf("got %s", got.body)
		}
		b.call("A-1", "DELETE", s+"/marks/"+id("all").String(), "")
		if got, want := b.statuses(s), "asha excused, bala unmarked, chen unmarked"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	t.Run("a verdict outranks a finger, and undoing it shows the finger again", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		s := b.start("A-1")
		b.mark(s, "one", "absent", false, "bala")
		b.call("", "POST", "/api/mark-attendance-by-roll-id", `{"class_roll_id":2}`)
		if got := b.statuses(s); !strings.Contains(got, "bala absent") {
			t.Errorf("got %s, want the verdict", got)
		}
		b.call("A-1", "DELETE", s+"/marks/"+id("one").String(), "")
		if got := b.statuses(s); !strings.Contains(got, "bala present") {
			t.Errorf("got %s, want the finger", got)
		}
	})
	t.Run("a tap made before the end counts when it arrives after it", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		s := b.start("A-1")
		b.call("A-1", "POST", s+"/end", "")
		if got := b.mark(s, "late tap", "present", false, "chen"); got.code != 200 || !strings.Contains(b.statuses(s), "chen present") {
			t.Errorf("got %d %s", got.code, got.body)
		}
	})
}

func TestTheOriginalsOwnMarks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.start("A-1")
	session := strings.TrimPrefix(s, "/api/teacher/session/")
	override := func(roll string) reply {
		return b.call("A-1", "POST", "/api/teacher/manual-override", fmt.Sprintf(`{"session_id":%q,"univ_roll_no":%q,"reason":"Finger Injury"}`, session, roll))
	}
	if got := override("U-1"); got.json["message"] != "Attendance marked manually" {
		t.Errorf("got %d %s", got.code, got.body)
	}
	if got := override("U-1"); got.code != 409 || got.json["type"] != "urn:arise:problem:already-marked" {
		t.Errorf("got %d %s", got.code, got.body)
	}
	got := b.call("A-1", "POST", "/api/teacher/emergency-bulk-mark", fmt.Sprintf(
		`{"session_id":%q,"students":[{"roll":"U-1","status":"absent"},{"roll":"U-2","status":"absent"},"U-3",{"roll":"U-9","status":"present"}]}`, session))
	if got.json["message"] != "Marked 1 present, 1 absent" || got.json["skipped_count"] != 2.0 {
		t.Errorf("got %d %s", got.code, got.body)
	}
	if got, want := b.statuses(s), "asha present, bala absent, chen present"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, wrong := range []string{`""`, `7`, `{"roll":"U-1"}`, `{"roll":"U-1","status":"ill"}`} {
		if got := b.call("A-1", "POST", "/api/teacher/emergency-bulk-mark", fmt.Sprintf(`{"session_id":%q,"students":[%s]}`, session, wrong)); got.code != 422 {
			t.Errorf("%s: got %d %s, want it refused", wrong, got.code, got.body)
		}
	}
	status := b.call("A-1", "GET", s+"/status", "")
	if want := `{"marked_students":["U-1","U-3"],"absent_students":["U-2"],"session_active":true}` + "\n"; status.body != want {
		t.Errorf("got %s, want %s", status.body, want)
	}
	report := b.call("A-1", "GET", "/api/teacher/report/"+session, "")
	if n := len(report.json["present_set"].([]any)); n != 2 {
		t.Errorf("got %d in present_set, want 2: somebody marked absent is not present", n)
	}
	sheet := b.call("A-1", "GET", "/api/teacher/report/export/"+session, "")
	if !strings.HasPrefix(sheet.body, "PK") || !strings.Contains(sheet.head.Get("Content-Disposition"), "Attendance_Report_Course A-1_") {
		t.Errorf("got %d %q", sheet.code, sheet.head.Get("Content-Disposition"))
	}
}
