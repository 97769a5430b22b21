package server_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// A row is one line of the original's API reference: method, path, and what its
// answer holds. Names in braces are filled in from what earlier rows made.
type row struct {
	method, path string
	who          string // role that may call it; "" is everybody
	also         string // another role that may
	body         any
	status       int    // of the happy answer; 0: 200
	shape        string // the original's answer; ours has every member of it, of the same kind
	keep         map[string]string
	make         func(w *walk, t *testing.T) any // the body, where it is no constant
	invalid      []any                           // bodies that are refused with 422
	refused      []any                           // bodies that are refused with 401: nobody knows the secret
	clash        any                             // a body that is refused with 409: somebody else has that name
	conflict     bool                            // the same call again is a conflict
	lost         bool                            // with an id that nobody has it is 404
	raw          bool                            // the answer is no JSON
	upload       string                          // a file in place of a body
	sql          string                          // what else has to have happened before the next row
}

const (
	get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete

	done  = `{"message":"Operation successful."}`
	added = `{"status":"success","message":"added"}`
	said  = `{"status":"success","message":"done"}`

	problem = `{"type":"urn","title":"t","status":400,"detail":"d"}`
)

// batch is a class that a pendrive held yesterday.
func (w *walk) batch(t *testing.T) any {
	t.Helper()
	course, err := attendance.ParseID(w.named["course"])
	if err != nil {
		t.Fatal(err)
	}
	return w.drive.batch(w.drive.fact(t, attendance.Fact{Kind: attendance.SessionOpened, Session: newID(t), Opening: &attendance.Opening{
		Course: course, Kind: attendance.Offline, ClosesMS: time.Now().Add(-time.Hour).UnixMilli(), Policy: attendance.DefaultPolicy(),
	}}))
}

