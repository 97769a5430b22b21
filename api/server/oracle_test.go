package server_test

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Every screen of a school made by chance shows what the truth says, whether the
// counts are stored, lack everything, or lack a little.
func TestEveryScreenShowsTheTruth(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{1, 2, 3} {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, seed)
			c := &checker{world: w, admin: w.signIn(t, "admin", password), teacherToken: w.token(t, w.teacher, attendance.RoleTeacher)}
			for _, st := range w.students {
				c.tokens = append(c.tokens, w.token(t, st, attendance.RoleStudent))
			}
			if a := w.do(t, http.MethodPost, "/api/admin/config", c.admin, object{"leaderboard": true}); a.status != http.StatusOK {
				t.Fatalf("got %d %s", a.status, a.raw)
			}
			c.all(t, "nothing counted")
			w.countAll(t)
			c.all(t, "all counted")
			w.upset(t)
			c.all(t, "some changed since")
		})
	}
}

// upset corrects marks, lets somebody leave and ends a class that ran.
func (w *world) upset(t *testing.T) {
	t.Helper()
	for _, h := range w.lesson {
		if expected := w.expected(h.course, h.opened); w.chance.IntN(12) == 0 && len(expected) > 0 {
			w.adopt(t, []attendance.Fact{w.say(t, h, expected[w.chance.IntN(len(expected))])})
		}
	}
	for i, e := range w.enrolments {
		if e.ToMS == 0 && w.chance.IntN(9) == 0 {
			w.enrolments[i].ToMS = w.ago(2, 1).UnixMilli()
			w.change(t, func(ctx context.Context, r attendance.Registrar) error { return r.PutEnrolment(ctx, w.enrolments[i]) })
			break
		}
	}
	for _, h := range w.lesson {
		if !h.over(w.now) && w.chance.IntN(2) == 0 {
			h.ended = w.now.Add(-time.Second).Truncate(time.Millisecond)
			w.adopt(t, []attendance.Fact{w.fact(t, h.ended, attendance.Fact{Kind: attendance.SessionEnded, Session: h.id, Actor: w.teacher, ClosedAt: h.ended.UnixMilli()})})
			return
		}
	}
}

// checker compares what screens show with the truth.
type checker struct {
	*world
	admin, teacherToken string
	tokens              []string // of the students
	stage               string
}

func (c *checker) all(t *testing.T, stage string) {
	t.Helper()
	for {
		c.stage, c.now = stage, time.Now()
		c.check(t)
		if time.Now().In(c.zone).YearDay() == c.now.In(c.zone).YearDay() { // else it turned midnight meanwhile
			return
		}
	}
}

func (c *checker) check(t *testing.T) {
	t.Helper()
	today := c.now.In(c.zone)
	from, until := today.AddDate(0, 0, -45), today.AddDate(0, 0, -10)
	from, until = time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, c.zone), time.Date(until.Year(), until.Month(), until.Day(), 0, 0, 0, 0, c.zone)
	days := fmt.Sprintf("from=%s&to=%s", from.Format(time.DateOnly), until.AddDate(0, 0, -1).Format(time.DateOnly))
	spans := map[string]span{"": {}, days: {from: from, until: until}}
	for term := range c.terms {
		spans["semester_id="+term.String()] = span{term: term}
		spans["semester_id="+term.String()+"&"+days] = span{term: term, from: from, until: until}
	}
	for query, s := range spans {
		c.overview(t, query, s)
		c.trends(t, query, s)
		for _, st := range c.students[:4] {
			c.lookup(t, st, query, s)
		}
		if s.until.IsZero() {
			c.missing(t, query, s)
			for i := range c.students[:4] {
				c.student(t, i, query, s)
			}
			c.board(t, query, c.counted(s))
		}
	}
	for _, co := range c.courses {
		for _, q := range []string{"", days} {
			c.course(t, co, q, spans[q])
		}
		if !co.archived {
			c.teacherScreens(t, co)
			c.board(t, "course_id="+co.id.String(), []*taught{co})
		}
	}
}

