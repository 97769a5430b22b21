package classroom_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

func (b *bench) analytics(course string) reply {
	return b.call(course, "GET", "/api/teacher/analytics/"+id(course).String(), "")
}

func TestAnalytics(t *testing.T) {
	t.Parallel()
	t.Run("a course without classes says so", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.start("A-1") // runs: its result does not stand yet
		same(t, b.analytics("A-1"), `{"avg_attendance_percent":0,"enrolled_count":3,"total_sessions":0,"minimum_percent":75,"critical_percent":60,
			"trend":[],"trend_graph_base64":null,"at_risk_students":[],"message":"No sessions found for this course"}`)
	})
	t.Run("a course without students says so", func(t *testing.T) {
		t.Parallel()
		b := setup(t, course(t, "C-1")...)
		empty := monday()
		empty.course, empty.marks = "C-1", nil
		b.adopt(empty)
		same(t, b.analytics("C-1"), `{"avg_attendance_percent":0,"enrolled_count":0,"total_sessions":1,"minimum_percent":75,"critical_percent":60,
			"trend":[{"session_id":"monday","start_time":"2026-03-02T12:33:00Z","percent":null}],"trend_graph_base64":null,"at_risk_students":[],"message":"No students enrolled in this course"}`)
	})
	t.Run("who is below the minimum is at risk, and one excused is not", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.adopt(monday(), tuesday())
		same(t, b.analytics("A-1"), `{"avg_attendance_percent":80,"enrolled_count":3,"total_sessions":2,"minimum_percent":75,"critical_percent":60,
			"trend":[{"session_id":"monday","start_time":"2026-03-02T12:33:00Z","percent":100},{"session_id":"tuesday","start_time":"2026-03-03T09:05:00Z","percent":50}],"trend_graph_base64":null,
			"at_risk_students":[{"student_id":"chen","class_roll_id":3,"student_name":"chen","university_roll_no":"U-3","present_count":1,"total_sessions":2,"attendance_percent":50,"status":"Critical","sessions_needed":2,"can_miss":0}]}`)
	})
	t.Run("of some days, and as a file", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.adopt(monday(), tuesday())
		path := "/api/teacher/analytics/" + id("A-1").String()
		of := func(query string) reply { return b.call("A-1", "GET", path+"?"+query, "") }
		for query, want := range map[string][2]float64{ // sessions, at risk
			"to=2026-03-02": {1, 0}, "from=2026-03-03": {1, 1}, "from=2026-03-02&to=2026-03-03": {2, 1}, "from=2026-03-04": {0, 0},
		} {
			got := of(query)
			if risk, _ := got.json["at_risk_students"].([]any); got.json["total_sessions"] != want[0] || float64(len(risk)) != want[1] {
				t.Errorf("%s: got %d %s, want %v", query, got.code, got.body, want)
			}
		}
		for _, wrong := range []string{"from=2026-03-04&to=2026-03-03", "from=0001-01-01", "to=yesterday", "format=pdf"} {
			if got := of(wrong); got.code != 422 {
				t.Errorf("%s: got %d %s, want it refused", wrong, got.code, got.body)
			}
		}
		file := of("format=csv")
		if want := "3,chen,U-3,1,2,50,Critical,2,0"; !strings.Contains(file.body, want) || !strings.Contains(file.head.Get("Content-Disposition"), "At_Risk_A-1_") {
			t.Errorf("got %q %s, want %s", file.head.Get("Content-Disposition"), file.body, want)
		}
	})
	t.Run("a correction moves the numbers", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.adopt(monday(), tuesday())
		b.correct("tuesday", "chen", "mark_present", "")
		if got := b.analytics("A-1"); got.json["avg_attendance_percent"] != 100.0 || len(got.json["at_risk_students"].([]any)) != 0 {
			t.Errorf("got %s", got.body)
		}
	})
}

