package classroom_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// held is a class of A-1 as the server that held it tells of it, ended after 50
// minutes. With no end of its own it ended when its time was up.
type held struct {
	course  string
	session string
	start   time.Time
	topic   string
	running bool // nobody ended it
	lasts   time.Duration
	marks   []said
}

// said is one mark: evidence with a method of the scanner's, else a verdict.
type said struct {
	student string
	status  attendance.Status
	method  attendance.Method
	reason  string
	class   attendance.Class
	after   time.Duration
}

// adopt puts classes into the register as replay would.
func (b *bench) adopt(classes ...held) {
	b.t.Helper()
	var facts []attendance.Fact
	add := func(h held, after time.Duration, f attendance.Fact) {
		wall := h.start.Add(after)
		f.ID = attendance.Derive("fact", []byte(h.session), fmt.Append(nil, len(facts)))
		f.Node, f.Session = id("node"), id(h.session)
		f.Stamp = attendance.Stamp{WallMS: wall.UnixMilli(), HLC: attendance.HLCAt(wall) + attendance.HLC(len(facts))}
		if err := f.Seal(); err != nil {
			b.t.Fatal(err)
		}
		facts = append(facts, f)
	}
	for _, h := range classes {
		if h.lasts == 0 {
			h.lasts = 50 * time.Minute
		}
		teacher := id("teacher " + h.course)
		add(h, 0, attendance.Fact{Kind: attendance.SessionOpened, Actor: teacher, Opening: &attendance.Opening{
			Course: id(h.course), Kind: attendance.Offline, Topic: h.topic,
			ClosesMS: h.start.Add(h.lasts).UnixMilli(), Policy: attendance.DefaultPolicy(),
		}})
		for _, m := range h.marks {
			f := attendance.Fact{Kind: attendance.MarkSet, Student: id(m.student), Actor: teacher, Class: m.class, Status: m.status, Method: m.method, Reason: m.reason}
			if m.class == attendance.Evidence {
				f.Kind = attendance.MarkSeen
			}
			add(h, m.after, f)
		}
		if !h.running {
			add(h, 50*time.Minute, attendance.Fact{Kind: attendance.SessionEnded, Actor: teacher, ClosedAt: h.start.Add(50 * time.Minute).UnixMilli()})
		}
	}
	err := b.store.InTx(b.t.Context(), func(ctx context.Context, tx attendance.Tx) error {
		return b.service.Adopt(ctx, tx, facts)
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// finger and verdict are the two ways a mark is made.
func finger(student string, after time.Duration) said {
	return said{student: student, status: attendance.Present, method: attendance.Biometric, class: attendance.Evidence, after: after}
}

func verdict(student string, status attendance.Status, reason string) said {
	return said{student: student, status: status, method: attendance.Manual, reason: reason, class: attendance.Teacher}
}

// monday and tuesday are two classes of A-1: all three came to the first, one of
// them late; to the second one came, one was excused, nobody saw the third.
func monday() held {
	return held{course: "A-1", session: "monday", start: time.Date(2026, 3, 2, 12, 33, 0, 0, time.UTC), topic: "Limits", marks: []said{
		finger("asha", time.Minute), finger("bala", 11*time.Minute), verdict("chen", attendance.Duty, "Sports day"),
	}}
}

func tuesday() held {
	return held{course: "A-1", session: "tuesday", start: time.Date(2026, 3, 3, 9, 5, 0, 0, time.UTC), marks: []said{
		finger("asha", time.Minute), verdict("bala", attendance.Excused, "Medical"),
	}}
}

// same compares a JSON answer with names in the place of ids.
func same(t *testing.T, got reply, want string) {
	t.Helper()
	names := []string{}
	for _, n := range []string{"asha", "bala", "chen", "monday", "tuesday", "A-1"} {
		names = append(names, id(n).String(), n)
	}
	body := strings.NewReplacer(names...).Replace(strings.TrimSpace(got.body))
	if want = strings.NewReplacer("\n", "", "\t", "").Replace(want); got.code != 200 || body != want {
		t.Errorf("got  %d %s\nwant %s", got.code, body, want)
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	t.Run("a course without classes has none", func(t *testing.T) {
		t.Parallel()
		same(t, setup(t).call("A-1", "GET", "/api/teacher/history/"+id("A-1").String(), ""), `{"sessions":[],"total_count":0}`)
	})
	t.Run("the newest class comes first, and who was excused leaves the percentage", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.adopt(monday(), tuesday())
		same(t, b.call("A-1", "GET", "/api/teacher/history/"+id("A-1").String(), ""), `{"sessions":[
			{"id":"tuesday","date":"03 Mar 2026","time":"09:05 AM","start_time":"2026-03-03T09:05:00Z","end_time":"2026-03-03T09:55:00Z","topic":"No topic","session_type":"offline","is_active":false,"present_count":1,"total_students":3,"attendance_percent":50},
			{"id":"monday","date":"02 Mar 2026","time":"12:33 PM","start_time":"2026-03-02T12:33:00Z","end_time":"2026-03-02T13:23:00Z","topic":"Limits","session_type":"offline","is_active":false,"present_count":3,"total_students":3,"attendance_percent":100}
			],"total_count":2}`)
	})
	t.Run("a running class counts who came and has no percentage yet", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		s := b.start("A-1")
		b.mark(s, "g", "present", false, "asha")
		got := b.call("A-1", "GET", "/api/teacher/history/"+id("A-1").String(), "")
		if !strings.Contains(got.body, `"is_active":true,"present_count":1,"total_students":3,"attendance_percent":null`) {
			t.Errorf("got %s", got.body)
		}
	})
	t.Run("the campus's zone decides the date", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.zone(time.FixedZone("IST", 19800))
		late := monday()
		late.start = time.Date(2026, 3, 2, 19, 0, 0, 0, time.UTC)
		b.adopt(late)
		got := b.call("A-1", "GET", "/api/teacher/history/"+id("A-1").String(), "")
		if !strings.Contains(got.body, `"date":"03 Mar 2026","time":"12:30 AM","start_time":"2026-03-02T19:00:00Z"`) {
			t.Errorf("got %s", got.body)
		}
	})
}

func TestSessionDetail(t *testing.T) {
	t.Parallel()
	t.Run("it names everyone once, how they were marked and why", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.adopt(tuesday())
		same(t, b.call("A-1", "GET", "/api/teacher/session-detail/"+id("tuesday").String(), ""), `{"session_id":"tuesday","course_id":"A-1","topic":"No topic","session_type":"offline",
			"start_time":"2026-03-03T09:05:00Z","end_time":"2026-03-03T09:55:00Z","is_active":false,
			"present_students":[{"student_id":"asha","class_roll_id":1,"student_name":"asha","university_roll_no":"U-1","status":"present","method":"biometric","reason":null,"marked_at":"2026-03-03T09:06:00Z","is_marked_absent":false}],
			"absent_students":[{"student_id":"bala","class_roll_id":2,"student_name":"bala","university_roll_no":"U-2","status":"excused","method":"teacher_manual","reason":"Medical","marked_at":"2026-03-03T09:05:00Z","is_marked_absent":false},
			{"student_id":"chen","class_roll_id":3,"student_name":"chen","university_roll_no":"U-3","status":"absent","method":null,"reason":null,"marked_at":null,"is_marked_absent":false}],
			"walk_ins":[],"present_count":1,"absent_count":2,"total_students":3,"attendance_percent":50,"counts":{"present":1,"late":0,"absent":1,"excused":1,"duty":0},"editable_until":null}`)
	})
	t.Run("late and on duty are present", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.adopt(monday())
		got := b.call("A-1", "GET", "/api/teacher/session-detail/"+id("monday").String(), "")
		if got.json["present_count"] != 3.0 || !strings.HasSuffix(got.body, `"counts":{"present":1,"late":1,"absent":0,"excused":0,"duty":1},"editable_until":null}`+"\n") {
			t.Errorf("got %s", got.body)
		}
	})
	t.Run("somebody marked absent is told from somebody nobody saw", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		s := b.start("A-1")
		b.mark(s, "g", "absent", true, "asha")
		detail := strings.Replace(s, "/session/", "/session-detail/", 1)
		got := b.call("A-1", "GET", detail, "")
		if !strings.Contains(got.body, `"method":"emergency_mode","reason":"r"`) || strings.Count(got.body, `"is_marked_absent":true`) != 1 || strings.Count(got.body, `"status":"unmarked"`) != 2 {
			t.Errorf("got %s", got.body)
		}
	})
}
