package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// walk reads a list to its end; between runs after every page.
func (d *desk) walk(t *testing.T, path string, between func(page int)) (rows []object, total int) {
	t.Helper()
	for page := 0; path != ""; page++ {
		if page > 200 {
			t.Fatal("the list has no end")
		}
		var got []object
		a := d.ask(t, http.MethodGet, path, nil, 200, &got)
		rows = append(rows, got...)
		n, err := strconv.Atoi(a.header.Get("X-Total-Count"))
		if err != nil {
			t.Fatal(err)
		}
		if page == 0 {
			total = n
		}
		link := a.header.Get("Link")
		path = ""
		if link != "" {
			var ok bool
			if path, ok = strings.CutSuffix(strings.TrimPrefix(link, "<"), `>; rel="next"`); !ok {
				t.Fatalf("got %q as Link", link)
			}
		}
		if between != nil {
			between(page)
		}
	}
	return rows, total
}

func TestEveryRowIsOnOnePageWhileOthersCome(t *testing.T) {
	t.Parallel()
	d := sitDown(t, withDemo)
	const list = "/api/admin/students"
	all, _ := d.walk(t, list, nil)
	if len(all) != 600 {
		t.Fatalf("got %d students, want 600", len(all))
	}
	made := 0
	for _, sort := range []string{"name", "-name", "roll", "-roll"} {
		seen := map[string]int{}
		rows, total := d.walk(t, list+"?limit=100&sort="+sort, func(int) {
			made++ // before and after the place where the reader is
			for _, name := range []string{"AAA", "zzz"} {
				id := d.add(t, list, object{
					"student_name": fmt.Sprintf("%s %d", name, made), "university_roll_no": fmt.Sprintf("%s-%d", name, made),
					"enrollment_no": fmt.Sprintf("%s-%d", name, made), "email1": "",
				})
				if name == "AAA" {
					d.away(t, list+"/"+id, false)
				}
			}
		})
		for _, r := range rows {
			seen[r["id"].(string)]++
		}
		for _, r := range all {
			if seen[r["id"].(string)] != 1 {
				t.Fatalf("sort %s: %v was seen %d times, want once", sort, r["student_name"], seen[r["id"].(string)])
			}
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("sort %s: %s was seen %d times", sort, id, n)
			}
		}
		if total < 600 || total > 600+made {
			t.Errorf("sort %s: got a total of %d", sort, total)
		}
		keys := make([]string, len(rows))
		for i, r := range rows {
			keys[i] = strings.ToLower(r["student_name"].(string))
			if strings.HasSuffix(sort, "roll") {
				keys[i] = strings.ToUpper(r["university_roll_no"].(string))
			}
		}
		if sort[0] == '-' {
			slices.Reverse(keys)
		}
		if !slices.IsSorted(keys) {
			t.Errorf("sort %s: the pages are not in order", sort)
		}
	}
}

func TestListsAreNarrowedAndSearched(t *testing.T) {
	t.Parallel()
	d := sitDown(t, withDemo)
	course := d.names(t, "/api/admin/courses?q=mca-301", "id")[0]
	semester := d.names(t, "/api/admin/semesters", "id")[0]
	teacher := d.names(t, "/api/admin/teachers?course_id="+course, "id")
	if len(teacher) != 1 {
		t.Errorf("got %v, want the course's one teacher", teacher)
	}
	odd := d.add(t, "/api/admin/students", object{
		"student_name": `Zed 100%_\ Q`, "university_roll_no": "odd-1", "enrollment_no": "odd-1", "email1": "Zed.Q@school.example",
	})
	for path, want := range map[string]int{
		"/api/admin/students?course_id=" + course:          60,
		"/api/admin/students?semester_id=" + semester:      600,
		"/api/admin/students?q=odd-1":                      1,
		"/api/admin/students?q=zed.q@SCHOOL":               1,
		"/api/admin/students?q=q%20%20zed":                 1,
		"/api/admin/students?q=zed%20nobody":               0,
		"/api/admin/students?q=%25":                        1,
		"/api/admin/students?q=0%25_":                      1,
		"/api/admin/students?q=%5C":                        1,
		"/api/admin/students?q=" + odd:                     0,
		"/api/admin/enrollments/" + course + "?q=odd-1":    -1,
		"/api/admin/enrollment-roster/" + semester:         600,
		"/api/admin/courses?semester_id=" + semester:       20,
		"/api/admin/courses?teacher_id=" + teacher[0]:      3,
		"/api/admin/courses-view?teacher_id=" + teacher[0]: 3,
		"/api/admin/teachers?limit=3&sort=code":            8,
		"/api/admin/teachers?limit=3&sort=-created":        8,
		"/api/admin/courses?limit=7&sort=-code":            20,
		"/api/admin/courses-view?limit=7":                  20,
		"/api/admin/semesters?limit=1&sort=start":          1,
	} {
		if want < 0 {
			a := d.ask(t, http.MethodGet, path, nil, 200, nil)
			if !strings.Contains(string(a.raw), odd) || a.header.Get("X-Total-Count") != "1" {
				t.Errorf("%s: got %s, %s", path, a.raw, a.header.Get("X-Total-Count"))
			}
			continue
		}
		rows, total := d.walk(t, path, nil)
		ids := map[any]bool{}
		for _, r := range rows {
			id := r["id"]
			if id == nil {
				id = r["student_id"]
			}
			ids[id] = true
		}
		if len(ids) != want || len(rows) != want || total != want {
			t.Errorf("%s: got %d rows, %d different, %d said, want %d", path, len(rows), len(ids), total, want)
		}
	}
}

func TestAListRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	d := sitDown(t, withDemo)
	const list = "/api/admin/students"
	link := d.ask(t, http.MethodGet, list+"?limit=2", nil, 200, nil).header.Get("Link")
	good := strings.TrimSuffix(strings.TrimPrefix(link, "<"), `>; rel="next"`)
	for query, field := range map[string]string{
		"?limit=0":                      "limit",
		"?limit=201":                    "limit",
		"?limit=x":                      "limit",
		"?sort=password":                "sort",
		"?sort=name%3Bdrop":             "sort",
		"?archived=yes":                 "archived",
		"?course_id=1":                  "course_id",
		"?cursor=x":                     "cursor",
		"?cursor=e30":                   "cursor",
		"?cursor=bnVsbA":                "cursor",
		"?q=a%00b":                      "q",
		"?q=%ff":                        "q",
		good[len(list):] + "A":          "",
		good[len(list):] + "&sort=roll": "cursor",
	} {
		a := d.do(t, http.MethodGet, list+query, d.token, nil)
		if a.status != 422 || a.problem(t) != "invalid" || !strings.Contains(string(a.raw), `"query.`+field) {
			t.Errorf("%s: got %d %s, want %s refused", query, a.status, a.raw, field)
		}
	}
}
