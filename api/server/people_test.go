package server_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/demo"
	"github.com/arise-attendance/arise/api/server"
)

// desk is somebody of the office at work.
type desk struct {
	*program
	token string
}

func sitDown(t *testing.T, change func(*server.Config)) *desk {
	t.Helper()
	p := start(t, func(c *server.Config) {
		c.AdminPassword = password
		if change != nil {
			change(c)
		}
	})
	return &desk{p, p.signIn(t, "admin", password)}
}

func withDemo(c *server.Config) { c.Demo = true }

func (d *desk) ask(t *testing.T, method, path string, body any, status int, into any) answer {
	t.Helper()
	a := d.do(t, method, path, d.token, body)
	if a.status != status {
		t.Fatalf("%s %s: got %d %s, want %d", method, path, a.status, a.raw, status)
	}
	if into != nil {
		a.into(t, into)
	}
	return a
}

func (d *desk) add(t *testing.T, path string, body object) string {
	t.Helper()
	var got struct{ Status, Message, ID string }
	d.ask(t, http.MethodPost, path, body, http.StatusCreated, &got)
	if got.Status != "success" || got.Message == "" {
		t.Errorf("POST %s: got %+v, want success, a message and an id", path, got)
	}
	return got.ID
}

func (d *desk) read(t *testing.T, path string) object {
	t.Helper()
	var got object
	d.ask(t, http.MethodGet, path, nil, http.StatusOK, &got)
	return got
}

func (d *desk) away(t *testing.T, path string, archived bool) {
	t.Helper()
	var got struct {
		Message  string
		Archived bool
	}
	d.ask(t, http.MethodDelete, path, nil, http.StatusOK, &got)
	if got.Archived != archived || got.Message == "" {
		t.Errorf("DELETE %s: got %+v, want archived %v", path, got, archived)
	}
}

// names are one member of every row of a list.
func (d *desk) names(t *testing.T, path, member string) []string {
	t.Helper()
	var rows []object
	d.ask(t, http.MethodGet, path, nil, http.StatusOK, &rows)
	out := []string{}
	for _, r := range rows {
		s, _ := r[member].(string)
		out = append(out, s)
	}
	return out
}

// wrong wants each body refused, and the row at the path as it was.
func (d *desk) wrong(t *testing.T, path string, list string, good object, cases []refusedCase) {
	t.Helper()
	before := d.read(t, path)
	for _, c := range cases {
		body := object{}
		for k, v := range good {
			body[k] = v
		}
		for k, v := range c.change {
			if v == nil {
				delete(body, k)
			} else {
				body[k] = v
			}
		}
		d.refuses(t, "POST", list, d.token, body, c.status, c.kind, c.field)
		d.refuses(t, "PUT", path, d.token, body, c.status, c.kind, c.field)
	}
	for name, body := range map[string][]byte{"no JSON": []byte("{"), "nothing": []byte("")} {
		for method, at := range map[string]string{"POST": list, "PUT": path} {
			if a := d.do(t, method, at, d.token, body); a.status != http.StatusBadRequest && a.status != http.StatusUnprocessableEntity {
				t.Errorf("%s %s with %s: got %d %s, want a refusal", method, at, name, a.status, a.raw)
			}
		}
	}
	if after := d.read(t, path); !reflect.DeepEqual(before, after) {
		t.Errorf("%s: got %v after refusals, want %v", path, after, before)
	}
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		d.refuses(t, method, list+"/"+newID(t).String(), d.token, good, 404, "not-found", "")
		d.refuses(t, method, list+"/1", d.token, good, 422, "invalid", "")
	}
	d.refuses(t, "GET", list+"/"+attendance.ID{}.String(), d.token, nil, 404, "not-found", "")
	d.refuses(t, "POST", list+"/"+newID(t).String()+"/restore", d.token, nil, 404, "not-found", "")
}

type refusedCase struct {
	change object
	status int
	kind   string
	field  string
}

