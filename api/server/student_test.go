package server_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/demo"
	"github.com/arise-attendance/arise/db/postgres"
)

// change changes the roster behind the running program's back.
func (p *program) change(t *testing.T, fn func(context.Context, attendance.Registrar) error) {
	t.Helper()
	pool, err := postgres.Connect(t.Context(), p.config.DatabaseURL, p.config.Schema)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := postgres.New(pool, postgres.Options{}).Change(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// student makes a student who signs in with a verifier, and chose what it verifies.
func (p *program) student(t *testing.T, roll, verifier string) attendance.StudentEntry {
	t.Helper()
	s := attendance.StudentEntry{
		FeedStudent:  attendance.FeedStudent{ID: newID(t), Name: "Student " + roll, UniversityRoll: roll, EnrolmentNo: "EN" + roll},
		PasswordHash: verifier,
	}
	p.change(t, func(ctx context.Context, r attendance.Registrar) error { return r.PutStudent(ctx, s) })
	p.sql(t, "UPDATE student SET must_change = false WHERE id = '"+s.ID.String()+"'")
	return s
}

func hashed(t *testing.T, secret string) string {
	t.Helper()
	verifier, err := auth.HashSecret(secret)
	if err != nil {
		t.Fatal(err)
	}
	return verifier
}

const studentLogin = "/api/student/login"

// signInStudent is a student's token.
func (p *program) signInStudent(t *testing.T, roll, password string) string {
	t.Helper()
	var got struct {
		Token string `json:"token"`
		Name  string `json:"student_name"`
	}
	a := p.do(t, http.MethodPost, studentLogin, "", object{"university_roll_no": roll, "password": password}, "User-Agent", "Firefox")
	if a.status != http.StatusOK {
		t.Fatalf("sign in as %s: got %d %s", roll, a.status, a.raw)
	}
	a.into(t, &got)
	if c := a.header.Get("Set-Cookie"); got.Name == "" || !strings.Contains(c, got.Token) || !strings.Contains(c, "HttpOnly") {
		t.Errorf("got %s and cookie %q, want the name, and the token as a cookie too", a.raw, c)
	}
	return got.Token
}

func TestAStudentSignsInAndOut(t *testing.T) {
	t.Parallel()
	p := start(t, nil)
	s := p.student(t, "u-007", hashed(t, password))
	p.student(t, "u-008", "") // has no password yet
	unknown := p.do(t, http.MethodPost, studentLogin, "", object{"university_roll_no": "u-999", "password": password})
	if unknown.status != http.StatusUnauthorized || unknown.problem(t) != "wrong-credentials" {
		t.Fatalf("an unknown number: got %d %s", unknown.status, unknown.raw)
	}
	for name, body := range map[string]object{
		"a wrong password": {"university_roll_no": "u-007", "password": "wrong password"},
		"no password yet":  {"university_roll_no": "u-008", "password": "any"},
		"nobody's number":  {"university_roll_no": " ", "password": password},
	} {
		a := p.do(t, http.MethodPost, studentLogin, "", body)
		if string(a.raw) != string(unknown.raw) {
			t.Errorf("%s: got %d %s, want what an unknown number gets", name, a.status, a.raw)
		}
	}
	here, elsewhere := p.signInStudent(t, " U-007 ", password), p.signInStudent(t, "u-007", password)
	var all []struct {
		ID, Agent string
		Current   bool
	}
	p.do(t, http.MethodGet, "/api/student/logins", here, nil).into(t, &all)
	if len(all) != 2 || all[0].Current || !all[1].Current || all[0].Agent != "Firefox" {
		t.Fatalf("got %+v, want both, the latest first", all)
	}
	if a := p.do(t, http.MethodDelete, "/api/student/logins/"+all[0].ID, here, nil); a.status != http.StatusNoContent {
		t.Errorf("end the other: got %d %s", a.status, a.raw)
	}
	p.refuses(t, "GET", "/api/student/logins", elsewhere, nil, 401, "signed-out", "")
	p.refuses(t, "GET", "/api/admin/admins", here, nil, 403, "forbidden", "")
	if a := p.do(t, http.MethodPost, "/api/student/logout", here, nil); a.status != http.StatusNoContent || !strings.Contains(a.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("sign out: got %d %v, want the cookie gone", a.status, a.header)
	}
	p.refuses(t, "GET", "/api/student/logins", here, nil, 401, "signed-out", "")

	again := p.signInStudent(t, "u-007", password)
	s.Archived = true
	p.change(t, func(ctx context.Context, r attendance.Registrar) error { return r.PutStudent(ctx, s) })
	p.refuses(t, "GET", "/api/student/logins", again, nil, 401, "signed-out", "")
	p.refuses(t, "POST", studentLogin, "", object{"university_roll_no": "u-007", "password": password}, 401, "wrong-credentials", "")
}

// anyStudent is the token of some student of the demo school.
func (p *program) anyStudent(t *testing.T) func() string {
	t.Helper()
	p.student(t, "matrix", hashed(t, demo.PIN))
	return func() string { return p.signInStudent(t, "matrix", demo.PIN) }
}

// kept reads one column of a person.
func (p *program) kept(t *testing.T, table, column string, id attendance.ID) (value string) {
	t.Helper()
	pool, err := postgres.Connect(t.Context(), p.config.DatabaseURL, p.config.Schema)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := pool.QueryRow(t.Context(), "SELECT "+column+" FROM "+table+" WHERE id = $1", id).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}
