package online_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

func TestOnlyTheCoursesTeachersReadTheCode(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, attendance.ByStudent)
	c := s.start(t)
	for _, path := range []string{
		"/api/online/session/" + c.token + "/otp", "/api/teacher/session/" + c.id + "/online-status", "/api/teacher/session/" + c.id + "/qr.svg",
	} {
		for _, row := range []struct {
			name string
			by   caller
			want string
		}{
			{"nobody", nobody, "401 signed-out"},
			{"a student of the class", student("U-1"), "403 forbidden"},
			{"a teacher of another course", teacher("B-1"), "403 forbidden"},
		} {
			if got := s.call(t, row.by, "GET", path, nil); got.says() != row.want || strings.Contains(got.body, c.token) {
				t.Errorf("%s as %s: got %s, want %s", path, row.name, got.body, row.want)
			}
		}
		if got := s.call(t, teacher("A-1"), "GET", path, nil); got.code != http.StatusOK {
			t.Errorf("%s as its teacher: got %s", path, got.body)
		}
	}
	if got := s.call(t, teacher("B-1"), "POST", "/api/teacher/start-online-session", object{"course_id": id("A-1")}); got.says() != "403 forbidden" {
		t.Errorf("start another's course: got %s", got.body)
	}
}

func TestTheLinkIsTheSameAfterAReload(t *testing.T) {
	t.Parallel()
	s := setup(t, 3, attendance.ByStudent)
	mine := object{"course_id": id("A-1"), "session_id": "0198a000-0000-7000-8000-000000000001", "duration_minutes": 45, "topic": "Joins"}
	const path = "/api/teacher/start-online-session"
	first := s.call(t, teacher("A-1"), "POST", path, mine)
	again := s.call(t, teacher("A-1"), "POST", path, mine)
	if first.code != 200 || first.body != again.body {
		t.Fatalf("a repeated start: got %s and %s", first.body, again.body)
	}
	token := fmt.Sprint(first.json["session_token"])
	if url := first.json["session_url"]; len(token) != 22 || url != "https://school.example/online/"+token {
		t.Errorf("got %v, want the public address and 128 bits", url)
	}
	if first.json["duration_minutes"] != 45.0 || first.json["seconds_remaining"] != 2700.0 || first.json["otp_time_remaining"] != 20.0 || first.json["total_students"] != 3.0 {
		t.Errorf("got %s, want 45 minutes without grace, 20 seconds of the code, 3 students", first.body)
	}
	c := class{fmt.Sprint(first.json["session_id"]), token}
	status := s.replica(t)
	if got := status.status(t, c); got.json["session_url"] != first.json["session_url"] || got.json["current_otp"] != first.json["current_otp"] {
		t.Errorf("at another replica: got %s", got.body)
	}
	if got := s.call(t, teacher("A-1"), "POST", path, object{"course_id": id("A-1")}); got.says() != "409 session-running" || got.json["session_id"] != c.id {
		t.Errorf("a second class of the course: got %s", got.body)
	}
	if got := s.call(t, teacher("B-1"), "POST", path, object{"course_id": id("B-1")}); got.code != 200 {
		t.Errorf("a class of another course: got %s, want both to go on", got.body)
	}
	var kept string
	if err := s.pool.QueryRow(t.Context(), `SELECT string_agg(o::text, ' ') FROM online_session o`).Scan(&kept); err != nil || strings.Contains(kept, token) {
		t.Errorf("got %s, %v, want no link in the database", kept, err)
	}
}

func TestAClassInARoomHasNoLink(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, attendance.ByStudent)
	room := s.call(t, teacher("A-1"), "POST", "/api/teacher/start-session", object{"course_id": id("A-1")})
	path := fmt.Sprintf("/api/teacher/session/%v/online-status", room.json["session_id"])
	if got := s.call(t, teacher("A-1"), "GET", path, nil); got.says() != "409 not-online" {
		t.Errorf("got %s", got.body)
	}
}

func TestTheScreenFollowsExtendOverrideAndEnd(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, attendance.ByStudent)
	c := s.start(t)
	s.call(t, teacher("A-1"), "POST", "/api/teacher/session/"+c.id+"/extend", nil)
	if got := s.status(t, c); got.json["seconds_remaining"] != 2400.0 || got.json["is_active"] != true {
		t.Errorf("extended: got %s", got.body)
	}
	mark := "/api/teacher/session/" + c.id + "/marks/" + id("tap").String()
	if got := s.call(t, teacher("A-1"), "PUT", mark, object{"student_ids": []any{id("U-1")}, "status": "absent"}); got.code != 200 {
		t.Fatalf("override: got %s", got.body)
	}
	got := s.answer(t, student("U-1"), c, "", s.code(t, c))
	if got.says() != "200 success" || got.json["standing"] != "absent" {
		t.Errorf("answer after an override: got %s, want to be told that the teacher's word stands", got.body)
	}
	if got := s.answer(t, student("U-1"), c, "", s.code(t, c)); got.says() != "200 duplicate" || got.json["standing"] != "absent" {
		t.Errorf("and again: got %s", got.body)
	}
	mark = "/api/teacher/session/" + c.id + "/marks/" + id("tap 2").String()
	s.call(t, teacher("A-1"), "PUT", mark, object{"student_ids": []any{id("U-2")}, "status": "present"})
	if got := s.answer(t, student("U-2"), c, "", s.code(t, c)); got.says() != "200 duplicate" {
		t.Errorf("answer when marked by hand: got %s", got.body)
	}
	s.call(t, teacher("A-1"), "POST", "/api/teacher/session/"+c.id+"/end", nil)
	over := s.status(t, c)
	if over.json["is_active"] != false || over.json["current_otp"] != nil || over.json["marked_count"] != 1.0 {
		t.Errorf("ended: got %s, want no code and one marked", over.body)
	}
}