func TestSemesters(t *testing.T) {
	t.Parallel()
	d := sitDown(t, nil)
	const list = "/api/admin/semesters"
	spring := d.add(t, list, object{"semester_name": " Spring <b>2026</b> & co ", "starts_on": "2026-01-05", "ends_on": "2026-05-30"})
	d.add(t, list, object{"semester_name": "Monsoon 2026"})
	got := d.read(t, list+"/"+spring)
	if got["semester_name"] != "Spring <b>2026</b> & co" || got["starts_on"] != "2026-01-05" || got["ends_on"] != "2026-05-30" {
		t.Errorf("got %v, want it as typed", got)
	}
	d.wrong(t, list+"/"+spring, list, object{"semester_name": "Monsoon 2027"}, []refusedCase{
		{object{"semester_name": "MONSOON 2026"}, 409, "conflict", "semester_name"},
		{object{"semester_name": "  "}, 422, "invalid", "semester_name"},
		{object{"semester_name": "a\nb"}, 422, "invalid", "semester_name"},
		{object{"semester_name": "a\u0000"}, 422, "invalid", "semester_name"},
		{object{"semester_name": "a\u202eb"}, 422, "invalid", "semester_name"},
		{object{"semester_name": strings.Repeat("é", 201)}, 422, "invalid", "semester_name"},
		{object{"semester_name": nil}, 422, "invalid", ""},
		{object{"starts_on": "2026-02-30"}, 422, "invalid", "starts_on"},
		{object{"starts_on": "2026-03-01", "ends_on": "2026-02-01"}, 422, "invalid", "ends_on"},
	})
	d.ask(t, http.MethodPut, list+"/"+spring, object{"semester_name": "Spring 2026"}, 200, nil)
	if got := d.names(t, list, "semester_name"); strings.Join(got, ",") != "Monsoon 2026,Spring 2026" {
		t.Errorf("got %v, want the newest first", got)
	}
	course := d.add(t, "/api/admin/courses", object{"course_name": "Maths", "course_code": "M1", "default_duration_minutes": 30, "semester_id": spring})
	d.away(t, list+"/"+spring, true)
	if got := d.read(t, "/api/admin/courses/"+course); got["archived_at"] != nil {
		t.Errorf("got %v, want its courses to go on", got)
	}
	d.add(t, list, object{"semester_name": "spring 2026"}) // the name is free
	d.refuses(t, "POST", list+"/"+spring+"/restore", d.token, nil, 409, "conflict", "semester_name")
	d.ask(t, http.MethodPut, list+"/"+spring, object{"semester_name": "Spring 26"}, 200, nil)
	if got := d.names(t, list+"?archived=only", "semester_name"); strings.Join(got, ",") != "Spring 26" {
		t.Errorf("got %v, want the archived one", got)
	}
	d.ask(t, http.MethodPost, list+"/"+spring+"/restore", nil, 200, nil)
	d.away(t, "/api/admin/courses/"+course, false)
	d.away(t, list+"/"+spring, false)
	d.refuses(t, "GET", list+"/"+spring, d.token, nil, 404, "not-found", "")
}

func TestTeachers(t *testing.T) {
	t.Parallel()
	d := sitDown(t, nil)
	const list = "/api/admin/teachers"
	asha := d.add(t, list, object{"teacher_name": "Asha O'Neil", "teacher_code": " t1 ", "pin": "004711", "email": "asha@school.example"})
	d.add(t, list, object{"teacher_name": "Bo", "teacher_code": "T2", "pin": "111111"})
	a := d.ask(t, http.MethodGet, list+"/"+asha, nil, 200, nil)
	if s := string(a.raw); !strings.Contains(s, `"teacher_code":"T1"`) || !strings.Contains(s, "O'Neil") || strings.Contains(s, "argon") || strings.Contains(s, "4711") {
		t.Errorf("got %s, want an upper-case code and no PIN", s)
	}
	d.wrong(t, list+"/"+asha, list, object{"teacher_name": "Cy", "teacher_code": "T3", "pin": "222222"}, []refusedCase{
		{object{"teacher_code": "t2"}, 409, "conflict", "teacher_code"},
		{object{"teacher_code": " "}, 422, "invalid", "teacher_code"},
		{object{"teacher_name": ""}, 422, "invalid", "teacher_name"},
		{object{"pin": "12345"}, 422, "invalid", "pin"},
		{object{"pin": "12345a"}, 422, "invalid", "pin"},
		{object{"pin": "١٢٣٤٥٦"}, 422, "invalid", "pin"},
		{object{"email": "asha"}, 422, "invalid", "email"},
		{object{"email": "Asha <a@b.example>"}, 422, "invalid", "email"},
	})
	d.refuses(t, "POST", list, d.token, object{"teacher_name": "Cy", "teacher_code": "T3"}, 422, "invalid", "pin")

	term := d.add(t, "/api/admin/semesters", object{"semester_name": "Monsoon"})
	course := d.add(t, "/api/admin/courses", object{
		"course_name": "Maths", "course_code": "M1", "default_duration_minutes": 30, "semester_id": term, "teacher_id": asha,
	})
	signIn := func(pin string) int {
		return d.do(t, http.MethodPost, "/api/teacher/login", "", object{"course_code": "M1", "pin": pin}).status
	}
	d.ask(t, http.MethodPut, list+"/"+asha, object{"teacher_name": "Asha Rao", "teacher_code": "T1", "pin": ""}, 200, nil)
	if got := signIn("004711"); got != 200 {
		t.Errorf("without a new PIN: got %d, want the old one to work", got)
	}
	d.ask(t, http.MethodPut, list+"/"+asha, object{"teacher_name": "Asha Rao", "teacher_code": "T1", "pin": "909090"}, 200, nil)
	if old, fresh := signIn("004711"), signIn("909090"); old != 401 || fresh != 200 {
		t.Errorf("with a new PIN: got %d for the old and %d for the new", old, fresh)
	}
	d.away(t, list+"/"+asha, true)
	if got := signIn("909090"); got != 401 {
		t.Errorf("archived: got %d, want no sign-in", got)
	}
	if got := d.read(t, "/api/admin/courses/"+course); got["teacher_id"] != nil {
		t.Errorf("got %v, want a course without a teacher", got)
	}
	if got := d.names(t, list, "teacher_name"); strings.Join(got, ",") != "Bo" {
		t.Errorf("got %v, want those who are not archived", got)
	}
	d.ask(t, http.MethodPost, list+"/"+asha+"/restore", nil, 200, nil)
	if got := signIn("909090"); got != 401 {
		t.Errorf("restored: got %d, want them without courses", got)
	}
	cy := d.add(t, list, object{"teacher_name": "Cy", "teacher_code": "T3", "pin": "333333"})
	d.away(t, list+"/"+cy, false)
	d.add(t, list, object{"teacher_name": "Cy", "teacher_code": "T3", "pin": "333333"})
}

