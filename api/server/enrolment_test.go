package server_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// enrolling is a course with some students who are in it, or could be.
type enrolling struct {
	*desk
	path     string
	course   string
	students []string
	archived int
}

func startEnrolling(t *testing.T, students int) *enrolling {
	t.Helper()
	c := &enrolling{desk: sitDown(t, nil)}
	term := c.add(t, "/api/admin/semesters", object{"semester_name": "Monsoon"})
	c.course = c.add(t, "/api/admin/courses", object{"course_name": "Maths", "course_code": "M101", "default_duration_minutes": 30, "semester_id": term})
	for i := range students {
		c.students = append(c.students, c.add(t, "/api/admin/students", object{
			"student_name": fmt.Sprintf("Student %c", 'A'+i), "university_roll_no": fmt.Sprintf("u-%03d", i), "enrollment_no": fmt.Sprintf("e-%03d", i), "email1": "",
		}))
	}
	c.path = "/api/admin/enrollments/" + c.course
	return c
}

// list is a complete list: roll by student's letter, such as "A1 B2".
func (c *enrolling) list(what string) []object {
	out := []object{}
	for _, e := range strings.Fields(what) {
		var letter rune
		var roll int
		_, _ = fmt.Sscanf(e, "%c%d", &letter, &roll)
		out = append(out, object{"student_id": c.students[letter-'A'], "class_roll_id": roll})
	}
	return out
}

func (c *enrolling) is(t *testing.T, want string) {
	t.Helper()
	var got struct {
		Enrolled []struct {
			Name string `json:"student_name"`
			Roll int    `json:"class_roll_id"`
		}
		Available []struct{ ID string }
	}
	c.ask(t, http.MethodGet, c.path, nil, 200, &got)
	said := []string{}
	for _, e := range got.Enrolled {
		said = append(said, fmt.Sprintf("%s%d", strings.TrimPrefix(e.Name, "Student "), e.Roll))
	}
	if s := strings.Join(said, " "); s != want || len(got.Available) != len(c.students)-c.archived-len(said) {
		t.Errorf("got %q and %d others, want %q", s, len(got.Available), want)
	}
}

func TestACompleteListReplacesARoster(t *testing.T) {
	t.Parallel()
	c := startEnrolling(t, 4)
	set := func(what string) {
		t.Helper()
		a := c.ask(t, http.MethodPost, c.path, c.list(what), 200, nil)
		if !strings.Contains(string(a.raw), "Enrollments updated successfully.") {
			t.Errorf("got %s", a.raw)
		}
	}
	set("A1 B2 C3")
	c.is(t, "A1 B2 C3")
	set("A2 B1 D3") // two swap, one leaves, one takes the roll
	c.is(t, "B1 A2 D3")
	c.ask(t, http.MethodPost, c.path, append(c.list("A2 B1 D3"), object{"student_id": c.students[2], "class_roll_id": 4, "from_at": time.Now().Add(time.Hour)}), 200, nil)
	c.is(t, "B1 A2 D3 C4")

	unknown, archived := newID(t).String(), c.students[3]
	c.away(t, "/api/admin/students/"+archived, true)
	c.archived++
	c.is(t, "B1 A2 C4")
	long := time.Now().Add(-24 * time.Hour)
	for name, x := range map[string]struct {
		body   any
		status int
		kind   string
		where  string
	}{
		"a student twice":      {c.list("A1 B2 A3"), 422, "invalid", `"body[2].student_id"`},
		"a roll twice":         {c.list("A1 B2 C2"), 422, "invalid", `"body[2].class_roll_id"`},
		"a roll of zero":       {c.list("A1 B0"), 422, "invalid", `"body[1].class_roll_id"`},
		"an endless roll":      {c.list("A1 B99999999999"), 422, "invalid", `"body[1].class_roll_id"`},
		"an unknown student":   {append(c.list("A1"), object{"student_id": unknown, "class_roll_id": 2}), 422, "invalid", `"body[1].student_id"`},
		"an archived student":  {c.list("A1 B2 D3"), 422, "invalid", `"body[2].student_id"`},
		"an id that is none":   {[]object{{"student_id": "7", "class_roll_id": 1}}, 422, "invalid", `"body[0].student_id"`},
		"no roll":              {[]object{{"student_id": c.students[0]}}, 422, "invalid", `"body[0]`},
		"a time before all":    {[]object{{"student_id": c.students[0], "class_roll_id": 1, "from_at": "1066-10-14T00:00:00Z"}}, 422, "invalid", `"body[0].from_at"`},
		"a roll held then":     {append(c.list("A2"), object{"student_id": c.students[2], "class_roll_id": 1, "from_at": long}), 409, "conflict", `"body[1].class_roll_id"`},
		"a time before times":  {[]object{{"student_id": c.students[0], "class_roll_id": 1, "from_at": "0001-01-01T00:00:00Z"}}, 422, "invalid", `"body[0].from_at"`},
		"a roll others had":    {append(c.list("A1"), object{"student_id": c.students[1], "class_roll_id": 2, "from_at": long}), 409, "conflict", `"body[1].`},
		"an object":            {object{"student_id": c.students[0]}, 422, "invalid", `"body"`},
		"no JSON":              {[]byte("["), 400, "bad-request", ""},
		"a number for an item": {[]any{7}, 422, "invalid", `"body[0]"`},
	} {
		a := c.do(t, http.MethodPost, c.path, c.token, x.body)
		if a.status != x.status || a.problem(t) != x.kind || !strings.Contains(string(a.raw), x.where) {
			t.Errorf("%s: got %d %s, want %d %s %s", name, a.status, a.raw, x.status, x.kind, x.where)
		}
		c.is(t, "B1 A2 C4")
	}
	c.refuses(t, "POST", "/api/admin/enrollments/"+newID(t).String(), c.token, c.list("A1"), 404, "not-found", "")
	c.refuses(t, "GET", "/api/admin/enrollments/"+newID(t).String(), c.token, nil, 404, "not-found", "")
	set("")
	c.is(t, "")
}