// is compares a figure.
func (c *checker) is(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, ok := got.(float64); ok {
		w, fine := want.(float64)
		if n, whole := want.(int); whole {
			w, fine = float64(n), true
		}
		// To one decimal, whichever way a half is rounded.
		if fine && math.Abs(g-w) <= 0.05+1e-6 && (math.Abs(g-w) < 1e-9 || g == math.Round(g*10)/10) {
			return
		}
	} else if got == want {
		return
	}
	t.Errorf("%s: %s: got %v, want %v", c.stage, what, got, want)
}

func (c *checker) get(t *testing.T, path, query, token string) object {
	t.Helper()
	var out object
	a := c.do(t, http.MethodGet, path+"?"+query, token, nil)
	if a.status != http.StatusOK {
		t.Fatalf("%s?%s: got %d %s", path, query, a.status, a.raw)
	}
	a.into(t, &out)
	return out
}

// of picks the member of a list with a key.
func of(list any, key, value string) object {
	for _, one := range list.([]any) {
		if o := one.(object); o[key] == value {
			return o
		}
	}
	return object{}
}

func (c *checker) overview(t *testing.T, query string, s span) {
	t.Helper()
	got := c.get(t, "/api/admin/analytics/overview", query, c.admin)
	sessions, online, week, month, there, lesson, people := 0, 0, 0, 0, 0, 0, map[attendance.ID]bool{}
	quarters, risk := 0, map[attendance.ID]bool{}
	today := c.now.In(c.zone)
	monday := time.Date(today.Year(), today.Month(), today.Day()-7, 0, 0, 0, 0, c.zone)
	first := time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, c.zone)
	for _, co := range c.counted(s) {
		var sum figure
		policy, n := c.policy(co.id), 0
		for _, h := range c.classes(co.id, s) {
			f := c.ofClass(h)
			sum = figure{sum.present + f.present, sum.late + f.late, sum.absent + f.absent, sum.excused + f.excused, sum.duty + f.duty}
			n++
			for _, add := range []struct {
				to   *int
				when bool
			}{{&sessions, true}, {&online, h.online}, {&week, !h.opened.Before(monday)}, {&month, !h.opened.Before(first)}} {
				if add.when {
					*add.to++
				}
			}
		}
		there, lesson, quarters = there+sum.there(), lesson+sum.held(), quarters+sum.quarters(policy)
		now := c.expected(co.id, c.now)
		for _, st := range now {
			people[st] = true
			if b := c.ofStudent(co.id, st, s).band(policy); b == "warning" || b == "critical" {
				risk[st] = true
			}
		}
		row := of(got["course_summary"], "course_code", co.code)
		c.is(t, query+" rate of "+co.code, row["attendance_rate"], sum.percent(policy))
		c.is(t, query+" marks of "+co.code, row["total_marks"], sum.there())
		c.is(t, query+" sessions of "+co.code, row["session_count"], n)
		c.is(t, query+" enrolled of "+co.code, row["enrolled_count"], len(now))
	}
	students := len(people)
	if s.term.IsZero() {
		students = len(c.students)
	}
	rate, average := 0.0, 0.0
	if lesson > 0 {
		rate, average = 25*float64(quarters)/float64(lesson), float64(there)/float64(sessions)
	}
	for name, want := range map[string]any{
		"total_students": students, "total_courses": len(c.counted(s)), "total_sessions": sessions, "online_sessions": online,
		"offline_sessions": sessions - online, "sessions_this_week": week, "sessions_this_month": month, "total_attendance_marks": there,
		"avg_attendance_per_session": average, "overall_attendance_rate": rate, "at_risk_count": len(risk), "counting_courses": 0,
	} {
		c.is(t, query+" "+name, got[name], want)
	}
	if n := len(got["course_summary"].([]any)); n != len(c.counted(s)) {
		t.Errorf("%s: %s: got %d courses, want %d", c.stage, query, n, len(c.counted(s)))
	}
}