func TestStudents(t *testing.T) {
	t.Parallel()
	d := sitDown(t, withDemo)
	const list = "/api/admin/students"
	school := demo.Make(time.Now().UTC())
	taken := school.Students[0]
	good := object{"student_name": "Zoë D'Souza", "university_roll_no": "u-001&x", "enrollment_no": "en-1", "email1": "zoe@school.example", "password": "four green windows"}
	zoe := d.add(t, list, good)
	a := d.ask(t, http.MethodGet, list+"/"+zoe, nil, 200, nil)
	if s := string(a.raw); !strings.Contains(s, `"password_set":true`) || strings.Contains(s, "argon") || !strings.Contains(s, "Zoë D'Souza") {
		t.Errorf("got %s, want the name as typed and no verifier", s)
	}
	if got := d.read(t, list+"/"+zoe)["university_roll_no"]; got != "u-001&x" {
		t.Errorf("got %v, want the roll as typed", got)
	}
	other := object{"student_name": "Yan", "university_roll_no": "u-2", "enrollment_no": "en-2", "email1": ""}
	d.wrong(t, list+"/"+zoe, list, other, []refusedCase{
		{object{"university_roll_no": taken.UniversityRoll}, 409, "conflict", "university_roll_no"},
		{object{"enrollment_no": strings.ToLower(taken.EnrolmentNo)}, 409, "conflict", "enrollment_no"},
		{object{"student_name": "\t"}, 422, "invalid", "student_name"},
		{object{"university_roll_no": ""}, 422, "invalid", "university_roll_no"},
		{object{"email1": "x"}, 422, "invalid", "email1"},
		{object{"email2": "x@"}, 422, "invalid", "email2"},
		{object{"email1": nil}, 422, "invalid", ""},
		{object{"password": "short"}, 422, "invalid", "password"},
		{object{"student_name": 7}, 422, "invalid", "student_name"},
	})
	other["email2"] = "y@school.example"
	d.ask(t, http.MethodPut, list+"/"+zoe, other, 200, nil)
	if got := d.read(t, list+"/"+zoe); got["student_name"] != "Yan" || got["email2"] != "y@school.example" || got["password_set"] != true {
		t.Errorf("got %v, want the change, and the password kept", got)
	}
	d.away(t, list+"/"+zoe, false)
	d.refuses(t, "GET", list+"/"+zoe, d.token, nil, 404, "not-found", "")

	gone, course := list+"/"+taken.ID.String(), "/api/admin/enrollments/"+school.Enrolments[0].Course.String()
	d.away(t, gone, true)
	// in counts the enrolled, and says whether the student is among them, or could be.
	in := func() (n int, there, free bool) {
		var got struct {
			Enrolled []struct {
				StudentID string `json:"student_id"`
			}
			Available []struct{ ID string }
		}
		d.ask(t, http.MethodGet, course+"?q="+taken.UniversityRoll, nil, 200, &got)
		for _, e := range got.Enrolled {
			there = there || e.StudentID == taken.ID.String()
		}
		return len(got.Enrolled), there, len(got.Available) == 1
	}
	if n, there, free := in(); n != 59 || there || free {
		t.Errorf("got %d enrolled, %v, %v, want all but the archived one", n, there, free)
	}
	d.refuses(t, "POST", list, d.token, object{"student_name": "Yan", "university_roll_no": taken.UniversityRoll, "enrollment_no": "en-2", "email1": ""}, 409, "conflict", "university_roll_no")
	if got := d.names(t, list+"?archived=only", "id"); len(got) != 1 || got[0] != taken.ID.String() {
		t.Errorf("got %v, want the archived one", got)
	}
	d.ask(t, http.MethodPost, gone+"/restore", nil, 200, nil)
	if got := d.read(t, gone); got["archived_at"] != nil || got["student_name"] != taken.Name {
		t.Errorf("got %v, want them back", got)
	}
	if n, there, free := in(); n != 59 || there || !free {
		t.Errorf("got %d enrolled, %v, %v, want nobody enrolled by the way", n, there, free)
	}
}
