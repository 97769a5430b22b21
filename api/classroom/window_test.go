package classroom_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// longAgo is a class of A-1 that ended 25 hours ago.
func longAgo() held {
	class := recent()
	class.session, class.start = "long ago", time.Now().Add(-25*time.Hour-50*time.Minute-time.Second)
	return class
}

func TestATeacherChangesAClassAloneForAsLongAsTheSchoolSays(t *testing.T) {
	t.Parallel()
	path := "/api/teacher/session/" + id("long ago").String()
	ways := map[string]func(*bench) reply{
		"correct": func(b *bench) reply { return b.correct("long ago", "asha", "mark_absent", "") },
		"mark": func(b *bench) reply {
			return b.call("A-1", "PUT", path+"/marks/"+id("gesture").String(), fmt.Sprintf(`{"student_ids":[%q],"status":"absent"}`, id("asha")))
		},
		"undo":    func(b *bench) reply { return b.call("A-1", "DELETE", path+"/marks/"+id("gesture").String(), "") },
		"delete":  func(b *bench) reply { return b.remove("A-1", "long ago", `{"reason":"a mistake"}`) },
		"restore": func(b *bench) reply { return b.call("A-1", "POST", path+"/restore", "") },
	}
	for name, do := range ways {
		for hours, want := range map[int]int{24: 409, 26: 200, 0: 200} {
			t.Run(fmt.Sprintf("%s within %d hours", name, hours), func(t *testing.T) {
				t.Parallel()
				b := setup(t, editHours(hours))
				b.adopt(longAgo())
				got := do(b)
				if got.code != want || want == 409 && (got.json["type"] != "urn:arise:problem:edit-window" || !strings.Contains(got.body, "/api/teacher/requests")) {
					t.Errorf("got %d %s, want %d and the way out", got.code, got.body, want)
				}
			})
		}
	}
	t.Run("and the class says until when", func(t *testing.T) {
		t.Parallel()
		b := setup(t, editHours(24))
		b.adopt(longAgo())
		detail := b.call("A-1", "GET", "/api/teacher/session-detail/"+id("long ago").String(), "")
		end, err := time.Parse(time.RFC3339, detail.json["end_time"].(string))
		if err != nil {
			t.Fatal(err)
		}
		until, err := time.Parse(time.RFC3339, fmt.Sprint(detail.json["editable_until"]))
		if err != nil || !until.Equal(end.Add(24*time.Hour)) {
			t.Errorf("got %v, %v, want a day after %v", detail.json["editable_until"], err, end)
		}
	})
}
