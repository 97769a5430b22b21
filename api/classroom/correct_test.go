package classroom_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
)

// correct is the body of a correction; more is put at its end.
func correct(session, student, action, more string) string {
	return fmt.Sprintf(`{"session_id":%q,"student_id":%q,"action":%q,"manual_reason":"Was here"%s}`, session, id(student), action, more)
}

func (b *bench) correct(session, student, action, more string) reply {
	return b.call("A-1", "POST", "/api/teacher/update-attendance", correct(id(session).String(), student, action, more))
}

// detail finds one student in a class's detail.
func (b *bench) detail(session, student string) map[string]any {
	b.t.Helper()
	got := b.call("A-1", "GET", "/api/teacher/session-detail/"+id(session).String(), "")
	for _, list := range []string{"present_students", "absent_students"} {
		for _, row := range got.json[list].([]any) {
			if r := row.(map[string]any); r["student_name"] == student {
				return r
			}
		}
	}
	b.t.Fatalf("got no %s in %s", student, got.body)
	return nil
}

func TestCorrections(t *testing.T) {
	t.Parallel()
	after := func(t *testing.T) *bench {
		t.Helper()
		b := setup(t)
		b.adopt(tuesday())
		return b
	}
	for _, c := range []struct {
		name, student, action, more string
		code                        int
		says, status                string
	}{
		{"somebody nobody saw was there", "chen", "mark_present", "", 200, "Student marked present", "present"},
		{"a finger of somebody who was not there", "asha", "mark_absent", "", 200, "Student marked absent", "absent"},
		{"a finer word for there", "chen", "mark_present", `,"status":"duty"`, 200, "Student marked duty", "duty"},
		{"a finer word for not there", "asha", "mark_absent", `,"status":"excused"`, 200, "Student marked excused", "excused"},
		{"excused becomes absent", "bala", "mark_absent", "", 200, "Student marked absent", "absent"},
		{"there already", "asha", "mark_present", "", 409, "already-marked", "present"},
		{"absent already, though nobody said so", "chen", "mark_absent", "", 409, "already-marked", "absent"},
		{"excused already", "bala", "mark_absent", `,"status":"excused"`, 409, "already-marked", "excused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := after(t)
			got := b.correct("tuesday", c.student, c.action, c.more)
			if got.code != c.code || !strings.Contains(got.body, c.says) {
				t.Errorf("got %d %s, want %d %s", got.code, got.body, c.code, c.says)
			}
			row := b.detail("tuesday", c.student)
			if row["status"] != c.status || c.code == 200 && (row["method"] != "retroactive_manual" || row["reason"] != "Was here") {
				t.Errorf("got %v, want %s", row, c.status)
			}
		})
	}
	t.Run("the same mark_id again is the same correction, even after another", func(t *testing.T) {
		t.Parallel()
		b := after(t)
		one := fmt.Sprintf(`,"mark_id":%q`, id("one"))
		for range 2 {
			if got := b.correct("tuesday", "chen", "mark_present", one); got.code != 200 || got.json["mark_id"] != id("one").String() {
				t.Errorf("got %d %s", got.code, got.body)
			}
		}
		b.correct("tuesday", "chen", "mark_absent", "")
		if got := b.correct("tuesday", "chen", "mark_present", one); got.code != 200 || b.detail("tuesday", "chen")["status"] != "absent" {
			t.Errorf("got %d %s, want what was decided since to stay", got.code, got.body)
		}
	})
	t.Run("a correction is taken back like any gesture, and the finger shows again", func(t *testing.T) {
		t.Parallel()
		b := after(t)
		got := b.correct("tuesday", "asha", "mark_absent", "")
		b.call("A-1", "DELETE", fmt.Sprintf("/api/teacher/session/%s/marks/%v", id("tuesday"), got.json["mark_id"]), "")
		if row := b.detail("tuesday", "asha"); row["status"] != "present" || row["method"] != "biometric" {
			t.Errorf("got %v, want the finger", row)
		}
	})
	t.Run("what the office decided is not a teacher's to change", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		class := tuesday()
		class.marks = append(class.marks, said{student: "chen", status: attendance.Excused, method: attendance.OfficeEdit, class: attendance.Office})
		b.adopt(class)
		if got := b.correct("tuesday", "chen", "mark_present", ""); got.code != 409 || got.json["type"] != "urn:arise:problem:office-decided" {
			t.Errorf("got %d %s", got.code, got.body)
		}
	})
}
