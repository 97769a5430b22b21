package server_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/server"
)

// beside is another program over the same database.
func (p *program) beside(t *testing.T) *program {
	t.Helper()
	return start(t, func(c *server.Config) {
		c.DatabaseURL, c.AdminPassword = p.config.DatabaseURL, p.config.AdminPassword
	})
}

const pin = "907351"

// teacher makes a teacher of a course A-1 who signs in with a verifier.
func (p *program) teacher(t *testing.T, verifier string) (attendance.TeacherEntry, attendance.ID) {
	t.Helper()
	te := attendance.TeacherEntry{FeedTeacher: attendance.FeedTeacher{ID: newID(t), Name: "Teacher", Code: "T1", PINHash: verifier}, Email: "t1@school.example"}
	course := attendance.CourseEntry{FeedCourse: attendance.FeedCourse{ID: newID(t), Code: "A-1", Name: "Course", DefaultMinutes: 50}}
	term := attendance.Term{ID: newID(t), Name: "Term"}
	course.Term = term.ID
	teaching := attendance.FeedTeaching{ID: newID(t), Course: course.ID, Teacher: te.ID, FromMS: 1}
	p.change(t, func(ctx context.Context, r attendance.Registrar) error {
		for _, err := range []error{r.PutTerm(ctx, term), r.PutTeacher(ctx, te), r.PutCourse(ctx, course), r.PutTeaching(ctx, teaching)} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	return te, course.ID
}

func (p *program) signInTeacher(t *testing.T, code, pin string) string {
	t.Helper()
	var got struct {
		Token string `json:"token"`
	}
	a := p.do(t, http.MethodPost, "/api/teacher/login", "", object{"course_code": code, "pin": pin})
	if a.status != http.StatusOK {
		t.Fatalf("got %d %s, want to be signed in", a.status, a.raw)
	}
	a.into(t, &got)
	return got.Token
}

func TestReplicasShareTheLimitOfSignIns(t *testing.T) {
	t.Parallel()
	p := office(t)
	other := p.beside(t)
	p.student(t, "u-007", hashed(t, password))
	p.teacher(t, hashed(t, pin))
	for path, body := range map[string]object{
		"/api/admin/login":   {"username": "admin", "password": "wrong password"},
		"/api/teacher/login": {"course_code": "A-1", "pin": "000000"},
		studentLogin:         {"university_roll_no": "u-007", "password": "wrong password"},
	} {
		for i := range 5 {
			[]*program{p, other}[i%2].refuses(t, "POST", path, "", body, 401, "wrong-credentials", "")
		}
		for _, at := range []*program{p, other} {
			a := at.do(t, http.MethodPost, path, "", body)
			if a.status != http.StatusTooManyRequests || a.problem(t) != "too-many-requests" || a.header.Get("Retry-After") == "" {
				t.Errorf("%s: got %d %s, Retry-After %q, want a minute's pause at each", path, a.status, a.raw, a.header.Get("Retry-After"))
			}
		}
	}
}

func TestAnEndedSignInIsRefusedAtEachReplica(t *testing.T) {
	t.Parallel()
	p := office(t)
	other := p.beside(t)
	p.teacher(t, hashed(t, pin))
	for role, token := range map[string]string{"admin": p.signIn(t, "admin", password), "teacher": p.signInTeacher(t, "a-1", pin)} {
		path := "/api/" + role + "/logins"
		if a := other.do(t, http.MethodGet, path, token, nil); a.status != http.StatusOK {
			t.Errorf("%s at the other: got %d %s, want to be known there", role, a.status, a.raw)
		}
		if a := p.do(t, http.MethodPost, "/api/"+role+"/logout", token, nil); a.status != http.StatusNoContent {
			t.Errorf("%s: got %d %s", role, a.status, a.raw)
		}
		other.refuses(t, "GET", path, token, nil, 401, "signed-out", "")
	}
}

func TestAClassSignsInBehindOneAddress(t *testing.T) {
	t.Parallel()
	p := start(t, nil)
	verifier := hashed(t, password)
	const class = 300
	p.change(t, func(ctx context.Context, r attendance.Registrar) error {
		for i := range class {
			roll := fmt.Sprintf("class-%03d", i)
			s := attendance.FeedStudent{ID: newID(t), Name: roll, UniversityRoll: roll, EnrolmentNo: roll}
			if err := r.PutStudent(ctx, attendance.StudentEntry{FeedStudent: s, PasswordHash: verifier}); err != nil {
				return err
			}
		}
		return nil
	})
	var all sync.WaitGroup
	next := make(chan int)
	for range 16 {
		all.Go(func() {
			for i := range next {
				body := object{"university_roll_no": fmt.Sprintf("class-%03d", i), "password": password}
				if a := p.do(t, http.MethodPost, studentLogin, "", body); a.status != http.StatusOK {
					t.Errorf("student %d: got %d %s", i, a.status, a.raw)
				}
			}
		})
	}
	for i := range class {
		next <- i
	}
	close(next)
	all.Wait()
}

func TestATeacherChoosesAPIN(t *testing.T) {
	t.Parallel()
	p := start(t, nil)
	te, course := p.teacher(t, hashed(t, pin))
	drive := p.claim(t, "Room 9")
	here, elsewhere := p.signInTeacher(t, "a-1", pin), p.signInTeacher(t, "a-1", pin)
	const path, next = "/api/teacher/pin", "518263"
	p.refuses(t, "POST", path, here, object{"current": "000000", "new": next}, 422, "invalid", "current")
	for _, weak := range []string{"123456", "000000", "987654", "121212", "246810", "12345", "abcdef", pin} {
		p.refuses(t, "POST", path, here, object{"current": pin, "new": weak}, 422, "invalid", "new")
	}
	if a := p.do(t, http.MethodPost, path, here, object{"current": pin, "new": next}); a.status != http.StatusNoContent {
		t.Fatalf("got %d %s, want it changed", a.status, a.raw)
	}
	p.refuses(t, "GET", "/api/teacher/logins", elsewhere, nil, 401, "signed-out", "")
	p.refuses(t, "POST", "/api/teacher/login", "", object{"course_code": "A-1", "pin": pin}, 401, "wrong-credentials", "")
	p.signInTeacher(t, "a-1", next)
	if a := p.do(t, http.MethodGet, "/api/teacher/logins", here, nil); a.status != http.StatusOK {
		t.Errorf("here: got %d %s, want to stay signed in", a.status, a.raw)
	}
	if got := drive.verifier(t, te.ID); got == "" || got == te.PINHash {
		t.Errorf("the pendrive got verifier %q, want the new one", got)
	}
	te.Archived = true
	p.change(t, func(ctx context.Context, r attendance.Registrar) error { return r.PutTeacher(ctx, te) })
	p.refuses(t, "GET", "/api/teacher/validate-session/"+course.String(), here, nil, 401, "signed-out", "")
}

// verifier is what a pendrive is told of a teacher.
func (d *drive) verifier(t *testing.T, teacher attendance.ID) string {
	t.Helper()
	var roster struct {
		Changes []struct {
			Kind string
			Key  string
			Row  struct {
				PINHash string `json:"pin_hash"`
			}
		}
	}
	d.do(t, http.MethodGet, "/api/sync/roster", d.token, nil).into(t, &roster)
	for _, c := range roster.Changes {
		if c.Kind == "teacher" && c.Key == teacher.String() {
			return c.Row.PINHash
		}
	}
	return ""
}

func TestAStudentChoosesAPassword(t *testing.T) {
	t.Parallel()
	p := start(t, nil)
	p.student(t, "u-0000000007", hashed(t, password))
	here, elsewhere := p.signInStudent(t, "u-0000000007", password), p.signInStudent(t, "u-0000000007", password)
	const path, next = "/api/student/password", "seven red bicycles"
	p.refuses(t, "POST", path, here, object{"current": "not this one", "new": next}, 422, "invalid", "current")
	for _, weak := range []string{"short", "U-0000000007", "password123", password} {
		p.refuses(t, "POST", path, here, object{"current": password, "new": weak}, 422, "invalid", "new")
	}
	if a := p.do(t, http.MethodPost, path, here, object{"current": password, "new": next}); a.status != http.StatusNoContent {
		t.Fatalf("got %d %s, want it changed", a.status, a.raw)
	}
	p.refuses(t, "GET", "/api/student/logins", elsewhere, nil, 401, "signed-out", "")
	p.refuses(t, "POST", studentLogin, "", object{"university_roll_no": "u-0000000007", "password": password}, 401, "wrong-credentials", "")
	p.signInStudent(t, "u-0000000007", next)
	if a := p.do(t, http.MethodGet, "/api/student/logins", here, nil); a.status != http.StatusOK {
		t.Errorf("here: got %d %s, want to stay signed in", a.status, a.raw)
	}
}

// due signs a student in and wants to know whether they have to choose a password
// before anything else.
func (p *program) due(t *testing.T, roll, password string) (token string, due bool) {
	t.Helper()
	token = p.signInStudent(t, roll, password)
	var said struct {
		MustChange bool `json:"must_change"`
	}
	p.do(t, http.MethodPost, studentLogin, "", object{"university_roll_no": roll, "password": password}).into(t, &said)
	a := p.do(t, http.MethodGet, "/api/student/dashboard", token, nil)
	due = a.status == http.StatusForbidden && a.problem(t) == "must-change"
	if due != said.MustChange || due && !strings.Contains(string(a.raw), "/api/student/password") {
		t.Errorf("%s: signing in says must_change %t, then got %d %s", roll, said.MustChange, a.status, a.raw)
	}
	return token, due
}

func TestAPasswordThatSomebodyElseMadeIsChangedBeforeAnythingElse(t *testing.T) {
	t.Parallel()
	c := clerkOf(t)
	const once, shared, own = "seven blue doors", "three wet dogs", "nine red bicycles"
	form := object{"student_name": "Asha", "university_roll_no": "U-1", "enrollment_no": "E-1", "email1": "asha@example.org", "password": once}
	var added struct{ ID string }
	a := c.do(t, http.MethodPost, "/api/admin/students", c.token, form)
	if a.into(t, &added); a.status != http.StatusCreated {
		t.Fatalf("got %d %s", a.status, a.raw)
	}
	const head = "student_name,university_roll_no,enrollment_no,email1,email2,password\n"
	c.take(t, "students", head+"Binod,U-2,E-2,b@example.org,,\nChitra,U-3,E-3,c@example.org,,"+once+"\n", "default_password", shared)
	if a := c.form(t, "/api/admin/students/bulk-import", head+"Devi,U-4,E-4,d@example.org,,\n", "default_password", shared); a.status != http.StatusOK {
		t.Fatalf("got %d %s", a.status, a.raw)
	}
	for roll, password := range map[string]string{"U-1": once, "U-2": shared, "U-3": once, "U-4": shared} {
		token, due := c.due(t, roll, password)
		if !due {
			t.Errorf("%s: got in with a password that somebody else made", roll)
		}
		c.refuses(t, "GET", "/api/student/logins", token, nil, 403, "must-change", "")
		c.refuses(t, "POST", "/api/online/mark-attendance", token, object{"token": "x", "otp": "1"}, 403, "must-change", "") // which nobody may call, too
		if a := c.do(t, http.MethodPost, "/api/student/password", token, object{"current": password, "new": own}); a.status != http.StatusNoContent {
			t.Errorf("%s: got %d %s, want the way out to be open", roll, a.status, a.raw)
		}
		if a := c.do(t, http.MethodGet, "/api/student/logins", token, nil); a.status != http.StatusOK {
			t.Errorf("%s: afterwards got %d %s", roll, a.status, a.raw)
		}
	}
	form["password"], form["student_name"] = "", "Asha Rao"
	change := func() {
		t.Helper()
		if a := c.do(t, http.MethodPut, "/api/admin/students/"+added.ID, c.token, form); a.status != http.StatusOK {
			t.Fatalf("got %d %s", a.status, a.raw)
		}
	}
	if change(); true {
		if _, due := c.due(t, "U-1", own); due {
			t.Error("another name made the password due")
		}
	}
	form["password"] = once
	if change(); true {
		if _, due := c.due(t, "U-1", once); !due {
			t.Error("got in with a password that the office set anew")
		}
	}
}

func TestAVerifierOfTheOriginalIsGoodOnce(t *testing.T) {
	t.Parallel()
	p := office(t)
	// The original's cost is 12; the least one is enough to see it replaced.
	slow := func(secret string) string {
		raw, err := bcrypt.GenerateFromPassword([]byte(secret), bcrypt.MinCost)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	sum := sha256.Sum256([]byte(password))
	s := map[string]attendance.StudentEntry{
		"bcrypt": p.student(t, "bcrypt", slow(password)), "sha": p.student(t, "sha", strings.ToUpper(hex.EncodeToString(sum[:]))),
	}
	te, _ := p.teacher(t, slow(pin))
	drive := p.claim(t, "Room 9")
	for roll := range s {
		p.refuses(t, "POST", studentLogin, "", object{"university_roll_no": roll, "password": "wrong password"}, 401, "wrong-credentials", "")
		if got := p.kept(t, "student", "password_hash", s[roll].ID); got != s[roll].PasswordHash {
			t.Errorf("%s: got %q after a wrong password, want the old verifier", roll, got)
		}
		if _, due := p.due(t, roll, password); !due {
			t.Errorf("%s: got in with a password that an import of the original may have made", roll)
		}
		if got := p.kept(t, "student", "password_hash", s[roll].ID); !strings.HasPrefix(got, "$argon2id$") {
			t.Errorf("%s: got %q, want argon2id", roll, got)
		}
		p.signInStudent(t, roll, password)
		p.refuses(t, "POST", studentLogin, "", object{"university_roll_no": roll, "password": "wrong password"}, 401, "wrong-credentials", "")
	}
	p.sql(t, "UPDATE account SET password_hash = '"+slow("admin")+"'")
	mine := p.signIn(t, "admin", "admin")
	p.refuses(t, "GET", "/api/admin/admins", mine, nil, 403, "must-change", "")
	p.refuses(t, "GET", "/api/admin/admins", p.signIn(t, "admin", "admin"), nil, 403, "must-change", "")
	if a := p.do(t, http.MethodPost, "/api/admin/password", mine, object{"current": "admin", "new": password}); a.status != http.StatusNoContent {
		t.Errorf("the office: got %d %s", a.status, a.raw)
	}
	if a := p.do(t, http.MethodGet, "/api/admin/admins", mine, nil); a.status != http.StatusOK {
		t.Errorf("the office, afterwards: got %d %s", a.status, a.raw)
	}
	p.signInTeacher(t, "a-1", pin)
	if got := p.kept(t, "teacher", "pin_hash", te.ID); !strings.HasPrefix(got, "$argon2id$") || drive.verifier(t, te.ID) != got {
		t.Errorf("got %q, and the pendrive %q, want argon2id in both", got, drive.verifier(t, te.ID))
	}
	if got := p.kept(t, "teacher", "email", te.ID); got != te.Email {
		t.Errorf("got e-mail %q, want it kept", got)
	}
	p.signInTeacher(t, "a-1", pin)
}