func (c *checker) trends(t *testing.T, query string, s span) {
	t.Helper()
	got := c.get(t, "/api/admin/analytics/trends", query, c.admin)
	type sums struct{ sessions, offline, online int }
	days, weekdays, kinds := map[string]*sums{}, map[string]*sums{}, map[string]*sums{}
	add := func(to map[string]*sums, key string, h *lesson, n int) {
		if to[key] == nil {
			to[key] = &sums{}
		}
		to[key].sessions++
		if h.online {
			to[key].online += n
		} else {
			to[key].offline += n
		}
	}
	since := c.now.In(c.zone).AddDate(0, 0, -29).Format(time.DateOnly)
	if !s.from.IsZero() {
		since = s.from.Format(time.DateOnly)
	}
	for _, co := range c.counted(s) {
		for _, h := range c.classes(co.id, s) {
			local, n, kind := h.opened.In(c.zone), c.ofClass(h).there(), "offline"
			if h.online {
				kind = "online"
			}
			if day := local.Format(time.DateOnly); day >= since {
				add(days, day, h, n)
			}
			add(weekdays, local.Format("Mon"), h, n)
			add(kinds, kind, h, n)
		}
	}
	if n := len(got["daily"].([]any)); n != len(days) {
		t.Errorf("%s: %s: got %d days, want %d", c.stage, query, n, len(days))
	}
	for day, want := range days {
		row := of(got["daily"], "date", day)
		c.is(t, query+" sessions on "+day, row["session_count"], want.sessions)
		c.is(t, query+" offline on "+day, row["offline_marks"], want.offline)
		c.is(t, query+" online on "+day, row["online_marks"], want.online)
		c.is(t, query+" marks on "+day, row["attendance_count"], want.online+want.offline)
	}
	for day, want := range weekdays {
		row := of(got["day_of_week"], "day_name", day)
		c.is(t, query+" sessions on "+day, row["session_count"], want.sessions)
		c.is(t, query+" average on "+day, row["avg_attendance"], float64(want.online+want.offline)/float64(want.sessions))
	}
	for kind, want := range kinds {
		row := of(got["session_type_split"], "session_type", kind)
		c.is(t, query+" sessions "+kind, row["session_count"], want.sessions)
		c.is(t, query+" marks "+kind, row["attendance_count"], want.online+want.offline)
	}
}

func (c *checker) course(t *testing.T, co *taught, query string, s span) {
	t.Helper()
	got := c.get(t, "/api/admin/analytics/course/"+co.id.String(), query, c.admin)
	policy, now, risk := c.policy(co.id), c.expected(co.id, c.now), 0
	for _, st := range now {
		f := c.ofStudent(co.id, st, s)
		row := of(got["students"], "student_id", st.String())
		what := fmt.Sprint(query, " ", co.code, " ", st)
		c.is(t, what+" percentage", row["percentage"], f.percent(policy))
		c.is(t, what+" present", row["present_count"], f.there())
		c.is(t, what+" sessions", row["total_sessions"], f.held())
		c.is(t, what+" status", row["status"], f.band(policy))
		if b := f.band(policy); b == "warning" || b == "critical" {
			risk++
		}
	}
	c.is(t, query+" at risk in "+co.code, got["at_risk_count"], risk)
	c.is(t, query+" enrolled in "+co.code, got["enrolled_count"], len(now))
	all := c.classes(co.id, s)
	c.is(t, query+" sessions of "+co.code, got["total_sessions"], len(all))
	for i, h := range all {
		row := got["trend"].([]any)[i].(object)
		c.is(t, "present of "+h.id.String(), row["present_count"], c.ofClass(h).there())
		c.is(t, "expected of "+h.id.String(), row["total_students"], len(c.expected(co.id, h.opened)))
	}
}

