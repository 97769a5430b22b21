package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestCoursesAndWhoHoldsThem(t *testing.T) {
	t.Parallel()
	d := sitDown(t, nil)
	const list, teachers = "/api/admin/courses", "/api/admin/teachers"
	term := d.add(t, "/api/admin/semesters", object{"semester_name": "Monsoon"})
	old := d.add(t, "/api/admin/semesters", object{"semester_name": "Spring"})
	d.add(t, list, object{"course_name": "Old", "course_code": "OLD", "default_duration_minutes": 30, "semester_id": old})
	d.away(t, "/api/admin/semesters/"+old, true)
	asha := d.add(t, teachers, object{"teacher_name": "Asha", "teacher_code": "A", "pin": "111111"})
	bo := d.add(t, teachers, object{"teacher_name": "Bo", "teacher_code": "B", "pin": "222222"})
	cy := d.add(t, teachers, object{"teacher_name": "Cy", "teacher_code": "C", "pin": "333333"})
	good := object{"course_name": "Maths & more", "course_code": "M101", "default_duration_minutes": 30, "semester_id": term, "teacher_id": asha}
	maths := d.add(t, list, good)
	d.add(t, list, object{"course_name": "Physics", "course_code": "P101", "default_duration_minutes": 50, "semester_id": term})
	next := object{"course_name": "Chemistry", "course_code": "C101", "default_duration_minutes": 30, "semester_id": term}
	d.wrong(t, list+"/"+maths, list, next, []refusedCase{
		{object{"course_code": "p101"}, 409, "conflict", "course_code"},
		{object{"course_code": " "}, 422, "invalid", "course_code"},
		{object{"course_name": "a\rb"}, 422, "invalid", "course_name"},
		{object{"default_duration_minutes": 0}, 422, "invalid", "default_duration_minutes"},
		{object{"default_duration_minutes": 721}, 422, "invalid", "default_duration_minutes"},
		{object{"default_duration_minutes": "30"}, 422, "invalid", "default_duration_minutes"},
		{object{"semester_id": newID(t)}, 422, "invalid", "semester_id"},
		{object{"semester_id": old}, 422, "invalid", "semester_id"},
		{object{"semester_id": "1"}, 422, "invalid", "semester_id"},
		{object{"semester_id": nil}, 422, "invalid", ""},
		{object{"teacher_id": newID(t)}, 422, "invalid", "teacher_id"},
	})

	held := list + "/" + maths + "/teachers"
	views := func(want string) {
		t.Helper()
		c := d.read(t, list+"/"+maths)
		names := []string{}
		for _, n := range c["teacher_names"].([]any) {
			names = append(names, n.(string))
		}
		main, _ := c["teacher_name"].(string)
		if got := main + ":" + strings.Join(names, ","); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	views("Asha:Asha")
	d.ask(t, http.MethodPost, held, object{"teacher_id": bo, "to_at": time.Now().Add(time.Hour)}, 201, nil)
	views("Asha:Asha,Bo")
	d.refuses(t, "POST", held, d.token, object{"teacher_id": bo}, 409, "conflict", "teacher_id")
	d.refuses(t, "POST", held, d.token, object{"teacher_id": newID(t)}, 422, "invalid", "teacher_id")
	d.refuses(t, "POST", held, d.token, object{"teacher_id": cy, "to_at": time.Now().Add(-time.Hour)}, 422, "invalid", "to_at")
	d.refuses(t, "POST", held, d.token, object{"teacher_id": cy, "from_at": "0001-01-01T00:00:00Z"}, 422, "invalid", "")
	d.refuses(t, "POST", list+"/"+newID(t).String()+"/teachers", d.token, object{"teacher_id": cy}, 404, "not-found", "")
	d.ask(t, http.MethodPost, held, object{"teacher_id": cy, "from_at": time.Now().Add(time.Hour)}, 201, nil)
	views("Asha:Asha,Bo")

	next["course_name"] = "Mathematics"
	d.ask(t, http.MethodPut, list+"/"+maths, next, 200, nil) // names no teacher
	views("Asha:Asha,Bo")
	next["teacher_id"] = cy // who was to come later
	d.ask(t, http.MethodPut, list+"/"+maths, next, 200, nil)
	views("Cy:Bo,Cy")
	next["teacher_id"] = bo // the substitute
	d.ask(t, http.MethodPut, list+"/"+maths, next, 200, nil)
	views("Bo:Bo")
	d.refuses(t, "PUT", list+"/"+maths, d.token, object{
		"course_name": "X", "course_code": "p101", "default_duration_minutes": 30, "semester_id": term, "teacher_id": asha,
	}, 409, "conflict", "course_code")
	views("Bo:Bo")

	var rows []struct {
		TeacherName string     `json:"teacher_name"`
		ToAt        *time.Time `json:"to_at"`
		Now, Main   bool
	}
	d.ask(t, http.MethodGet, held, nil, 200, &rows)
	said := []string{}
	for _, r := range rows {
		said = append(said, r.TeacherName)
		if r.Now != (r.TeacherName == "Bo") || r.Main != r.Now || (r.ToAt == nil) != r.Now {
			t.Errorf("got %+v, want Bo now, for good", r)
		}
	}
	if got := strings.Join(said, ","); got != "Asha,Bo,Cy" {
		t.Errorf("got %s, want who held it, the oldest first", got)
	}
	d.ask(t, http.MethodDelete, held+"/"+bo, nil, 200, nil)
	d.refuses(t, "DELETE", held+"/"+bo, d.token, nil, 404, "not-found", "")
	views(":")

	d.ask(t, http.MethodPost, held, object{"teacher_id": bo}, 201, nil)
	if got := d.names(t, list+"?teacher_id="+bo, "course_code"); strings.Join(got, ",") != "C101" {
		t.Errorf("got %v, want Bo's course", got)
	}
	if got := d.names(t, "/api/admin/courses-view?sort=-code&semester_id="+term, "semester_name"); strings.Join(got, ",") != "Monsoon,Monsoon" {
		t.Errorf("got %v, want both of the term", got)
	}
	if got := d.names(t, list+"?q=PHYS", "course_code"); strings.Join(got, ",") != "P101" {
		t.Errorf("got %v, want what was looked for", got)
	}
	d.away(t, list+"/"+maths, false) // its teachings went with it
	d.refuses(t, "GET", held, d.token, nil, 404, "not-found", "")
}

func TestAnArchivedCourseComesBackAsItWas(t *testing.T) {
	t.Parallel()
	d := sitDown(t, withDemo)
	const list = "/api/admin/courses"
	id := d.names(t, list+"?q=MCA-301", "id")[0]
	before := d.read(t, list+"/"+id)
	signIn := func() int {
		return d.do(t, http.MethodPost, "/api/teacher/login", "", object{"course_code": "MCA-301", "pin": "246810"}).status
	}
	d.away(t, list+"/"+id, true)
	if got := signIn(); got != 401 {
		t.Errorf("got %d, want nobody to sign in to it", got)
	}
	var first []object
	d.ask(t, http.MethodGet, "/api/admin/students?limit=1", nil, 200, &first)
	d.refuses(t, "PUT", "/api/admin/enrollments/"+id+"/"+first[0]["id"].(string), d.token, object{"class_roll_id": 999}, 422, "invalid", "")
	d.ask(t, http.MethodPost, list+"/"+id+"/restore", nil, 200, nil)
	if got := signIn(); got != 200 {
		t.Errorf("got %d, want it back", got)
	}
	after := d.read(t, list+"/"+id)
	for _, k := range []string{"teacher_name", "enrolled", "course_code", "archived_at"} {
		if before[k] != after[k] {
			t.Errorf("%s was %v and is %v", k, before[k], after[k])
		}
	}
	if before["enrolled"] != 60.0 {
		t.Errorf("got %v, want 60 students", before["enrolled"])
	}
}