func TestOneStudentComesAndGoes(t *testing.T) {
	t.Parallel()
	c := startEnrolling(t, 3)
	c.ask(t, http.MethodPost, c.path, c.list("A1 B2"), 200, nil)
	at := func(n int) string { return c.path + "/" + c.students[n] }
	c.ask(t, http.MethodPut, at(2), object{"class_roll_id": 3}, 200, nil)
	c.ask(t, http.MethodPut, at(2), object{"class_roll_id": 3}, 200, nil)
	c.is(t, "A1 B2 C3")
	c.refuses(t, "PUT", at(2), c.token, object{"class_roll_id": 2}, 409, "conflict", "class_roll_id")
	c.refuses(t, "PUT", at(2), c.token, object{"class_roll_id": 0}, 422, "invalid", "class_roll_id")
	c.refuses(t, "PUT", c.path+"/"+newID(t).String(), c.token, object{"class_roll_id": 9}, 404, "not-found", "")
	c.is(t, "A1 B2 C3")
	c.ask(t, http.MethodPut, at(2), object{"class_roll_id": 30}, 200, nil)
	c.is(t, "A1 B2 C30")
	c.ask(t, http.MethodDelete, at(0), nil, 200, nil)
	c.refuses(t, "DELETE", at(0), c.token, nil, 404, "not-found", "")
	c.is(t, "B2 C30")
	c.away(t, "/api/admin/courses/"+c.course, true) // it had students
	c.refuses(t, "POST", c.path, c.token, c.list("A1"), 422, "invalid", "")
}

// fed is the course's enrolments as a pendrive is told them, by row.
func (c *enrolling) fed(t *testing.T, d *drive) map[attendance.ID]attendance.FeedEnrolment {
	t.Helper()
	var got struct {
		Changes []struct {
			Kind string
			Gone bool
			Row  attendance.FeedEnrolment
		}
	}
	roster := d.do(t, http.MethodGet, "/api/sync/roster", d.token, nil)
	// Rows of other kinds do not fit: only those of enrolments are looked at.
	var all struct{ Changes []map[string]any }
	roster.into(t, &all)
	kept := []map[string]any{}
	for _, ch := range all.Changes {
		if ch["kind"] == "enrolment" {
			kept = append(kept, ch)
		}
	}
	raw := answer{raw: mustJSON(t, object{"changes": kept})}
	raw.into(t, &got)
	out := map[attendance.ID]attendance.FeedEnrolment{}
	for _, ch := range got.Changes {
		out[ch.Row.ID] = ch.Row
	}
	return out
}