func TestWhoeverHasTheLinkSeesCountsAndNoNames(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, attendance.ByRoll)
	c := s.start(t)
	s.answer(t, nobody, c, "U-1", s.code(t, c))
	got := s.call(t, nobody, "GET", "/api/online/session/"+c.token+"/info", nil)
	want := object{
		"course_code": "A-1", "course_name": "Course A-1", "teacher_name": "Teacher of A-1", "topic": "Joins", "is_active": true,
		"time_remaining_seconds": 1800.0, "marked_count": 1.0, "total_students": 2.0, "identity": "roll",
	}
	if fmt.Sprint(got.json) != fmt.Sprint(map[string]any(want)) {
		t.Errorf("got %s, want %v", got.body, want)
	}
	if cookie := got.header.Get("Set-Cookie"); !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "Path=/api/online;") {
		t.Errorf("got cookie %q", cookie)
	}
	if got := s.call(t, nobody, "GET", "/api/online/session/AAAAAAAAAAAAAAAAAAAAAA/info", nil); got.says() != "404 wrong-session-link" {
		t.Errorf("a wrong link: got %s", got.body)
	}
}

func TestAnswersThatLookPassedOnAreFlagged(t *testing.T) {
	t.Parallel()
	s := setup(t, 40, attendance.ByStudent)
	c := s.start(t)
	browser := strings.Repeat("B", 26)
	code := s.code(t, c)
	by := func(n int, address, browser string) {
		got := s.answer(t, caller{attendance.RoleStudent, fmt.Sprintf("U-%d", n), address, browser}, c, "", code)
		if got.says() != "200 success" {
			t.Errorf("U-%d: got %s, want a flag never to stand in the way", n, got.body)
		}
	}
	by(1, "198.51.100.1", browser)
	s.wait(3 * time.Second)
	by(2, "198.51.100.2", browser) // another network, the same browser
	for n := 3; n <= 5; n++ {
		by(n, "198.51.100.3", "") // three in one room
		s.wait(time.Millisecond)
	}
	for n := 6; n <= 30; n++ {
		by(n, "198.51.100.4", "") // a campus
	}
	s.wait(attendance.OTPStep - 12*time.Second)
	code = s.code(t, c)
	by(31, "198.51.100.5", "") // a second after it appeared
	got := s.status(t, c)
	var said []string
	for _, f := range got.json["flags"].([]any) {
		f := f.(map[string]any)
		line := fmt.Sprint(f["kind"])
		for _, st := range f["students"].([]any) {
			line += fmt.Sprint(" ", st.(map[string]any)["university_roll_no"])
		}
		if f["why"] == "" {
			t.Errorf("%s without a reason", line)
		}
		said = append(said, line)
	}
	want := []string{"same_browser U-1 U-2", "burst U-3 U-4 U-5", "too_fast U-31"}
	if fmt.Sprint(said) != fmt.Sprint(want) {
		t.Errorf("got %q, want %q", said, want)
	}
	var raw int
	if err := s.pool.QueryRow(t.Context(), `SELECT count(*) FROM online_answer a WHERE a::text LIKE '%198.51%' OR a::text LIKE '%BBBB%'`).Scan(&raw); err != nil || raw != 0 {
		t.Errorf("got %d rows, %v, want no address and no browser in clear", raw, err)
	}
	s.wait(31 * 24 * time.Hour)
	if err := s.store.ForgetSignals(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.status(t, c); strings.Contains(got.body, "same_browser") || got.json["marked_count"] != 31.0 {
		t.Errorf("after a month: got %s, want the marks and no browsers", got.body)
	}
}

func TestTheLinkIsDrawnForTheProjector(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, attendance.ByStudent)
	c := s.start(t)
	got := s.call(t, teacher("A-1"), "GET", "/api/teacher/session/"+c.id+"/qr.svg", nil)
	if ct := got.header.Get("Content-Type"); ct != "image/svg+xml" {
		t.Errorf("got %q", ct)
	}
	if dark := strings.Count(got.body, "h1v1h-1z"); !strings.HasPrefix(got.body, "<svg ") || dark < 300 {
		t.Errorf("got %d dark modules: %.80s", dark, got.body)
	}
}

func TestOneAddressCannotKeepTheDatabaseBusy(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, attendance.ByStudent)
	c := s.start(t)
	s.looks = 3
	s.serve(t)
	path := "/api/online/session/" + c.token + "/info"
	for range 3 {
		if got := s.call(t, caller{address: "198.51.100.1"}, "GET", path, nil); got.code != http.StatusOK {
			t.Errorf("got %s", got.body)
		}
	}
	if got := s.call(t, caller{address: "198.51.100.1"}, "GET", path, nil); got.says() != "429 too-many-requests" {
		t.Errorf("one look more: got %s", got.body)
	}
	if got := s.call(t, caller{address: "198.51.100.2"}, "GET", path, nil); got.code != http.StatusOK {
		t.Errorf("from elsewhere: got %s", got.body)
	}
}