// course is one more course with a teacher and nobody in it.
func course(t *testing.T, code string) []attendance.Change {
	t.Helper()
	teacher := id("teacher " + code)
	return []attendance.Change{
		change(t, attendance.CourseRow, id(code), attendance.FeedCourse{ID: id(code), Code: code, Name: code, DefaultMinutes: 30}),
		change(t, attendance.TeacherRow, teacher, attendance.FeedTeacher{ID: teacher, Name: code, Code: code}),
		change(t, attendance.TeachingRow, id("teaching "+code), attendance.FeedTeaching{ID: id("teaching " + code), Course: id(code), Teacher: teacher, FromMS: 1}),
	}
}

// stay is one enrolment in a generated course; to is zero for who is still there.
type stay struct {
	student  string
	roll     int
	from, to time.Time
}

// generated is a course nobody designed: students come, leave and come back, some
// are marked though they were not enrolled, and a class may have run out unended.
type generated struct {
	code    string
	stays   []stay
	classes []held
}

var firstDay = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func generate(seed uint64) generated {
	chance := rand.New(rand.NewPCG(seed, 5)) //nolint:gosec // the same seed must give the same course
	g := generated{code: fmt.Sprintf("G-%d", seed)}
	days := 6 + chance.IntN(12)
	on := func(day int) time.Time { return firstDay.AddDate(0, 0, day).Add(-time.Hour) }
	for i := range 9 {
		s := stay{student: fmt.Sprintf("%s student %d", g.code, i), roll: i + 1, from: on(-9)}
		switch chance.IntN(4) {
		case 0:
			s.from = on(chance.IntN(days))
		case 1:
			s.to = on(1 + chance.IntN(days))
			if chance.IntN(2) == 0 { // and came back
				g.stays = append(g.stays, stay{student: s.student, roll: s.roll + 20, from: s.to.AddDate(0, 0, 2)})
			}
		}
		g.stays = append(g.stays, s)
	}
	for d := range days {
		h := held{course: g.code, session: fmt.Sprintf("%s class %d", g.code, d), start: on(d).Add(time.Hour), running: chance.IntN(5) == 0}
		for i := range 9 {
			student := fmt.Sprintf("%s student %d", g.code, i)
			switch n := chance.IntN(20); {
			case n < 10+i%4:
				h.marks = append(h.marks, finger(student, time.Duration(chance.IntN(15))*time.Minute))
			case n < 18:
				given := []attendance.Status{attendance.Absent, attendance.Excused, attendance.Duty, attendance.Late, attendance.NotRequired}
				h.marks = append(h.marks, verdict(student, given[chance.IntN(len(given))], "r"))
			}
		}
		g.classes = append(g.classes, h)
	}
	g.classes = append(g.classes, held{ // runs until long after the test
		course: g.code, session: g.code + " now", start: time.Now().Add(-time.Minute), running: true, lasts: time.Hour,
		marks: []said{verdict(g.stays[0].student, attendance.Present, "r")},
	})
	return g
}

// recount is the slow way: every student, class and enrolment, one by one.
func (g generated) recount(student string, only *held) (there, counted int) {
	for i, h := range g.classes[:len(g.classes)-1] {
		if only != nil && g.classes[i].session != only.session {
			continue
		}
		expected := false
		for _, s := range g.stays {
			if s.student == student && !h.start.Before(s.from) && (s.to.IsZero() || h.start.Before(s.to)) {
				expected = true
			}
		}
		if !expected {
			continue
		}
		status := attendance.Absent
		for _, m := range h.marks {
			if m.student == student {
				status = m.status
			}
		}
		switch status {
		case attendance.Excused, attendance.NotRequired:
		case attendance.Absent:
			counted++
		default:
			there, counted = there+1, counted+1
		}
	}
	return there, counted
}

type wantRisk struct {
	Roll   int     `json:"class_roll_id"`
	Name   string  `json:"student_name"`
	There  int     `json:"present_count"`
	Held   int     `json:"total_sessions"`
	Pct    float64 `json:"attendance_percent"`
	Status string  `json:"status"`
	Needed int     `json:"sessions_needed"`
	Miss   int     `json:"can_miss"`
}

type wantAnalytics struct {
	Avg      float64 `json:"avg_attendance_percent"`
	Enrolled int     `json:"enrolled_count"`
	Sessions int     `json:"total_sessions"`
	Trend    []struct {
		Percent *float64 `json:"percent"`
	} `json:"trend"`
	Risk []wantRisk `json:"at_risk_students"`
}

