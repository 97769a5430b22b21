package classroom_test

import (
	"fmt"
	"strings"
	"testing"
)

// One row a guard: who may not, what is missing, what is wrong. A session of A-1
// runs; {s} is its id, {a} the course's.
func TestGuards(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := strings.TrimPrefix(b.start("A-1"), "/api/teacher/session/")
	none := id("nothing").String()
	mark := fmt.Sprintf(`{"student_ids":[%q],"status":"absent"}`, id("asha"))
	for _, c := range []struct {
		name, as, method, path, body string
		code                         int
		kind                         string
	}{
		{"nobody sees a session", "", "GET", "/api/teacher/session/{s}", "", 401, "signed-out"},
		{"nobody follows a session", "", "GET", "/api/teacher/session/{s}/live", "", 401, "signed-out"},
		{"nobody marks", "", "PUT", "/api/teacher/session/{s}/marks/" + none, mark, 401, "signed-out"},
		{"nobody starts", "", "POST", "/api/teacher/start-session", "{}", 401, "signed-out"},
		{"nobody exports", "", "GET", "/api/teacher/report/export/{s}", "", 401, "signed-out"},
		{"nobody sees the scanners", "", "GET", "/api/teacher/device-status", "", 401, "signed-out"},
		{"nobody reads a history", "", "GET", "/api/teacher/history/{a}", "", 401, "signed-out"},
		{"nobody reads a class", "", "GET", "/api/teacher/session-detail/{s}", "", 401, "signed-out"},
		{"nobody corrects", "", "POST", "/api/teacher/update-attendance", "{}", 401, "signed-out"},
		{"nobody reads analytics", "", "GET", "/api/teacher/analytics/{a}", "", 401, "signed-out"},
		{"another teacher sees nothing", "B-1", "GET", "/api/teacher/session/{s}", "", 403, "forbidden"},
		{"another teacher follows nothing", "B-1", "GET", "/api/teacher/session/{s}/live", "", 403, "forbidden"},
		{"another teacher reads no status", "B-1", "GET", "/api/teacher/session/{s}/status", "", 403, "forbidden"},
		{"another teacher ends nothing", "B-1", "POST", "/api/teacher/session/{s}/end", "", 403, "forbidden"},
		{"another teacher extends nothing", "B-1", "POST", "/api/teacher/session/{s}/extend", "", 403, "forbidden"},
		{"another teacher marks nobody", "B-1", "PUT", "/api/teacher/session/{s}/marks/" + none, mark, 403, "forbidden"},
		{"another teacher undoes nothing", "B-1", "DELETE", "/api/teacher/session/{s}/marks/" + none, "", 403, "forbidden"},
		{"another teacher reads no report", "B-1", "GET", "/api/teacher/report/{s}", "", 403, "forbidden"},
		{"another teacher exports nothing", "B-1", "GET", "/api/teacher/report/export/{s}", "", 403, "forbidden"},
		{"another teacher starts no class", "B-1", "POST", "/api/teacher/start-session", fmt.Sprintf(`{"course_id":%q}`, id("A-1")), 403, "forbidden"},
		{"another teacher reads no history", "B-1", "GET", "/api/teacher/history/{a}", "", 403, "forbidden"},
		{"another teacher reads no class", "B-1", "GET", "/api/teacher/session-detail/{s}", "", 403, "forbidden"},
		{"another teacher corrects nothing", "B-1", "POST", "/api/teacher/update-attendance", correct("{s}", "asha", "mark_present", ""), 403, "forbidden"},
		{"another teacher reads no analytics", "B-1", "GET", "/api/teacher/analytics/{a}", "", 403, "forbidden"},
		{"an unknown course's history", "A-1", "GET", "/api/teacher/history/" + none, "", 404, "not-found"},
		{"an unknown class", "A-1", "GET", "/api/teacher/session-detail/" + none, "", 404, "not-found"},
		{"a correction of an unknown class", "A-1", "POST", "/api/teacher/update-attendance", correct(none, "asha", "mark_present", ""), 404, "not-found"},
		{"an unknown course's analytics", "A-1", "GET", "/api/teacher/analytics/" + none, "", 404, "not-found"},
		{"a course's id that is none", "A-1", "GET", "/api/teacher/history/1", "", 422, "invalid"},
		{"a correction while the class runs", "A-1", "POST", "/api/teacher/update-attendance", correct("{s}", "asha", "mark_present", ""), 409, "session-open"},
		{"a correction of a stranger", "A-1", "POST", "/api/teacher/update-attendance", correct("{s}", "stranger", "mark_present", ""), 422, "not-enrolled"},
		{"a correction without a reason", "A-1", "POST", "/api/teacher/update-attendance", strings.Replace(correct("{s}", "asha", "mark_present", ""), "Was here", "", 1), 422, "invalid"},
		{"a correction with a blank reason", "A-1", "POST", "/api/teacher/update-attendance", strings.Replace(correct("{s}", "asha", "mark_present", ""), "Was here", "  ", 1), 422, "invalid"},
		{"an action that is none", "A-1", "POST", "/api/teacher/update-attendance", correct("{s}", "asha", "delete", ""), 422, "invalid"},
		{"present and absent at once", "A-1", "POST", "/api/teacher/update-attendance", correct("{s}", "asha", "mark_present", `,"status":"absent"`), 422, "invalid"},
		{"an unknown session", "A-1", "GET", "/api/teacher/session/" + none, "", 404, "not-found"},
		{"an unknown session's report", "A-1", "GET", "/api/teacher/report/export/" + none, "", 404, "not-found"},
		{"an unknown course", "A-1", "GET", "/api/teacher/validate-session/" + none, "", 404, "not-found"},
		{"an id that is none", "A-1", "GET", "/api/teacher/session/1", "", 422, "invalid"},
		{"a second class of the course", "A-1", "POST", "/api/teacher/start-session", fmt.Sprintf(`{"course_id":%q}`, id("A-1")), 409, "session-running"},
		{"thirteen hours", "B-1", "POST", "/api/teacher/start-session", fmt.Sprintf(`{"course_id":%q,"duration_minutes":780}`, id("B-1")), 422, "invalid"},
		{"a status that is none", "A-1", "PUT", "/api/teacher/session/{s}/marks/" + none, fmt.Sprintf(`{"student_ids":[%q],"status":"asleep"}`, id("asha")), 422, "invalid"},
		{"no student", "A-1", "PUT", "/api/teacher/session/{s}/marks/" + none, `{"student_ids":[],"status":"late"}`, 422, "invalid"},
		{"a stranger", "A-1", "PUT", "/api/teacher/session/{s}/marks/" + none, fmt.Sprintf(`{"student_ids":[%q],"status":"late"}`, id("stranger")), 422, "not-enrolled"},
		{"an unknown roll by hand", "A-1", "POST", "/api/teacher/manual-override", `{"session_id":"{s}","univ_roll_no":"U-99","reason":"x"}`, 404, "not-found"},
		{"a mark by hand without a reason", "A-1", "POST", "/api/teacher/manual-override", `{"session_id":"{s}","univ_roll_no":"U-1"}`, 422, "invalid"},
		{"broken JSON", "A-1", "POST", "/api/teacher/manual-override", `{"session_id":`, 400, "bad-request"},
		{"a scanner's broken JSON", "", "POST", "/api/mark-attendance-by-roll-id", `{"class_roll_id":`, 400, "bad-request"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fill := strings.NewReplacer("{s}", s, "{a}", id("A-1").String()).Replace
			got := b.call(c.as, c.method, fill(c.path), fill(c.body))
			if got.code != c.code || got.json["type"] != "urn:arise:problem:"+c.kind {
				t.Errorf("got %d %s, want %d %s", got.code, got.body, c.code, c.kind)
			}
		})
	}
	if got := b.call("A-1", "GET", "/api/teacher/session/"+s, ""); !strings.Contains(got.body, `"unmarked":3`) {
		t.Errorf("a refused request left a trace: %s", got.body)
	}
}
