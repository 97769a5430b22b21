package server_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// original is its API, each method and path, and what the walk tries of it besides
// the happy answer: who may call it (of others 401 and 403), own (another teacher's
// or student's), 401 (a wrong secret), 404, 409, 422 (with it always bad JSON), 410.
const original = `
GET    /api/admin/analytics/course/{}                admin 404
GET    /api/admin/analytics/overview                 admin
GET    /api/admin/analytics/student/{}               admin 404
GET    /api/admin/analytics/trends                   admin
GET    /api/admin/config                             admin
POST   /api/admin/config                             admin 422
GET    /api/admin/courses                            admin
POST   /api/admin/courses                            admin 404 409 422
GET    /api/admin/courses-view                       admin
DELETE /api/admin/courses/{}                         admin 404
GET    /api/admin/courses/{}                         admin 404
PUT    /api/admin/courses/{}                         admin 404 409 422
GET    /api/admin/enrollment-roster/{}               admin 404
GET    /api/admin/enrollments/{}                     admin 404
POST   /api/admin/enrollments/{}                     admin 404 422
POST   /api/admin/login                              anybody 401 422
GET    /api/admin/semesters                          admin
POST   /api/admin/semesters                          admin 409 422
DELETE /api/admin/semesters/{}                       admin 404
PUT    /api/admin/semesters/{}                       admin 404 409 422
GET    /api/admin/students                           admin
POST   /api/admin/students                           admin 409 422
POST   /api/admin/students/bulk-import               admin 422
DELETE /api/admin/students/{}                        admin 404
PUT    /api/admin/students/{}                        admin 404 409 422
GET    /api/admin/teachers                           admin
POST   /api/admin/teachers                           admin 409 422
DELETE /api/admin/teachers/{}                        admin 404
PUT    /api/admin/teachers/{}                        admin 404 409 422
POST   /api/bulk-mark-attendance                     anybody 422
POST   /api/device/heartbeat                         anybody
GET    /api/health                                   anybody
POST   /api/mark-attendance-by-roll-id               anybody
POST   /api/online/mark-attendance                   anybody student 404 410 422
GET    /api/online/session/{}/info                   anybody 404 410
GET    /api/online/session/{}/otp                    teacher own 404 410
GET    /api/session-status                           anybody
GET    /api/student/analytics                        student
GET    /api/student/course/{}                        student own 404
GET    /api/student/course/{}/explain                student own 404
GET    /api/student/critical-alerts                  student
GET    /api/student/dashboard                        student
GET    /api/student/leaderboard                      student
POST   /api/student/login                            anybody 401 422
GET    /api/student/semesters                        student
POST   /api/sync/push                                anybody
POST   /api/sync/receive                             node 422
GET    /api/sync/status                              anybody
GET    /api/teacher/analytics/{}                     teacher own 404
GET    /api/teacher/course-codes                     anybody
GET    /api/teacher/device-status                    teacher
POST   /api/teacher/emergency-bulk-mark              teacher own 404 409 422
GET    /api/teacher/history/{}                       teacher own 404
POST   /api/teacher/login                            anybody 401 422
POST   /api/teacher/manual-override                  teacher own 404 409 422
GET    /api/teacher/report/export/{}                 teacher own 404
GET    /api/teacher/report/{}                        teacher own 404
GET    /api/teacher/session-detail/{}                teacher own 404
POST   /api/teacher/session/{}/check-expire          teacher own 404
DELETE /api/teacher/session/{}/delete                teacher own 404 409 422
POST   /api/teacher/session/{}/end                   teacher own 404
POST   /api/teacher/session/{}/extend                teacher own 404 409
GET    /api/teacher/session/{}/online-status         teacher own 404
GET    /api/teacher/session/{}/status                teacher own 404
POST   /api/teacher/start-online-session             teacher own 404 409 422
POST   /api/teacher/start-session                    teacher own 404 409 422
POST   /api/teacher/update-attendance                teacher own 404 409 422
GET    /api/teacher/validate-session/{}              teacher own 404
`

func TestTheWalkLeavesNoRowAndNoColumnOut(t *testing.T) {
	t.Parallel()
	tried := map[string][]string{}
	for _, r := range reference {
		path, _, _ := strings.Cut(parameter.ReplaceAllString(r.path, "{}"), "?")
		key := r.method + " " + path
		tried[key] = append(tried[key], r.columns()...)
	}
	for line := range strings.Lines(strings.TrimSpace(original)) {
		words := strings.Fields(line)
		key, want := words[0]+" "+words[1], words[2:]
		got := tried[key]
		slices.Sort(got)
		slices.Sort(want)
		if got = slices.Compact(got); !slices.Equal(got, want) {
			t.Errorf("%s: the walk tries %v, want %v", key, got, want)
		}
		delete(tried, key)
	}
	if len(tried) > 0 {
		t.Errorf("the walk tries what is not in the list: %v", slices.Sorted(maps.Keys(tried)))
	}
}

func (r row) columns() []string {
	out := []string{"anybody"}
	if r.who != "" {
		out[0] = r.who
	}
	body, _ := json.Marshal(r.body) //nolint:errchkjson // the walk sends it
	for name, is := range map[string]bool{
		"own": r.about() && (r.who == "teacher" || r.who == "student"), "401": len(r.refused) > 0, "404": r.lost || identifier.Match(body),
		"409": r.conflict || r.clash != nil || r.status == 409, "422": len(r.invalid) > 0 || r.status == 422, "410": r.status == 410,
	} {
		if is {
			out = append(out, name)
		}
	}
	return out
}
