package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// only is the one row of a kind that is about something.
func (p *program) only(t *testing.T, token, kind, subject string) auditRow {
	t.Helper()
	rows, _ := p.audit(t, token, "kind="+kind+"&subject="+subject)
	if len(rows) != 1 {
		t.Fatalf("%s of %s: got %d rows, want one: %+v", kind, subject, len(rows), rows)
	}
	return rows[0]
}

func TestTheLedgerTellsWhoCameInAndWhatLeft(t *testing.T) {
	t.Parallel()
	c := held(t, func(today time.Time) map[time.Time]string { return map[time.Time]string{today.Add(-time.Hour): "PA"} })
	c.sql(t, "UPDATE teacher SET pin_hash = '"+hashed(t, pin)+"'")

	t.Run("who signed in and out, from where, with what", func(t *testing.T) {
		asha, teacher := c.signInStudent(t, "u-1", password), c.signInTeacher(t, "CS301", pin)
		for who, is := range map[string]struct{ role, name, path, token string }{
			c.asha.ID.String(): {"student", c.asha.Name, "/api/student/logout", asha},
			c.teacher.String(): {"teacher", "Asha Rao", "/api/teacher/logout", teacher},
		} {
			in := c.only(t, c.me, "login.added", who)
			by := in.Actor
			if by.ID != who || by.Role != is.role || by.Name != is.name || by.Address != "127.0.0.1" || by.LoginID == "" || in.After["agent"] == "" {
				t.Errorf("got %+v with %v, want the %s, here", by, in.After, is.role)
			}
			if a := c.do(t, http.MethodPost, is.path, is.token, nil); a.status != http.StatusNoContent {
				t.Fatalf("got %d %s", a.status, a.raw)
			}
			if out := c.only(t, c.me, "login.revoked", who); out.Actor.ID != who || !slices.Contains(out.Subjects, by.LoginID) {
				t.Errorf("got %+v, want the same sign-in ended by them", out)
			}
		}
		if a := c.do(t, http.MethodPost, studentLogin, "", object{"university_roll_no": "u-1", "password": "wrong password"}); a.status != http.StatusUnauthorized {
			t.Fatalf("got %d %s", a.status, a.raw)
		}
		c.only(t, c.me, "login.added", c.asha.ID.String()) // still one
	})
	t.Run("a file with marks, what it was asked for, and by whom", func(t *testing.T) {
		c.get(t, c.me, reportsPath+"/shortage?format=json&course_id="+c.course) // a screen
		c.get(t, c.signInStudent(t, "u-1", password), "/api/student/report?format=csv&course_id="+c.course)
		if rows, _ := c.audit(t, c.me, "kind=export.sent"); len(rows) != 0 {
			t.Errorf("got %+v, want nothing of a screen, and of what is one's own", rows)
		}
		c.get(t, c.me, reportsPath+"/register?format=csv&course_id="+c.course)
		row := c.only(t, c.me, "export.sent", c.course)
		asked, _ := row.After["asked"].(map[string]any)
		file, _ := row.After["file"].(string)
		if row.Actor.Role != "admin" || row.Actor.Address != "127.0.0.1" || row.After["operation"] != "report-register" ||
			!strings.HasSuffix(file, ".csv") || asked["format"] != "csv" || asked["course_id"] != c.course {
			t.Errorf("got %+v", row)
		}
		program := c.integration(t, c.me, "attendance:read")
		c.get(t, program, "/api/admin/analytics/course/"+c.course+"?format=csv")
		if row := c.only(t, c.me, "export.sent", "get-course-insight"); row.Actor.Role != "integration" || row.Actor.Name != "Library gate" {
			t.Errorf("got %+v, want the program", row.Actor)
		}
	})
	t.Run("a report that was ordered", func(t *testing.T) {
		var job struct{ ID string }
		c.do(t, http.MethodPost, reportsPath, c.me, object{"kind": "shortage", "format": "csv"}).into(t, &job)
		row := c.only(t, c.me, "report.added", job.ID)
		if asked, _ := row.After["asked"].(map[string]any); row.Actor.Role != "admin" || asked["kind"] != "shortage" {
			t.Errorf("got %+v", row)
		}
	})
	t.Run("an import", func(t *testing.T) {
		k := &clerk{program: c.program, token: c.me}
		k.take(t, "students", "student_name,university_roll_no,enrollment_no,email1\nDevi,U-9,E-9,d@example.org\n")
		for _, kind := range []string{"import.added", "import.applied"} {
			rows, _ := c.audit(t, c.me, "kind="+kind)
			if len(rows) != 1 || kind == "import.added" && (rows[0].Actor.Role != "admin" || rows[0].After["file_name"] == "") {
				t.Errorf("%s: got %+v", kind, rows)
			}
		}
	})
	t.Run("nothing that somebody does is the server's", func(t *testing.T) {
		before, _ := c.audit(t, c.me, "limit=1")
		for path, body := range map[string]object{
			"/api/admin/tokens":        {"name": "Gate", "scopes": []string{"read"}},
			reportsPath + "/schedules": {"kind": "shortage", "format": "csv", "every": "week", "weekday": 1, "hour": 7, "to": []string{"dean@school.example"}},
			"/api/admin/devices":       {"name": "B12"},
			"/api/admin/nodes":         {"name": "Room 7", "course_ids": []string{c.course}},
			"/api/admin/semesters":     {"semester_name": "Spring"},
			"/api/admin/admins":        {"username": "asha"},
			"/api/admin/config":        {"batch_name": "MCA"},
		} {
			var made struct{ ID string }
			a := c.do(t, http.MethodPost, path, c.me, body)
			if a.into(t, &made); a.status >= 300 {
				t.Errorf("%s: got %d %s", path, a.status, a.raw)
			}
			if made.ID == "" || strings.HasSuffix(path, "nodes") {
				continue
			}
			if a := c.do(t, http.MethodDelete, path+"/"+made.ID, c.me, nil); a.status >= 300 {
				t.Errorf("%s: got %d %s", path, a.status, a.raw)
			}
		}
		rows, _ := c.audit(t, c.me, "limit=200")
		seen := map[string]bool{}
		for _, row := range rows {
			if row.Seq <= before[0].Seq {
				break
			}
			if seen[row.Kind] = true; row.Actor.Role != "admin" {
				t.Errorf("%s: got %+v, want the office", row.Kind, row.Actor)
			}
		}
		for _, kind := range []string{"token.added", "token.revoked", "report_schedule.added", "report_schedule.removed", "device.added", "device.revoked", "node.added", "account.archived", "setting.added"} {
			if !seen[kind] {
				t.Errorf("got %v, want %s", seen, kind)
			}
		}
	})
	t.Run("a backup", func(t *testing.T) {
		back(t, c.config)
		if rows, _ := c.audit(t, c.me, "kind=backup.written"); len(rows) != 1 || rows[0].Actor.Role != "server" || rows[0].After["file"] != "school.arise" {
			t.Errorf("got %+v", rows)
		}
	})
	if says, err := c.verify(t, ""); err != nil || !strings.Contains(says, "unbroken") {
		t.Errorf("got %q, %v", says, err)
	}
	t.Run("and what cannot be noted does not leave", func(t *testing.T) {
		c.sql(t, "ALTER TABLE audit_due RENAME TO audit_away")
		a := c.do(t, http.MethodGet, reportsPath+"/register?format=csv&course_id="+c.course, c.me, nil)
		if a.status != http.StatusInternalServerError || a.problem(t) != "internal" || strings.Contains(string(a.raw), "u-1") {
			t.Errorf("got %d %s, want no file", a.status, a.raw)
		}
	})
}