func TestPendrivesLearnARosterAndItsPast(t *testing.T) {
	t.Parallel()
	c := startEnrolling(t, 3)
	drive := c.claim(t, "Room 9")
	began := time.Now().Add(-48 * time.Hour).Truncate(time.Millisecond)
	c.ask(t, http.MethodPost, c.path, []object{
		{"student_id": c.students[0], "class_roll_id": 1, "from_at": began},
		{"student_id": c.students[1], "class_roll_id": 2, "from_at": began},
	}, 200, nil)
	c.ask(t, http.MethodPost, c.path, c.list("A2 B1 C3"), 200, nil)
	now := time.Now().UnixMilli()
	rows := c.fed(t, drive)
	if len(rows) != 5 {
		t.Fatalf("got %d enrolments, want the old and the new ones", len(rows))
	}
	said := map[string]bool{}
	for _, e := range rows {
		who := strings.Index(c.students[0]+c.students[1]+c.students[2], e.Student.String()) / 36
		past := e.ToMS != 0
		if past != (e.FromMS == began.UnixMilli()) || !past && e.FromMS > now || past && e.ToMS > now {
			t.Errorf("got %+v, want the past to end where the present begins", e)
		}
		said[fmt.Sprintf("%c%d %v", 'A'+who, e.Roll, past)] = true
	}
	for _, want := range []string{"A1 true", "B2 true", "A2 false", "B1 false", "C3 false"} {
		if !said[want] {
			t.Errorf("got %v, want %s", said, want)
		}
	}

	var line []object
	semester := c.read(t, "/api/admin/courses/"+c.course)["semester_id"].(string)
	c.ask(t, http.MethodGet, "/api/admin/enrollment-roster/"+semester, nil, 200, &line)
	if len(line) != 3 || line[0]["student_name"] != "Student B" || line[0]["primary_class_roll_id"] != 1.0 || line[0]["enrolled_courses"] != "M101" {
		t.Errorf("got %v, want one row a student, by roll", line)
	}
	c.refuses(t, "GET", "/api/admin/enrollment-roster/"+newID(t).String(), c.token, nil, 404, "not-found", "")
	c.refuses(t, "GET", "/api/admin/enrollment-roster/"+semester+"?cursor=eyJzIjoicm9sbCIsImsiOiJ4IiwiaSI6IjAxOTNkNWU4LTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMSJ9", c.token, nil, 422, "invalid", "")
	if bytes.Contains(c.ask(t, http.MethodGet, "/api/admin/enrollment-roster/"+semester+"?q=student%20c", nil, 200, nil).raw, []byte("Student A")) {
		t.Error("want only what was looked for")
	}
}

func TestListsSetAtOnceTakeTurns(t *testing.T) {
	t.Parallel()
	c := startEnrolling(t, 4)
	lists := []string{"A1 B2 C3 D4", "A4 B3 C2 D1", "B1 A2"}
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			if a := c.do(t, http.MethodPost, c.path, c.token, c.list(lists[i%3])); a.status != http.StatusOK {
				t.Errorf("got %d %s, want each to be done", a.status, a.raw)
			}
			if i%3 == 0 { // refused, and in nobody's way
				c.refuses(t, "POST", c.path, c.token, append(c.list("A7"), object{"student_id": newID(t), "class_roll_id": 8}), 422, "invalid", "")
			}
		})
	}
	wg.Wait()
	var got struct {
		Enrolled []struct {
			Name string `json:"student_name"`
			Roll int    `json:"class_roll_id"`
		}
	}
	c.ask(t, http.MethodGet, c.path, nil, 200, &got)
	said := ""
	for _, e := range got.Enrolled {
		said += fmt.Sprintf("%s%d ", strings.TrimPrefix(e.Name, "Student "), e.Roll)
	}
	if !slices.Contains([]string{"A1 B2 C3 D4 ", "D1 C2 B3 A4 ", "B1 A2 "}, said) {
		t.Errorf("got %s, want one list as a whole", said)
	}
}