func (c *checker) lookup(t *testing.T, st attendance.ID, query string, s span) {
	t.Helper()
	got := c.get(t, "/api/admin/analytics/student/"+st.String(), query, c.admin)
	present, heldBy, quarters, absences := 0, 0, 0, 0
	for _, co := range c.counted(s) {
		if !c.enrolled(co.id, st, c.now) {
			continue
		}
		f, policy := c.ofStudent(co.id, st, s), c.policy(co.id)
		row := of(got["courses"], "course_code", co.code)
		c.is(t, query+" percentage in "+co.code, row["percentage"], f.percent(policy))
		c.is(t, query+" status in "+co.code, row["status"], f.band(policy))
		present, heldBy, quarters, absences = present+f.there(), heldBy+f.held(), quarters+f.quarters(policy), absences+f.absent
	}
	c.is(t, query+" present", got["total_present"], present)
	c.is(t, query+" possible", got["total_possible"], heldBy)
	c.is(t, query+" absences", float64(len(got["recent_absences"].([]any))), min(absences, 20))
	if heldBy > 0 {
		c.is(t, query+" overall", got["overall_percentage"], 25*float64(quarters)/float64(heldBy))
	}
}

func (c *checker) missing(t *testing.T, query string, s span) {
	t.Helper()
	got, want := c.get(t, "/api/admin/analytics/absences", query+"&min=2", c.admin), 0
	for _, co := range c.counted(s) {
		for _, st := range c.expected(co.id, c.now) {
			_, _, missed := runs(c.line(co.id, st, span{}))
			if missed < 2 {
				continue
			}
			want++
			found := slices.ContainsFunc(got["students"].([]any), func(one any) bool {
				o := one.(object)
				return o["student_id"] == st.String() && o["course_code"] == co.code && o["consecutive_absences"] == float64(missed)
			})
			if !found {
				t.Errorf("%s: %s missed %d of %s and is not listed", c.stage, st, missed, co.code)
			}
		}
	}
	c.is(t, query+" missing students", got["total"], want)
}

func (c *checker) teacherScreens(t *testing.T, co *taught) {
	t.Helper()
	got, policy := c.get(t, "/api/teacher/analytics/"+co.id.String(), "", c.teacherToken), c.policy(co.id)
	var sum figure
	for _, h := range c.classes(co.id, span{}) {
		f := c.ofClass(h)
		sum = figure{sum.present + f.present, sum.late + f.late, sum.absent + f.absent, sum.excused + f.excused, sum.duty + f.duty}
	}
	c.is(t, "average of "+co.code, got["avg_attendance_percent"], sum.percent(policy))
	risk := 0
	for _, st := range c.expected(co.id, c.now) {
		f := c.ofStudent(co.id, st, span{})
		if b := f.band(policy); b != "warning" && b != "critical" {
			continue
		}
		risk++
		row := of(got["at_risk_students"], "student_id", st.String())
		c.is(t, "at risk: percentage", row["attendance_percent"], f.percent(policy))
		c.is(t, "at risk: needed", row["sessions_needed"], f.needed(policy))
	}
	c.is(t, "at risk in "+co.code, float64(len(got["at_risk_students"].([]any))), risk)
	history := c.get(t, "/api/teacher/history/"+co.id.String(), "", c.teacherToken)
	for _, h := range c.classes(co.id, span{}) {
		row, f := of(history["sessions"], "id", h.id.String()), c.ofClass(h)
		c.is(t, "history: present", row["present_count"], f.there())
		c.is(t, "history: expected", row["total_students"], len(c.expected(co.id, h.opened)))
		if f.held() > 0 {
			c.is(t, "history: percentage", row["attendance_percent"], f.percent(h.policy))
		}
	}
}