// reference is the whole of it, in an order in which a school comes to be, holds a
// class in a room and one online, looks at its figures, and is taken apart again.
var reference = []row{
	// Health and sync
	{method: get, path: "/api/health", shape: `{"database":"connected","environment":"production","status":"healthy","version":"2"}`},
	{method: get, path: "/api/sync/status", shape: `{"auto_sync":false,"cloud_url":"u","database_exists":true,"database_size_bytes":1,"database_size_human":"1 KB","node_type":"cloud"}`},

	// The office
	{method: post, path: "/api/admin/login", refused: []any{object{"username": "admin", "password": "wrong password"}, object{"username": "nobody", "password": password}}, body: object{"username": "admin", "password": password}, shape: `{"token":"eyJ"}`, invalid: []any{object{}}},
	{method: get, path: "/api/admin/config", who: "admin", shape: `{"batch_name":"My Classroom Pod"}`},
	{method: post, path: "/api/admin/config", who: "admin", body: object{"batch_name": "MCA"}, shape: `{"message":"System configuration updated."}`, invalid: []any{object{"batch_name": " "}}},
	{method: post, path: "/api/admin/semesters", who: "admin", body: object{"semester_name": "Fall"}, status: 201, shape: added, invalid: []any{object{}, object{"semester_name": " "}}, conflict: true},
	{method: get, path: "/api/admin/semesters", who: "admin", shape: `[{"id":1,"semester_name":"Fall"}]`, keep: map[string]string{"semester": "semester_name=Fall"}},
	{method: put, path: "/api/admin/semesters/{semester}", who: "admin", body: object{"semester_name": "Autumn"}, shape: done, invalid: []any{object{"semester_name": ""}}, lost: true, clash: object{"semester_name": "Term"}},
	{
		method: post, path: "/api/admin/teachers", who: "admin", body: object{"teacher_name": "Ada O'Neil", "teacher_code": "z9", "pin": "902817"}, status: 201, shape: added, conflict: true,
		invalid: []any{object{}, object{"teacher_name": "Bo", "teacher_code": "Z8", "pin": "12ab56"}, object{"teacher_name": "Bo", "teacher_code": "Z8", "pin": "12345"}},
	},
	{method: get, path: "/api/admin/teachers", who: "admin", shape: `[{"id":2,"teacher_code":"Z9","teacher_name":"Bo"}]`, keep: map[string]string{"teacher": "teacher_code=Z9"}},
	{method: put, path: "/api/admin/teachers/{teacher}", who: "admin", body: object{"teacher_name": "Ada O'Neil & Co", "teacher_code": "Z9"}, shape: done, lost: true, invalid: []any{object{"teacher_name": "", "teacher_code": "Z9"}}, clash: object{"teacher_name": "Ada", "teacher_code": "T1"}},
	{
		method: post, path: "/api/admin/students", who: "admin", status: 201, shape: added, conflict: true,
		body:    object{"student_name": "Student One", "university_roll_no": "u-001", "enrollment_no": "E001", "email1": "one@students.example", "password": "seven blue doors"},
		invalid: []any{object{}, object{"student_name": "X"}},
	},
	{
		method: post, path: "/api/admin/students", who: "admin", status: 201, shape: added,
		body: object{"student_name": "Student Two", "university_roll_no": "u-002", "enrollment_no": "E002", "email1": "two@students.example", "email2": "", "password": "seven blue doors"},
	},
	{
		method: post, path: "/api/admin/students/bulk-import", who: "admin", upload: "student_name,university_roll_no,enrollment_no,email1\nCsv One,0101,E101,c1@students.example\n,,,\nCsv Dup,u-001,E001,c2@students.example\n",
		shape: `{"added":1,"errors":[],"skipped":1,"status":"success","total":3}`,
	},
	{method: post, path: "/api/admin/students/bulk-import", who: "admin", upload: "name,roll\nA,1\n", status: 422, shape: problem},
	{
		method: get, path: "/api/admin/students?q=u-00", who: "admin", shape: `[{"id":1,"student_name":"S","university_roll_no":"u","enrollment_no":"E","email1":"e","email2":""}]`,
		keep: map[string]string{"student": "university_roll_no=u-001", "second": "university_roll_no=u-002"},
	},
	{
		method: put, path: "/api/admin/students/{student}", who: "admin", shape: done, lost: true,
		body:    object{"student_name": "Student 1", "university_roll_no": "u-001", "enrollment_no": "E001", "email1": "one@students.example", "email2": ""},
		invalid: []any{object{"student_name": ""}},
		clash:   object{"student_name": "Student 1", "university_roll_no": "u-002", "enrollment_no": "E001", "email1": "one@students.example", "email2": ""},
	},
	{
		method: post, path: "/api/admin/courses", who: "admin", status: 201, shape: added, conflict: true,
		body:    object{"course_name": "Maths", "course_code": "M101", "default_duration_minutes": 30, "semester_id": "{semester}", "teacher_id": "{teacher}"},
		invalid: []any{object{}, object{"course_name": "Maths", "course_code": "M102", "default_duration_minutes": 0, "semester_id": "{semester}", "teacher_id": "{teacher}"}},
	},
	{method: get, path: "/api/admin/courses?q=M101", who: "admin", shape: `[{"course_code":"M101","course_name":"Maths","default_duration_minutes":30,"id":1,"semester_id":1,"teacher_id":1}]`, keep: map[string]string{"course": "course_code=M101"}},
	{method: get, path: "/api/admin/courses-view", who: "admin", shape: `[{"course_code":"M101","course_name":"Maths","id":1,"semester_name":null,"teacher_name":null}]`},
	{method: get, path: "/api/admin/courses/{course}", who: "admin", lost: true, shape: `{"course_code":"M101","course_name":"Maths","default_duration_minutes":30,"id":1,"semester_id":1,"teacher_id":1}`},
	{
		method: put, path: "/api/admin/courses/{course}", who: "admin", lost: true, shape: done,
		body:    object{"course_name": "Mathematics", "course_code": "M101", "default_duration_minutes": 45, "semester_id": "{semester}", "teacher_id": "{teacher}"},
		invalid: []any{object{"course_name": ""}},
		clash:   object{"course_name": "Mathematics", "course_code": "A-1", "default_duration_minutes": 45, "semester_id": "{semester}", "teacher_id": "{teacher}"},
	},
	{method: get, path: "/api/admin/enrollments/{course}", who: "admin", lost: true, shape: `{"available":[{"id":7,"student_name":"Csv One","university_roll_no":"u-101"}],"enrolled":[]}`},
	{
		method: post, path: "/api/admin/enrollments/{course}", who: "admin", lost: true, shape: said,
		body: []object{{"student_id": "{student}", "class_roll_id": 1}, {"student_id": "{second}", "class_roll_id": 2}},
		invalid: []any{
			[]object{{"student_id": "{student}", "class_roll_id": 1}, {"student_id": "{second}", "class_roll_id": 1}},
			[]object{{"student_id": "{student}", "class_roll_id": 1}, {"student_id": "{student}", "class_roll_id": 2}},
			[]object{{"student_id": "{student}", "class_roll_id": 0}},
			object{},
		},
	},
	{method: get, path: "/api/admin/enrollment-roster/{semester}", who: "admin", lost: true, shape: `[{"enrolled_courses":"M101","primary_class_roll_id":1,"student_name":"S","university_roll_no":"u"}]`},

	// A class in a room
	{method: get, path: "/api/teacher/course-codes", shape: `[{"code":"M101","name":"Maths"}]`},
	{
		method: post, path: "/api/teacher/login", body: object{"course_code": "m101", "pin": "902817"}, keep: map[string]string{"token:teacher": "token"},
		shape: `{"course_id":1,"course_name":"Maths","default_duration":30,"status":"success"}`, invalid: []any{object{}, object{"course_code": "M101"}},
		refused: []any{object{"course_code": "M101", "pin": "902818"}, object{"course_code": "M999", "pin": "902817"}},
	},
	{method: post, path: "/api/sync/receive", who: "node", make: (*walk).batch, shape: `{"acked_through":1}`, invalid: []any{object{}, object{"protocol": 99}}}, // no file of a database any more
	{method: post, path: "/api/sync/push", status: 400, shape: `{"status":"error","message":"Cannot push from cloud server"}`},
	{
		method: post, path: "/api/teacher/start-session", who: "teacher", keep: map[string]string{"session": "session_id"}, conflict: true,
		body:    object{"course_id": "{course}", "start_datetime": "2026-11-22T09:00:00Z", "duration_minutes": "30", "session_type": "offline", "topic": "Limits"},
		shape:   `{"duration_minutes":30,"end_time":"t","message":"Session Started","seconds_remaining":2099,"session_id":1,"status":"success","students":[{"class_roll_id":1,"id":1,"student_name":"Student 1","university_roll_no":"u-001"}]}`,
		invalid: []any{object{}, object{"course_id": "{course}", "duration_minutes": 721}},
	},
	{
		method: get, path: "/api/teacher/validate-session/{course}", who: "teacher", lost: true,
		shape: `{"course":{"course_code":"M101","course_name":"Maths","default_duration":30,"id":1,"teacher_name":"A"},"has_active_session":true,"active_session":{"end_time":"t","id":1,"seconds_remaining":2099,"session_type":"offline","start_time":"t","topic":"Limits"},"students":[{"class_roll_id":1,"id":1,"student_name":"S","university_roll_no":"u"}],"valid":true}`,
	},
	{method: get, path: "/api/session-status", shape: `{"isSessionActive":true,"sessionName":"M101"}`},
	{method: post, path: "/api/device/heartbeat", body: object{"mac_address": "AA:BB:CC:00:11:22", "wifi_strength": -58, "battery": 87, "queue_count": 0, "sync_count": 3}, shape: `{"status":"ok"}`},
	{method: post, path: "/api/mark-attendance-by-roll-id", body: object{"class_roll_id": 1}, shape: `{"message":"Marked","status":"success"}`},
	{method: post, path: "/api/bulk-mark-attendance", body: object{"roll_ids": []int{1}}, invalid: []any{object{}, object{"roll_ids": "1"}}, shape: `{"details":{"1":"already_marked"},"failed":[],"success_count":3}`},
	{method: get, path: "/api/teacher/device-status", who: "teacher", shape: `{"battery":87,"last_seen":0,"mac_address":"AA:BB:CC:00:11:22","queue_count":0,"status":"online","sync_count":3,"wifi_strength":-58}`},
	{method: get, path: "/api/teacher/session/{session}/status", who: "teacher", lost: true, shape: `{"absent_students":[],"marked_students":["u-001"],"session_active":true}`},
	{
		method: post, path: "/api/teacher/manual-override", who: "teacher", shape: `{"status":"success","message":"Attendance marked manually"}`,
		body:    object{"session_id": "{session}", "univ_roll_no": "u-002", "reason": "Finger Injury"},
		invalid: []any{object{}, object{"session_id": "{session}", "univ_roll_no": "u-002"}, object{"session_id": "{session}", "univ_roll_no": "", "reason": "x"}},
	},
	{
		method: post, path: "/api/teacher/emergency-bulk-mark", who: "teacher", shape: `{"absent_count":1,"message":"Marked","present_count":0,"skipped_count":2,"status":"success"}`,
		body:    object{"session_id": "{session}", "students": []object{{"roll": "u-001", "status": "present"}, {"roll": "u-002", "status": "absent"}}, "reason": "Emergency Mode"},
		invalid: []any{object{}, object{"session_id": "{session}", "students": []object{}}},
	},
	{method: post, path: "/api/teacher/session/{session}/extend", who: "teacher", lost: true, shape: `{"message":"Session extended by 10 minutes","new_end_time":"t","seconds_remaining":2699,"status":"success"}`},
	{method: post, path: "/api/teacher/session/{session}/check-expire", who: "teacher", lost: true, shape: `{"expired":false,"seconds_remaining":2699,"status":"active"}`},
	{method: del, path: "/api/teacher/session/{session}/delete", who: "teacher", also: "admin", body: object{"reason": "started by mistake"}, status: 409, shape: problem},
	{method: post, path: "/api/teacher/session/{session}/end", who: "teacher", lost: true, shape: `{"message":"Session ended. 6 students marked absent.","status":"success"}`},
	{method: post, path: "/api/teacher/manual-override", who: "teacher", status: 409, shape: problem, body: object{"session_id": "{session}", "univ_roll_no": "u-002", "reason": "Finger Injury"}},
	{method: post, path: "/api/teacher/emergency-bulk-mark", who: "teacher", status: 409, shape: problem, body: object{"session_id": "{session}", "students": []string{"u-002"}}},
	{method: get, path: "/api/teacher/report/{session}", who: "teacher", lost: true, shape: `{"absent_set":[],"present_set":[["s","s"]],"sessions":[{"id":1,"start_time":"t"}],"students":[{"class_roll_id":1,"enrollment_no":"E001","id":1,"student_name":"S","university_roll_no":"u"}]}`},
	{method: get, path: "/api/teacher/report/export/{session}", who: "teacher", lost: true, raw: true},
	{method: get, path: "/api/teacher/history/{course}", who: "teacher", lost: true, shape: `{"sessions":[{"attendance_percent":100.0,"date":"22 Nov 2026","end_time":"t","id":1,"is_active":false,"present_count":6,"session_type":"offline","start_time":"t","time":"12:33 PM","topic":"Limits","total_students":6}],"total_count":2}`},
	{
		method: get, path: "/api/teacher/session-detail/{session}", who: "teacher", lost: true,
		shape: `{"absent_count":1,"absent_students":[],"is_active":false,"present_count":5,"present_students":[{"class_roll_id":1,"method":"biometric","reason":null,"status":"present","student_id":1,"student_name":"S","university_roll_no":"u"}],"session_id":1,"session_type":"offline","start_time":"t","topic":"Limits","total_students":6}`,
	},
	{
		method: post, path: "/api/teacher/update-attendance", who: "teacher", also: "admin", shape: `{"status":"success","message":"Student marked present"}`, conflict: true,
		body:    object{"session_id": "{session}", "student_id": "{second}", "action": "mark_absent", "manual_reason": "Left before the end"},
		invalid: []any{object{}, object{"session_id": "{session}", "student_id": "{second}", "action": "mark_ill", "manual_reason": "x"}, object{"session_id": "{session}", "student_id": "{second}", "action": "mark_present"}},
	},
	{
		method: get, path: "/api/teacher/analytics/{course}", who: "teacher", lost: true,
		shape: `{"at_risk_students":[],"avg_attendance_percent":50.0,"enrolled_count":6,"total_sessions":2,"trend_graph_base64":null}`,
	},

	// A class online
	{
		method: post, path: "/api/teacher/start-online-session", who: "teacher", keep: map[string]string{"online": "session_id", "link": "session_token", "otp": "current_otp"}, conflict: true,
		body:    object{"course_id": "{course}", "duration_minutes": 30, "topic": "Zoom"},
		shape:   `{"course_code":"M101","course_name":"Maths","current_otp":"243818","duration_minutes":30,"end_time":"t","otp_time_remaining":30,"seconds_remaining":1799,"session_id":3,"session_token":"8Lru2dpsEtUmFlTWn4d_Bw","session_url":"u","status":"success","total_students":6}`,
		invalid: []any{object{}},
	},
	{method: get, path: "/api/online/session/{link}/info", lost: true, shape: `{"course_code":"M101","course_name":"Maths","is_active":true,"marked_count":0,"teacher_name":"T","time_remaining_seconds":1799,"topic":"Zoom","total_students":6}`},
	{method: get, path: "/api/online/session/{link}/otp", who: "teacher", lost: true, shape: `{"otp":"243818","time_remaining":30}`, keep: map[string]string{"otp": "otp"}},
	{method: post, path: "/api/student/login", body: object{"university_roll_no": "U-001", "password": "seven blue doors"}, shape: `{"student_name":"Student 1","token":"eyJ"}`, keep: map[string]string{"token:student": "token"}, invalid: []any{object{}}, refused: []any{object{"university_roll_no": "U-001", "password": "wrong password"}, object{"university_roll_no": "nobody", "password": "seven blue doors"}}, sql: "UPDATE student SET must_change = false"}, // the original let everybody keep the first password
	{method: post, path: "/api/online/mark-attendance", who: "student", body: object{"token": "{link}", "university_roll_no": "u-001", "otp": "{otp}"}, shape: `{"status":"success","message":"Attendance marked successfully!","student_name":"Student 1"}`, invalid: []any{object{}}},
	{
		method: get, path: "/api/teacher/session/{online}/online-status", who: "teacher", lost: true,
		shape: `{"all_students":[{"class_roll_id":1,"student_name":"S","university_roll_no":"u"}],"current_otp":"243818","is_active":true,"marked_count":1,"marked_students":[{"class_roll_id":1,"marked_at":"t","student_name":"S","university_roll_no":"u"}],"otp_time_remaining":29,"session_token":"t","total_students":6}`,
	},
	{method: post, path: "/api/teacher/session/{online}/end", who: "teacher", shape: said},
	{method: get, path: "/api/online/session/{link}/info", status: 410, shape: problem},
	{method: get, path: "/api/online/session/{link}/otp", who: "teacher", status: 410, shape: problem},
	{method: post, path: "/api/online/mark-attendance", body: object{"token": "{link}", "university_roll_no": "u-001", "otp": "{otp}"}, status: 410, shape: problem},
	{method: post, path: "/api/teacher/session/{online}/extend", who: "teacher", status: 409, shape: problem},

	// A student
	{method: get, path: "/api/student/semesters", who: "student", shape: `[{"courses":[{"course_code":"M101","course_name":"Maths","id":1}],"id":1,"semester_name":"Fall"}]`},
	{
		method: get, path: "/api/student/dashboard", who: "student",
		shape: `{"courses":[{"absent_count":0,"analytics":{"action_plan":"p","buffer_available":0,"color":"green","current_percent":100.0,"message":"m","needed_to_recover":0,"status":"Good"},"course_id":1,"course_name":"Maths","percentage":100.0,"present_count":1,"semester_name":"Fall","total_sessions":1,"warning_status":"good"}],"is_filtered":false,"min_attendance_requirement":75,"overall_percentage":100,"semester_id":null,"semester_name":"Fall","student_name":"Student 1"}`,
	},
	{method: get, path: "/api/student/critical-alerts", who: "student", shape: `{"critical_alerts":[],"critical_count":1,"critical_threshold":60,"minimum_threshold":75,"total_alert_count":1,"warning_alerts":[],"warning_count":0}`},
	{method: get, path: "/api/student/analytics", who: "student", shape: `{"analytics":{},"min_attendance_requirement":75,"warning_threshold":60}`},
	{method: get, path: "/api/student/course/{course}", who: "student", lost: true, shape: `{"absent_count":0,"course_name":"Maths","log":[{"date":"d","end_time":"t","status":"Present"}],"percentage":100,"present_count":1,"total_sessions":1}`},
	{method: get, path: "/api/student/course/{course}/explain", who: "student", lost: true, shape: `{}`},
	{method: post, path: "/api/admin/config", who: "admin", body: object{"leaderboard": true}, shape: `{"message":"System configuration updated."}`},
	{method: get, path: "/api/student/leaderboard", who: "student", shape: `{"course_id":null,"leaderboard":[],"semester_id":null,"total_on_leaderboard":7,"user_badges":[],"user_rank":{"percentile":0,"position":1,"rank":1,"total_students":7},"user_stats":{"attendance_percentage":1,"current_streak":1,"longest_streak":1,"present_count":1,"total_sessions":1}}`},

	// What the office sees
	{
		method: get, path: "/api/admin/analytics/overview", who: "admin",
		shape: `{"at_risk_count":0,"avg_attendance_per_session":7.0,"course_summary":[{"attendance_rate":16.7,"course_code":"M101","course_name":"Maths","enrolled_count":6,"id":1,"session_count":1,"teacher_name":"A","total_marks":7}],"offline_sessions":1,"online_sessions":0,"overall_attendance_rate":16.7,"semester_id":null,"sessions_this_month":1,"sessions_this_week":1,"total_attendance_marks":7,"total_courses":2,"total_sessions":1,"total_students":7}`,
	},
	{
		method: get, path: "/api/admin/analytics/course/{course}", who: "admin", lost: true,
		shape: `{"at_risk_count":0,"course":{"course_code":"c","course_name":"n","id":1,"semester_name":"s","teacher_name":"t"},"enrolled_count":6,"students":[{"class_roll_id":1,"percentage":100.0,"present_count":1,"status":"safe","student_id":1,"student_name":"S","total_sessions":1,"university_roll_no":"u"}],"total_sessions":1,"trend":[{"id":1,"present_count":7,"session_type":"offline","start_time":"t","topic":"Limits","total_students":6}]}`,
	},
	{
		method: get, path: "/api/admin/analytics/student/{student}", who: "admin", lost: true,
		shape: `{"courses":[{"class_roll_id":6,"course_code":"M101","course_id":1,"course_name":"Maths","percentage":100.0,"present_count":1,"status":"safe","total_sessions":1}],"overall_percentage":100.0,"overall_status":"safe","recent_absences":[],"student":{"enrollment_no":"E","id":1,"student_name":"S","university_roll_no":"u"},"total_possible":1,"total_present":1}`,
	},
	{
		method: get, path: "/api/admin/analytics/trends", who: "admin",
		shape: `{"course_sessions":[{"course_code":"M101","enrolled":6,"session_count":1,"total_marks":7}],"daily":[{"attendance_count":7,"date":"2026-11-22","offline_marks":7,"online_marks":0,"session_count":1}],"day_of_week":[{"avg_attendance":7.0,"day_name":"Sun","day_num":0,"session_count":1}],"semester_id":null,"session_type_split":[{"attendance_count":7,"session_count":1,"session_type":"offline"}]}`,
	},

	// Taken apart again
	{
		method: del, path: "/api/teacher/session/{session}/delete", who: "teacher", also: "admin", lost: true, body: object{"reason": "started by mistake"},
		shape:   `{"attendance_records_deleted":0,"message":"Session deleted successfully.","reason":"started by mistake","session_id":2,"status":"success"}`,
		invalid: []any{object{}, object{"reason": "oops"}},
	},
	{method: del, path: "/api/admin/courses/{course}", who: "admin", lost: true, shape: done},
	{method: del, path: "/api/admin/students/{student}", who: "admin", lost: true, shape: done},
	{method: del, path: "/api/admin/teachers/{teacher}", who: "admin", lost: true, shape: done},
	{method: del, path: "/api/admin/semesters/{semester}", who: "admin", lost: true, shape: done},
}
