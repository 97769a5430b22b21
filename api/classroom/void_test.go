package classroom_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func (b *bench) remove(course, session, body string) reply {
	b.t.Helper()
	return b.call(course, "DELETE", "/api/teacher/session/"+id(session).String()+"/delete", body)
}

func (b *bench) history(query string) reply {
	b.t.Helper()
	return b.call("A-1", "GET", "/api/teacher/history/"+id("A-1").String()+query, "")
}

// recent is a class of A-1 that ended an hour ago.
func recent() held {
	class := monday()
	class.session, class.start = "recent", time.Now().Add(-2*time.Hour)
	return class
}

func TestDeletingAClass(t *testing.T) {
	t.Parallel()
	const reason = `{"reason":" started by mistake "}`
	t.Run("answers as the original, and leaves history, report and the teacher's day", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.adopt(recent())
		same(t, b.remove("A-1", "recent", reason), fmt.Sprintf(`{"status":"success","message":"Session deleted successfully. 3 attendance record(s) removed.",`+
			`"session_id":%q,"reason":"started by mistake","attendance_records_deleted":3}`, id("recent")))
		same(t, b.history(""), `{"sessions":[],"total_count":0}`)
		report := b.call("A-1", "GET", "/api/teacher/report/"+id("recent").String(), "")
		if report.code != 200 || strings.Contains(strings.Split(report.body, `"students"`)[0], id("recent").String()) {
			t.Errorf("report: got %d %s, want no trace of the class", report.code, report.body)
		}
	})
	t.Run("it is listed among the deleted, seen in detail, and restored with its marks", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.adopt(recent())
		b.remove("A-1", "recent", reason)
		got := b.history("?deleted=true")
		if got.json["total_count"] != 1.0 || !strings.Contains(got.body, `"present_count":3`) || !strings.Contains(got.body, `"deleted_reason":"started by mistake"`) {
			t.Errorf("deleted: got %s", got.body)
		}
		detail := "/api/teacher/session-detail/" + id("recent").String()
		if got := b.call("A-1", "GET", detail, ""); got.json["deleted_at"] == nil || got.json["present_count"] != 3.0 {
			t.Errorf("detail: got %s", got.body)
		}
		path := "/api/teacher/session/" + id("recent").String() + "/restore"
		for range 2 {
			if got := b.call("A-1", "POST", path, ""); got.code != 200 || got.json["message"] != "Session restored." {
				t.Errorf("restore: got %d %s", got.code, got.body)
			}
		}
		if got := b.history(""); got.json["total_count"] != 1.0 || strings.Contains(got.body, "deleted") {
			t.Errorf("restored: got %s", got.body)
		}
	})
	t.Run("no mark of it is corrected until it is restored", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.adopt(recent())
		b.remove("A-1", "recent", reason)
		if got := b.correct("recent", "asha", "mark_absent", ""); got.code != 409 || got.json["type"] != "urn:arise:problem:session-deleted" {
			t.Errorf("got %d %s", got.code, got.body)
		}
	})
	for _, c := range []struct {
		name, course, session, body string
		code                        int
		says                        string
	}{
		{"without a body", "A-1", "recent", "", 422, "reason is required"},
		{"without a reason", "A-1", "recent", `{}`, 422, "reason is required"},
		{"with too short a reason", "A-1", "recent", `{"reason":"oops"}`, 422, "at least 5 characters"},
		{"with too long a reason", "A-1", "recent", `{"reason":"` + strings.Repeat("x", 201) + `"}`, 422, "reason"},
		{"of another teacher", "B-1", "recent", reason, 403, "forbidden"},
		{"by nobody", "", "recent", reason, 401, "signed-out"},
		{"that does not exist", "A-1", "tuesday", reason, 404, "not-found"},
	} {
		t.Run("is refused "+c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.adopt(recent())
			if got := b.remove(c.course, c.session, c.body); got.code != c.code || !strings.Contains(got.body, c.says) {
				t.Errorf("got %d %s, want %d %s", got.code, got.body, c.code, c.says)
			}
			if got := b.history(""); got.json["total_count"] != 1.0 {
				t.Errorf("got %s, want the class there", got.body)
			}
		})
	}
	t.Run("is refused while it runs", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		path := b.start("A-1")
		got := b.call("A-1", "DELETE", path+"/delete", reason)
		if got.code != 409 || !strings.Contains(got.body, "Cannot delete an active session. End it first.") {
			t.Errorf("got %d %s", got.code, got.body)
		}
	})
}