func (c *checker) student(t *testing.T, i int, query string, s span) {
	t.Helper()
	st, token := c.students[i], c.tokens[i]
	dashboard := c.get(t, "/api/student/dashboard", query, token)
	analytics := c.get(t, "/api/student/analytics", query, token)["analytics"].(object)
	alerts := c.get(t, "/api/student/critical-alerts", "", token)
	heldBy, quarters, mine, critical, warning := 0, 0, 0, 0, 0
	for _, co := range c.counted(s) {
		if !c.enrolled(co.id, st, c.now) {
			continue
		}
		mine++
		f, policy := c.ofStudent(co.id, st, span{}), c.policy(co.id)
		heldBy, quarters = heldBy+f.held(), quarters+f.quarters(policy)
		current, longest, _ := runs(c.line(co.id, st, span{}))
		row := of(dashboard["courses"], "course_code", co.code)
		plan := row["analytics"].(object)
		band := map[string]string{"safe": "good"}[f.band(policy)]
		if band == "" {
			band = f.band(policy)
		}
		for _, one := range []struct {
			what      string
			got, want any
		}{
			{"percentage", row["percentage"], f.percent(policy)},
			{"present", row["present_count"], f.there()},
			{"absent", row["absent_count"], f.absent},
			{"sessions", row["total_sessions"], f.held()},
			{"status", row["warning_status"], band},
			{"current streak", row["current_streak"], current},
			{"longest streak", row["longest_streak"], longest},
			{"needed", plan["needed_to_recover"], f.needed(policy)},
		} {
			c.is(t, "dashboard: "+one.what, one.got, one.want)
		}
		if band == "good" {
			c.is(t, "dashboard: can miss", plan["buffer_available"], f.spare(policy))
		}
		c.is(t, "analytics", analytics[co.id.String()].(object)["semester_total"], f.percent(policy))
		c.lastLessons(t, analytics[co.id.String()].(object), c.line(co.id, st, span{}), policy)
		for list, b := range map[string]string{"critical_alerts": "critical", "warning_alerts": "warning"} {
			if row := of(alerts[list], "course_id", co.id.String()); s.term.IsZero() && (row["course_id"] != nil) != (f.band(policy) == b) {
				t.Errorf("%s: got alert %v in %s of %s, want %s", c.stage, row, list, co.code, f.band(policy))
			} else if row["course_id"] != nil {
				c.is(t, "alert: needed", row["classes_needed"], f.needed(policy))
				c.is(t, "alert: percentage", row["attendance_percentage"], f.percent(policy))
			}
		}
		switch f.band(policy) {
		case "critical":
			critical++
		case "warning":
			warning++
		}
		if s.term.IsZero() {
			c.explained(t, co, st, token, f, policy)
		}
	}
	c.is(t, "dashboard: courses", float64(len(dashboard["courses"].([]any))), mine)
	if heldBy > 0 {
		c.is(t, "dashboard: overall", dashboard["overall_percentage"], 25*float64(quarters)/float64(heldBy))
	}
	if s.term.IsZero() {
		c.is(t, "alerts: critical", alerts["critical_count"], critical)
		c.is(t, "alerts: warning", alerts["warning_count"], warning)
	}
}

func (c *checker) lastLessons(t *testing.T, got object, line []string, p attendance.Policy) {
	t.Helper()
	line = slices.DeleteFunc(slices.Clone(line), func(s string) bool { return s == "excused" || s == "not_required" })
	for name, n := range map[string]int{"last_7_days_avg": 7, "last_30_days_avg": 30} {
		var f figure
		for _, s := range line[max(0, len(line)-n):] {
			f.add(s)
		}
		c.is(t, name, got[name], f.percent(p))
	}
	c.is(t, "daily_breakdown", float64(len(got["daily_breakdown"].([]any))), min(7, len(line)))
}

