package classroom_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// workbook reads the cells of an answer.
func workbook(t *testing.T, got reply, sheet string) [][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader([]byte(got.body)))
	if err != nil {
		t.Fatalf("%d %s: %v", got.code, got.head.Get("Content-Type"), err)
	}
	defer f.Close()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestATeachersReports(t *testing.T) {
	t.Parallel()
	path := func(kind, rest string) string { return "/api/teacher/report/" + kind + "/" + id("A-1").String() + rest }
	t.Run("the month as data", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.adopt(monday(), tuesday())
		got := b.call("A-1", "GET", path("month", "?month=2026-03"), "")
		if days := got.json["days"].([]any); len(days) != 31 || got.json["working_days"] != 2.0 || got.json["zone"] != "UTC" {
			t.Errorf("got %s", got.body)
		}
		for _, want := range []string{
			`"date":"2026-03-02","off":false,"sessions":[{"session_id":"` + id("monday").String(),
			`"student_name":"asha","university_roll_no":"U-1","enrollment_no":"E-1","marks":[[],["present"],["present"],[]`,
			`"student_name":"bala","university_roll_no":"U-2","enrollment_no":"E-2","marks":[[],["late"],["excused"],[]`,
			`"total":{"present":2,"late":1,"absent":1,"excused":1,"duty":1,"held":5,"attended":4,"percent":80}`,
		} {
			if !strings.Contains(got.body, want) {
				t.Errorf("got %s\nwant %s", got.body, want)
			}
		}
	})
	t.Run("the month as a workbook, in the campus's zone", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.zone(time.FixedZone("IST", 19800))
		last := monday()
		last.start = time.Date(2026, 3, 31, 19, 0, 0, 0, time.UTC) // half past midnight in April
		b.adopt(last)
		got := b.call("A-1", "GET", path("month", "?month=2026-04&format=xlsx"), "")
		rows := workbook(t, got, "Month register")
		if line := strings.Join(rows[10], "|"); !strings.HasPrefix(line, "1|asha|U-1|P||") {
			t.Errorf("got %s", line)
		}
		if d := got.head.Get("Content-Disposition"); !strings.HasPrefix(d, `attachment; filename="Month_Register_A-1_2026-04.xlsx"`) {
			t.Errorf("got %q as its name", d)
		}
		if rows := workbook(t, b.call("A-1", "GET", path("month", "?month=2026-03&format=xlsx"), ""), "Month register"); rows[6][1] != "0" {
			t.Errorf("got %q, want nothing in March", rows[6])
		}
	})
	t.Run("without a month it is this one", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		if got := b.call("A-1", "GET", path("month", ""), ""); got.json["month"] != time.Now().UTC().Format("2006-01") {
			t.Errorf("got %s", got.body)
		}
	})
	t.Run("who stands below the minimum, and by how much", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.adopt(monday(), tuesday())
		got := b.call("A-1", "GET", path("shortage", "?below=75"), "")
		if n := len(got.json["students"].([]any)); n != 1 || !strings.Contains(got.body, `"student_name":"chen"`) || !strings.Contains(got.body, `"held":2,"attended":1,"percent":50,"minimum_percent":75,"eligible":false,"classes_short":2`) {
			t.Errorf("got %s", got.body)
		}
		csv := b.call("A-1", "GET", path("shortage", "?format=csv"), "")
		if csv.head.Get("Content-Type") != "text/csv; charset=utf-8" || strings.Count(csv.body, "\n") != 4 || !strings.Contains(csv.body, "A-1,3,chen,U-3,E-3,0,0,1,0,1,2,1,50,75,N,2\n") {
			t.Errorf("got %s", csv.body)
		}
	})
	t.Run("every class of a student, with its reason", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.adopt(monday(), tuesday())
		got := b.call("A-1", "GET", path("student", "/"+id("bala").String()), "")
		if !strings.Contains(got.body, `"topic":"Limits","status":"late","reason":""`) || !strings.Contains(got.body, `"topic":"","status":"excused","reason":"Medical"`) {
			t.Errorf("got %s", got.body)
		}
	})
	t.Run("the register as CSV", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.adopt(monday(), tuesday())
		got := b.call("A-1", "GET", path("export", "")[:len("/api/teacher/report/export/")]+id("monday").String()+"?format=csv", "")
		if !strings.Contains(got.body, "2,bala,U-2,L,E,0,1,0,1,0,1,1,100\n") {
			t.Errorf("got %s", got.body)
		}
	})
	b := setup(t)
	for _, c := range []struct {
		name, as, path string
		code           int
	}{
		{"nobody reads a month", "", path("month", ""), 401},
		{"another teacher reads no month", "B-1", path("month", ""), 403},
		{"another teacher reads no shortage", "B-1", path("shortage", ""), 403},
		{"another teacher reads no student", "B-1", path("student", "/"+id("asha").String()), 403},
		{"another teacher exports no CSV", "B-1", path("month", "?format=csv"), 403},
		{"an unknown course", "A-1", "/api/teacher/report/month/" + id("nothing").String(), 404},
		{"a stranger", "A-1", path("student", "/"+id("stranger").String()), 404},
		{"a month that is none", "A-1", path("month", "?month=2026-13"), 422},
		{"a format that is none", "A-1", path("month", "?format=pdf"), 422},
		{"more than all", "A-1", path("shortage", "?below=101"), 422},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := b.call(c.as, "GET", c.path, ""); got.code != c.code || got.head.Get("Content-Type") != "application/problem+json" {
				t.Errorf("got %d %s, want %d", got.code, got.body, c.code)
			}
		})
	}
}
