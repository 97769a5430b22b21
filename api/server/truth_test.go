package server_test

import (
	"slices"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// The truth is counted here a second time, slowly, from what was said and nothing
// else: no fold, no register, no tally of the domain's is called.

// saying is one thing that was said of a student in a class.
type saying struct {
	class   attendance.Class
	at      time.Time
	status  string
	cleared bool // takes back all that its class said before
}

// lesson is one class of the truth.
type lesson struct {
	id, course    attendance.ID
	online        bool
	opened        time.Time
	closes, ended time.Time // ended is zero: nobody did
	policy        attendance.Policy
	deleted       bool
	said          map[attendance.ID][]saying
}

func (h *lesson) over(now time.Time) bool { return !h.ended.IsZero() || !now.Before(h.closes) }

// verdict is what stands of a student who had to be there.
func (h *lesson) verdict(student attendance.ID) string {
	for _, class := range []attendance.Class{attendance.Office, attendance.Teacher, attendance.Bulk} {
		stands := ""
		for _, s := range h.said[student] {
			if s.class != class {
				continue
			}
			stands = s.status
			if s.cleared {
				stands = ""
			}
		}
		if stands != "" {
			return stands
		}
	}
	first := time.Time{}
	for _, s := range h.said[student] {
		if s.class == attendance.Evidence && (first.IsZero() || s.at.Before(first)) {
			first = s.at
		}
	}
	switch {
	case first.IsZero():
		return "absent"
	case h.policy.LateAfterMin > 0 && first.Sub(h.opened) > time.Duration(h.policy.LateAfterMin)*time.Minute:
		return "late"
	}
	return "present"
}

// figure adds one student's, one class's or a whole course's cells up.
type figure struct{ present, late, absent, excused, duty int }

func (f *figure) add(status string) {
	switch status {
	case "present":
		f.present++
	case "late":
		f.late++
	case "absent":
		f.absent++
	case "excused":
		f.excused++
	case "duty":
		f.duty++
	}
}

func (f figure) there() int { return f.present + f.late + f.duty }
func (f figure) held() int  { return f.present + f.late + f.duty + f.absent }

// quarters is four times what was attended: the weights here are quarters.
func (f figure) quarters(p attendance.Policy) int {
	return 4*(f.present+f.duty) + int(4*p.LateWeight)*f.late
}

func (f figure) percent(p attendance.Policy) float64 {
	if f.held() == 0 {
		return 0
	}
	return 25 * float64(f.quarters(p)) / float64(f.held())
}

// band compares whole numbers only.
func (f figure) band(p attendance.Policy) string {
	have := 25 * f.quarters(p)
	switch {
	case f.held() == 0:
		return "none"
	case have >= int(p.Minimum)*f.held():
		return "safe"
	case have >= int(p.Critical)*f.held():
		return "warning"
	}
	return "critical"
}

// needed tries one class after the other.
func (f figure) needed(p attendance.Policy) int {
	for n := 0; ; n++ {
		more := f
		more.present += n
		if b := more.band(p); b == "safe" || b == "none" {
			return n
		}
	}
}

// spare tries to miss one class after the other.
func (f figure) spare(p attendance.Policy) int {
	for n := 0; ; n++ {
		less := f
		less.absent += n + 1
		if less.band(p) != "safe" {
			return n
		}
	}
}

// span is the part of the truth that a screen was asked for.
type span struct {
	term        attendance.ID
	from, until time.Time
}

func (s span) has(at time.Time) bool {
	return !at.Before(s.from) && (s.until.IsZero() || at.Before(s.until))
}

// classes of a course that count, oldest first.
func (w *world) classes(course attendance.ID, s span) []*lesson {
	var out []*lesson
	for _, h := range w.lesson {
		if h.course == course && !h.deleted && h.over(w.now) && s.has(h.opened) {
			out = append(out, h)
		}
	}
	slices.SortFunc(out, func(a, b *lesson) int {
		if c := a.opened.Compare(b.opened); c != 0 {
			return c
		}
		return a.id.Compare(b.id)
	})
	return out
}

// policy of a course is that of its newest class that counts.
func (w *world) policy(course attendance.ID) attendance.Policy {
	all := w.classes(course, span{})
	if len(all) == 0 {
		return attendance.DefaultPolicy()
	}
	return all[len(all)-1].policy
}

func (w *world) enrolled(course, student attendance.ID, at time.Time) bool {
	for _, e := range w.enrolments {
		if e.Course == course && e.Student == student && e.FromMS <= at.UnixMilli() && (e.ToMS == 0 || at.UnixMilli() < e.ToMS) {
			return true
		}
	}
	return false
}

// expected are the students of a course at a time.
func (w *world) expected(course attendance.ID, at time.Time) []attendance.ID {
	var out []attendance.ID
	for _, st := range w.students {
		if w.enrolled(course, st, at) {
			out = append(out, st)
		}
	}
	return out
}

// line is one student's statuses in the classes that expected them.
func (w *world) line(course, student attendance.ID, s span) (out []string) {
	for _, h := range w.classes(course, s) {
		if w.enrolled(course, student, h.opened) {
			out = append(out, h.verdict(student))
		}
	}
	return out
}

func (w *world) ofStudent(course, student attendance.ID, s span) (f figure) {
	for _, status := range w.line(course, student, s) {
		f.add(status)
	}
	return f
}

func (w *world) ofClass(h *lesson) (f figure) {
	for _, st := range w.expected(h.course, h.opened) {
		f.add(h.verdict(st))
	}
	return f
}

// runs looks at every stretch of classes, and keeps the longest without an absence.
func runs(line []string) (current, longest, missed int) {
	line = slices.DeleteFunc(slices.Clone(line), func(s string) bool { return s == "excused" || s == "not_required" })
	for i := range line {
		for j := i; j < len(line); j++ {
			if slices.Contains(line[i:j+1], "absent") {
				continue
			}
			longest = max(longest, j-i+1)
			if j == len(line)-1 {
				current = max(current, j-i+1)
			}
		}
	}
	for n := 1; n <= len(line) && line[len(line)-n] == "absent"; n++ {
		missed = n
	}
	return current, longest, missed
}

// counted are the courses that a span takes in.
func (w *world) counted(s span) []*taught {
	var out []*taught
	for _, c := range w.courses {
		if s.term.IsZero() && !c.archived || !s.term.IsZero() && c.term == s.term && (!c.archived || w.terms[c.term]) {
			out = append(out, c)
		}
	}
	return out
}
