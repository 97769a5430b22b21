package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
)

func TestFiguresAreRefusedInWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	admin, student := w.signIn(t, "admin", password), w.token(t, w.students[0], attendance.RoleStudent)
	const all = "/api/admin/analytics/"
	unknown := newID(t).String()
	for _, c := range []struct {
		path, token, kind, says string
		status                  int
	}{
		{all + "overview?from=yesterday", admin, "invalid", "query.from", 422},
		{all + "overview?from=2026-02-31", admin, "invalid", "query.from", 422},
		{all + "trends?from=2026-11-02&to=2026-11-01", admin, "invalid", "query.from", 422},
		{all + "overview?semester_id=7", admin, "invalid", "semester_id", 422},
		{all + "overview?semester_id=" + unknown, admin, "not-found", "semester", 404},
		{all + "course/" + unknown, admin, "not-found", "course", 404},
		{all + "student/" + unknown, admin, "not-found", "student", 404},
		{all + "absences?min=1", admin, "invalid", "query.min", 422},
		{all + "overview?format=xml", admin, "invalid", "query.format", 422},
		{all + "overview", student, "forbidden", "", 403},
		{"/api/student/course/" + unknown, student, "not-found", "course", 404},
		{"/api/student/course/" + unknown + "/explain", student, "not-found", "course", 404},
		{"/api/student/dashboard?semester_id=x", student, "invalid", "semester_id", 422},
		{"/api/student/dashboard", admin, "forbidden", "", 403},
	} {
		a := w.do(t, http.MethodGet, c.path, c.token, nil)
		if a.status != c.status || a.problem(t) != c.kind || !strings.Contains(string(a.raw), c.says) {
			t.Errorf("%s: got %d %s, want %d %s that names %q", c.path, a.status, a.raw, c.status, c.kind, c.says)
		}
	}
}

func TestFiguresAsFilesRunNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 5)
	admin := w.signIn(t, "admin", password)
	for _, path := range []string{"overview", "trends", "absences", "course/" + w.courses[0].id.String(), "student/" + w.students[0].String()} {
		a := w.do(t, http.MethodGet, "/api/admin/analytics/"+path+"?format=csv", admin, nil)
		if ct := a.header.Get("Content-Type"); a.status != http.StatusOK || ct != "text/csv; charset=utf-8" || !strings.Contains(a.header.Get("Content-Disposition"), ".csv") {
			t.Errorf("%s: got %d %s %s", path, a.status, ct, a.header.Get("Content-Disposition"))
		}
		text := string(a.raw)
		if n := strings.Count(text, "\n"); n < 1 || strings.Contains(text, ",=Student") || strings.Contains(text, "\n=") {
			t.Errorf("%s: got %d lines and perhaps a formula: %.300s", path, n, text)
		}
		if strings.HasPrefix(path, "course/") && !strings.Contains(text, "'=Student") {
			t.Errorf("got %.300s, want the students in it", text)
		}
	}
}

func TestALeaderboardNamesOnlyWhoWants(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 6)
	admin := w.signIn(t, "admin", password)
	one, two := w.token(t, w.students[0], attendance.RoleStudent), w.token(t, w.students[1], attendance.RoleStudent)
	const path = "/api/student/leaderboard"
	type board struct {
		Enabled bool `json:"enabled"`
		OptedIn bool `json:"opted_in"`
		Total   int  `json:"total_on_leaderboard"`
		List    []struct {
			StudentID attendance.ID `json:"student_id"`
			Name      string        `json:"student_name"`
			You       bool          `json:"you"`
		} `json:"leaderboard"`
	}
	look := func(token string) (b board) {
		t.Helper()
		w.do(t, http.MethodGet, path, token, nil).into(t, &b)
		return b
	}
	if b := look(one); b.Enabled || len(b.List) != 0 || b.Total != 0 {
		t.Errorf("got %+v, want it off until the office allows it", b)
	}
	if a := w.do(t, http.MethodPost, "/api/admin/config", admin, object{"leaderboard": true}); a.status != http.StatusOK {
		t.Fatalf("got %d %s", a.status, a.raw)
	}
	if b := look(one); !b.Enabled || b.OptedIn || len(b.List) != 1 || !b.List[0].You {
		t.Errorf("got %+v, want oneself only", b)
	}
	for range 2 {
		if a := w.do(t, http.MethodPut, path, two, object{"opted_in": true}); a.status != http.StatusNoContent {
			t.Fatalf("got %d %s", a.status, a.raw)
		}
	}
	if b := look(one); len(b.List) != 2 || b.OptedIn {
		t.Errorf("got %+v, want the one who opted in as well", b)
	}
	if b := look(two); len(b.List) != 1 || !b.OptedIn {
		t.Errorf("got %+v, want nobody else", b)
	}
	if a := w.do(t, http.MethodPut, path, two, object{"opted_in": false}); a.status != http.StatusNoContent {
		t.Fatalf("got %d %s", a.status, a.raw)
	}
	if b := look(one); len(b.List) != 1 {
		t.Errorf("got %+v, want them gone again", b)
	}
	for _, c := range w.courses {
		if !w.enrolled(c.id, w.students[0], w.now) {
			w.refuses(t, "GET", path+"?course_id="+c.id.String(), one, nil, 404, "not-found", "")
		}
	}
}