// explained re-adds what the explanation lists.
func (c *checker) explained(t *testing.T, co *taught, st attendance.ID, token string, f figure, p attendance.Policy) {
	t.Helper()
	got := c.get(t, "/api/student/course/"+co.id.String()+"/explain", "", token)
	course := c.get(t, "/api/student/course/"+co.id.String(), "", token)
	attended, heldBy := 0.0, 0
	line := c.line(co.id, st, span{})
	classes, log := got["classes"].([]any), course["log"].([]any)
	if len(classes) != len(line) || len(log) != len(line) {
		t.Errorf("%s: got %d classes explained and %d logged, want %d", c.stage, len(classes), len(log), len(line))
		return
	}
	for i, one := range classes {
		row := one.(object)
		c.is(t, "explain: status", row["status"], line[i])
		attended += row["weight"].(float64)
		if row["counts"] == true {
			heldBy++
		}
		deciding := 0
		for _, fact := range row["facts"].([]any) {
			if fact.(object)["decides"] == true {
				deciding++
			}
		}
		if deciding > 1 || deciding == 0 && line[i] != "absent" {
			t.Errorf("%s: got %d facts that decide for %s", c.stage, deciding, line[i])
		}
	}
	sum := got["sum"].(object)
	c.is(t, "explain: held", float64(heldBy), f.held())
	if heldBy > 0 {
		if again := math.Round(1000*attended/float64(heldBy)) / 10; again != sum["percentage"] {
			t.Errorf("%s: the classes add up to %v, want %v as shown", c.stage, again, sum["percentage"])
		}
	}
	c.is(t, "explain: percentage", sum["percentage"], f.percent(p))
	c.is(t, "course: percentage", course["percentage"], f.percent(p))
}

// board compares the ranking of everybody, each seen by themselves.
func (c *checker) board(t *testing.T, query string, courses []*taught) {
	t.Helper()
	type place struct {
		id                      attendance.ID
		quarters, lesson, there int
		current, longest        int
	}
	var places []place
	for _, st := range c.students {
		p, in := place{id: st}, false
		for _, co := range courses {
			if !c.enrolled(co.id, st, c.now) {
				continue
			}
			in = true
			f := c.ofStudent(co.id, st, span{})
			current, longest, _ := runs(c.line(co.id, st, span{}))
			p.quarters, p.lesson, p.there = p.quarters+f.quarters(c.policy(co.id)), p.lesson+f.held(), p.there+f.there()
			p.current, p.longest = max(p.current, current), max(p.longest, longest)
		}
		if in {
			places = append(places, p)
		}
	}
	better := func(a, b place) bool { // strictly
		x, y := a.quarters*max(b.lesson, 1), b.quarters*max(a.lesson, 1)
		if x != y {
			return x > y
		}
		if a.current != b.current {
			return a.current > b.current
		}
		return a.there > b.there
	}
	for i, st := range c.students[:3] {
		mine := slices.IndexFunc(places, func(p place) bool { return p.id == st })
		if mine < 0 {
			continue
		}
		got := c.get(t, "/api/student/leaderboard", query, c.tokens[i])
		above, same := 0, 0
		for _, p := range places {
			switch {
			case better(p, places[mine]):
				above++
			case !better(places[mine], p):
				same++
			}
		}
		rank := int(got["user_rank"].(object)["rank"].(float64))
		if rank <= above || rank > above+same {
			t.Errorf("%s: %s: got rank %d, want %d to %d", c.stage, query, rank, above+1, above+same)
		}
		c.is(t, "ranked", got["total_on_leaderboard"], len(places))
		stats := got["user_stats"].(object)
		if p := places[mine]; p.lesson > 0 {
			c.is(t, "leaderboard: percentage", stats["attendance_percentage"], 25*float64(p.quarters)/float64(p.lesson))
			c.is(t, "leaderboard: current streak", stats["current_streak"], p.current)
			c.is(t, "leaderboard: longest streak", stats["longest_streak"], p.longest)
		}
		if n := len(got["leaderboard"].([]any)); n != 1 {
			t.Errorf("%s: got %d rows, want none but one's own: nobody opted in", c.stage, n)
		}
	}
}