// tenth prints a percentage as pages show it.
func tenth(there, held int) string { return fmt.Sprintf("%.1f", 100*float64(there)/float64(held)) }

// atRisk recounts those enrolled now, with the fractions multiplied out.
func (g generated) atRisk() []wantRisk {
	var out []wantRisk
	for _, s := range g.stays {
		there, held := g.recount(s.student, nil)
		if s.from.After(time.Now()) || !s.to.IsZero() && s.to.Before(time.Now()) || held == 0 || 4*there >= 3*held {
			continue
		}
		r := wantRisk{Roll: s.roll, Name: s.student, There: there, Held: held, Status: "Warning"}
		if 10*there < 6*held {
			r.Status = "Critical"
		}
		for 4*(there+r.Needed) < 3*(held+r.Needed) {
			r.Needed++
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b wantRisk) int {
		return cmp.Or(cmp.Compare(a.There*b.Held, b.There*a.Held), cmp.Compare(a.Roll, b.Roll))
	})
	return out
}

func TestAnalyticsAgreeWithASlowRecount(t *testing.T) {
	t.Parallel()
	var courses []generated
	var rows []attendance.Change
	for seed := range uint64(12) {
		g := generate(seed)
		courses, rows = append(courses, g), append(rows, course(t, g.code)...)
		known := map[string]bool{}
		for i, s := range g.stays {
			st, key := id(s.student), id(fmt.Sprintf("in %s %d", g.code, i))
			if !known[s.student] {
				rows = append(rows, change(t, attendance.StudentRow, st, attendance.FeedStudent{ID: st, Name: s.student, UniversityRoll: s.student}))
			}
			known[s.student] = true
			rows = append(rows, change(t, attendance.EnrolmentRow, key, attendance.FeedEnrolment{
				ID: key, Course: id(g.code), Student: st, Roll: s.roll, FromMS: attendance.UnixMS(s.from), ToMS: attendance.UnixMS(s.to),
			}))
		}
	}
	b := setup(t, rows...)
	risks := 0
	for _, g := range courses {
		b.adopt(g.classes...)
		var got wantAnalytics
		if err := json.Unmarshal([]byte(b.analytics(g.code).body), &got); err != nil {
			t.Fatal(err)
		}
		g.compare(t, got)
		risks += len(got.Risk)
	}
	if risks < 20 {
		t.Errorf("got %d students at risk in all courses, want many: few prove little", risks)
	}
}

func (g generated) compare(t *testing.T, got wantAnalytics) {
	t.Helper()
	ended := g.classes[:len(g.classes)-1]
	there, held := 0, 0
	if got.Sessions != len(ended) || len(got.Trend) != len(ended) {
		t.Fatalf("%s: got %d sessions and a trend of %d, want %d", g.code, got.Sessions, len(got.Trend), len(ended))
	}
	for i := range ended {
		x, n := 0, 0
		for s := range 9 {
			a, h := g.recount(fmt.Sprintf("%s student %d", g.code, s), &ended[i])
			x, n = x+a, n+h
		}
		there, held = there+x, held+n
		if p := got.Trend[i].Percent; p == nil || fmt.Sprintf("%.1f", *p) != tenth(x, n) {
			t.Errorf("%s class %d: got %v, want %s", g.code, i, p, tenth(x, n))
		}
	}
	if avg := fmt.Sprintf("%.1f", got.Avg); avg != tenth(there, held) {
		t.Errorf("%s: got an average of %s, want %s", g.code, avg, tenth(there, held))
	}
	want := g.atRisk()
	for i := range got.Risk {
		if pct := fmt.Sprintf("%.1f", got.Risk[i].Pct); i < len(want) && pct != tenth(want[i].There, want[i].Held) {
			t.Errorf("%s: got %s %% for %s", g.code, pct, got.Risk[i].Name)
		}
		got.Risk[i].Pct = 0
	}
	if !slices.Equal(got.Risk, want) {
		t.Errorf("%s: got %+v, want %+v", g.code, got.Risk, want)
	}
}
