package server_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// counter is a school of two courses with a teacher each, one student in both, and a
// pendrive on which classes are held.
type counter struct {
	*program
	drive                  *drive
	a, b                   attendance.ID // courses
	pupil                  attendance.ID
	rao, sen, office, mine string // tokens
	teacher                attendance.ID
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	p := office(t)
	d := &counter{program: p, a: newID(t), b: newID(t), teacher: newID(t)}
	d.pupil = p.student(t, "S1", hashed(t, password)).ID
	sen := newID(t)
	p.change(t, func(ctx context.Context, r attendance.Registrar) error {
		var errs []error
		for i, c := range []attendance.ID{d.a, d.b} {
			who := []attendance.ID{d.teacher, sen}[i]
			code := []string{"A-1", "B-1"}[i]
			errs = append(errs,
				r.PutCourse(ctx, attendance.CourseEntry{FeedCourse: attendance.FeedCourse{ID: c, Code: code, Name: code, DefaultMinutes: 50}}),
				r.PutTeacher(ctx, attendance.TeacherEntry{FeedTeacher: attendance.FeedTeacher{ID: who, Name: code, Code: code, PINHash: hashed(t, "246810")}}),
				r.PutTeaching(ctx, attendance.FeedTeaching{ID: newID(t), Course: c, Teacher: who, FromMS: 1}),
				r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: newID(t), Course: c, Student: d.pupil, Roll: 1, FromMS: 1}))
		}
		return errors.Join(errs...)
	})
	teacher := func(code string) string {
		var got struct{ Token string }
		p.do(t, http.MethodPost, "/api/teacher/login", "", object{"course_code": code, "pin": "246810"}).into(t, &got)
		return got.Token
	}
	d.rao, d.sen, d.office, d.mine = teacher("A-1"), teacher("B-1"), p.signIn(t, "admin", password), p.signInStudent(t, "S1", password)
	d.drive = p.claim(t, "Room 1")
	return d
}

// held uploads a class that ended some time ago, with what was marked in it.
func (d *counter) held(t *testing.T, course attendance.ID, ago time.Duration, marks ...attendance.Fact) attendance.ID {
	t.Helper()
	se, at := newID(t), time.Now().Add(-ago-time.Hour)
	made := func(f attendance.Fact, after time.Duration) attendance.Fact {
		when := at.Add(after)
		f.ID, f.Node, f.Session = newID(t), d.drive.node, se
		f.Stamp = attendance.Stamp{WallMS: when.UnixMilli(), HLC: attendance.HLCAt(when)}
		if err := f.Seal(); err != nil {
			t.Fatal(err)
		}
		return f
	}
	facts := []attendance.Fact{
		made(attendance.Fact{Kind: attendance.SessionOpened, Actor: d.teacher, Opening: &attendance.Opening{
			Course: course, Kind: attendance.Offline, ClosesMS: at.Add(time.Hour).UnixMilli(), Policy: attendance.DefaultPolicy(),
		}}, 0),
	}
	for i, m := range marks {
		m.Student = d.pupil
		facts = append(facts, made(m, time.Duration(i+1)*time.Second))
	}
	facts = append(facts, made(attendance.Fact{Kind: attendance.SessionEnded, ClosedAt: at.Add(time.Hour).UnixMilli()}, time.Hour))
	if a := d.drive.send(t, d.drive.batch(facts...)); a.status != http.StatusOK {
		t.Fatalf("upload: got %d %s", a.status, a.raw)
	}
	return se
}

var (
	finger = attendance.Fact{Kind: attendance.MarkSeen, Class: attendance.Evidence, Status: attendance.Present, Method: attendance.Biometric}
	absent = attendance.Fact{Kind: attendance.MarkSet, Class: attendance.Teacher, Status: attendance.Absent, Method: attendance.Manual}
)

type asked struct {
	ID       attendance.ID `json:"request_id"`
	State    string
	Status   string
	Note     string
	Kind     string
	All      bool `json:"all_courses"`
	Can      bool `json:"can_answer"`
	Sessions []struct {
		ID       attendance.ID `json:"session_id"`
		Status   string
		Counts   bool
		Conflict bool
	}
}

func (d *counter) ok(t *testing.T, method, path, token string, body any) asked {
	t.Helper()
	a := d.do(t, method, path, token, body)
	if a.status != http.StatusOK && a.status != http.StatusCreated {
		t.Fatalf("%s %s: got %d %s", method, path, a.status, a.raw)
	}
	var got asked
	a.into(t, &got)
	return got
}

func (r asked) in(session attendance.ID) string {
	for _, s := range r.Sessions {
		if s.ID == session {
			return fmt.Sprintf("%s counts:%t conflict:%t", s.Status, s.Counts, s.Conflict)
		}
	}
	return "not there"
}

// shows is what the register says of the student, at the desk of the course's teacher.
func (d *counter) shows(t *testing.T, session attendance.ID, want string) {
	t.Helper()
	var got struct {
		Present []struct{ Status string } `json:"present_students"`
		Absent  []struct{ Status string } `json:"absent_students"`
	}
	d.do(t, http.MethodGet, "/api/teacher/session-detail/"+session.String(), d.rao, nil).into(t, &got)
	all := append(got.Present, got.Absent...)
	if len(all) != 1 || all[0].Status != want {
		t.Errorf("got %+v, want %s", all, want)
	}
}

func days(n int) string { return time.Now().UTC().AddDate(0, 0, n).Format(time.DateOnly) }

func TestAnApprovedLeaveExcusesWhoWasNotThere(t *testing.T) {
	t.Parallel()
	d := newCounter(t)
	seen := d.held(t, d.a, 30*time.Hour, finger)
	missed := d.held(t, d.a, 28*time.Hour, absent)
	nobody := d.held(t, d.a, 26*time.Hour)
	early := d.held(t, d.a, 30*24*time.Hour)
	leave := object{"kind": "leave", "from": days(-3), "to": days(2), "courses": []attendance.ID{d.a}, "reason": "Fever", "request_id": newID(t)}
	r := d.ok(t, "POST", "/api/student/requests", d.mine, leave)
	if again := d.ok(t, "POST", "/api/student/requests", d.mine, leave); again.ID != r.ID || r.State != "open" || r.Can || len(again.Sessions) != 3 {
		t.Errorf("got %+v and %+v, want one open request over three classes", r, again)
	}
	d.shows(t, missed, "absent")
	d.refuses(t, "POST", "/api/teacher/requests/"+r.ID.String()+"/answer", d.sen, object{"decision": "approve"}, 403, "forbidden", "")
	for range 2 {
		if r = d.ok(t, "POST", "/api/teacher/requests/"+r.ID.String()+"/answer", d.rao, object{"decision": "approve"}); r.State != "approved" || r.Status != "excused" {
			t.Fatalf("got %+v, want it approved", r)
		}
	}
	for session, want := range map[attendance.ID]string{
		seen: "present counts:false conflict:true", missed: "excused counts:true conflict:false", nobody: "excused counts:true conflict:false", early: "not there",
	} {
		if got := r.in(session); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	d.shows(t, seen, "present")
	d.shows(t, missed, "excused")
	d.shows(t, early, "absent")
	// A class that arrives from a pendrive later, whose teacher knew nothing.
	late := d.held(t, d.a, 2*time.Hour, absent)
	path := "/api/admin/requests/" + r.ID.String()
	d.until(t, func() bool {
		return d.ok(t, "GET", path, d.office, nil).in(late) == "excused counts:true conflict:false"
	})
	d.refuses(t, "POST", path+"/answer", d.office, object{"decision": "decline", "note": "too late"}, 409, "decided", "")
	if r = d.ok(t, "POST", path+"/revoke", d.office, object{"note": "no certificate"}); r.State != "revoked" {
		t.Errorf("got %+v, want it revoked", r)
	}
	d.shows(t, missed, "absent")
	d.shows(t, nobody, "absent")
	d.shows(t, late, "absent")
	d.shows(t, seen, "present")
	rows, _ := d.audit(t, d.office, "subject="+r.ID.String())
	if len(rows) != 3 || rows[2].Kind != "request.added" || rows[1].Kind != "request.approved" || rows[0].Kind != "request.revoked" || rows[1].Actor.Role != "teacher" {
		t.Errorf("audit: got %+v", rows)
	}
	if _, err := d.verify(t, ""); err != nil {
		t.Error(err)
	}
}

// until asks again until a job has done its work.
func (d *counter) until(t *testing.T, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(30 * time.Second); !ok(); {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("waited in vain")
		}
	}
}

func TestALeaveForAllCoursesIsTheOffices(t *testing.T) {
	t.Parallel()
	d := newCounter(t)
	r := d.ok(t, "POST", "/api/student/requests", d.mine, object{"kind": "leave", "from": days(0), "to": days(7), "status": "duty", "reason": "Sports"})
	if !r.All {
		t.Errorf("got %+v, want all courses", r)
	}
	d.refuses(t, "POST", "/api/teacher/requests/"+r.ID.String()+"/answer", d.rao, object{"decision": "approve"}, 403, "office-decides", "")
	d.refuses(t, "POST", "/api/admin/requests/"+r.ID.String()+"/answer", d.office, object{"decision": "decline"}, 422, "invalid", "note")
	if r = d.ok(t, "POST", "/api/admin/requests/"+r.ID.String()+"/answer", d.office, object{"decision": "decline", "note": "no letter"}); r.State != "declined" || r.Note != "no letter" {
		t.Errorf("got %+v", r)
	}
	direct := d.ok(t, "POST", "/api/admin/requests", d.office, object{"student_id": d.pupil, "from": days(-1), "to": days(1), "reason": "Hospital"})
	if direct.State != "approved" || direct.Status != "excused" {
		t.Errorf("got %+v, want it approved at once", direct)
	}
	session := d.held(t, d.b, time.Hour)
	d.until(t, func() bool {
		return d.ok(t, "GET", "/api/admin/requests/"+direct.ID.String(), d.office, nil).in(session) == "excused counts:true conflict:false"
	})
	if got := d.ok(t, "GET", "/api/teacher/requests/"+direct.ID.String(), d.rao, nil); got.in(session) != "not there" {
		t.Errorf("a colleague's class: got %s", got.in(session))
	}
}

func TestADisputeIsAnsweredByItsTeacherAndACorrectionByTheOffice(t *testing.T) {
	t.Parallel()
	d := newCounter(t)
	fresh, old := d.held(t, d.a, time.Hour, absent), d.held(t, d.a, 80*time.Hour, absent)
	ask := func(session attendance.ID, more object) object {
		out := object{"kind": "dispute", "session_id": session, "reason": "I sat in the last row"}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	const path = "/api/student/requests"
	r := d.ok(t, "POST", path, d.mine, ask(fresh, nil))
	d.refuses(t, "POST", path, d.mine, ask(fresh, nil), 409, "conflict", "session_id")
	d.refuses(t, "POST", path, d.mine, ask(newID(t), nil), 404, "not-found", "")
	d.refuses(t, "POST", path, d.mine, ask(fresh, object{"status": "absent"}), 422, "invalid", "status")
	if r = d.ok(t, "POST", "/api/teacher/requests/"+r.ID.String()+"/answer", d.rao, object{"decision": "approve", "status": "late"}); r.in(fresh) != "late counts:true conflict:false" {
		t.Errorf("got %+v", r)
	}
	d.shows(t, fresh, "late")
	if rows, _ := d.audit(t, d.office, "kind=mark.set&subject="+fresh.String()); len(rows) != 1 || rows[0].Kind != "mark.set" || rows[0].Before["status"] != "absent" || rows[0].After["status"] != "late" {
		t.Errorf("audit: got %+v", rows)
	}
	d.ok(t, "POST", "/api/admin/requests/"+r.ID.String()+"/revoke", d.office, object{"note": "a mistake"})
	d.shows(t, fresh, "absent")

	r = d.ok(t, "POST", path, d.mine, ask(old, nil))
	d.refuses(t, "POST", "/api/teacher/requests/"+r.ID.String()+"/answer", d.rao, object{"decision": "approve"}, 409, "edit-window", "")
	if a := d.do(t, "DELETE", path+"/"+r.ID.String(), d.mine, nil); a.status != http.StatusOK {
		t.Errorf("withdraw: got %d %s", a.status, a.raw)
	}
	d.refuses(t, "POST", "/api/admin/requests/"+r.ID.String()+"/answer", d.office, object{"decision": "approve"}, 409, "decided", "")

	correct := func(session attendance.ID, token string) answer {
		return d.do(t, "POST", "/api/teacher/requests", token, object{"session_id": session, "student_id": d.pupil, "status": "present", "reason": "Found the paper list"})
	}
	if a := correct(fresh, d.rao); a.status != 422 {
		t.Errorf("in time: got %d %s, want to do it oneself", a.status, a.raw)
	}
	if a := correct(old, d.sen); a.status != 403 {
		t.Errorf("another's: got %d %s", a.status, a.raw)
	}
	a := correct(old, d.rao)
	if a.status != http.StatusCreated {
		t.Fatalf("got %d %s", a.status, a.raw)
	}
	a.into(t, &r)
	d.refuses(t, "POST", "/api/teacher/requests/"+r.ID.String()+"/answer", d.rao, object{"decision": "approve"}, 403, "office-decides", "")
	d.ok(t, "POST", "/api/admin/requests/"+r.ID.String()+"/answer", d.office, object{"decision": "approve"})
	d.shows(t, old, "present")
	if a := d.do(t, "POST", "/api/teacher/update-attendance", d.office, object{
		"session_id": old, "student_id": d.pupil, "action": "mark_absent", "status": "excused", "manual_reason": "the office knows better",
	}); a.status != http.StatusOK {
		t.Errorf("the office corrects at any time: got %d %s", a.status, a.raw)
	}
	d.shows(t, old, "excused")
}

func TestEverybodySeesTheRequestsThatConcernThem(t *testing.T) {
	t.Parallel()
	d := newCounter(t)
	d.student(t, "S2", hashed(t, password))
	other := d.signInStudent(t, "S2", password)
	mk := func(courses ...attendance.ID) asked {
		return d.ok(t, "POST", "/api/student/requests", d.mine, object{"kind": "leave", "from": days(1), "to": days(2), "courses": courses, "reason": "Family"})
	}
	a, b, both := mk(d.a), mk(d.b), mk()
	list := func(path, token string) string {
		t.Helper()
		out, cursor := "", ""
		for {
			var page struct {
				Requests   []asked
				NextCursor string `json:"next_cursor"`
			}
			d.do(t, "GET", path+"?limit=1&state=open&kind=leave&cursor="+url.QueryEscape(cursor), token, nil).into(t, &page)
			for _, r := range page.Requests {
				out += map[attendance.ID]string{a.ID: "a", b.ID: "b", both.ID: "all"}[r.ID]
				if r.Can {
					out += "!"
				}
				out += " "
			}
			if cursor = page.NextCursor; cursor == "" {
				return out
			}
		}
	}
	for _, c := range []struct{ path, token, want string }{
		{"/api/student/requests", d.mine, "all b a "},
		{"/api/student/requests", other, ""},
		{"/api/teacher/requests", d.rao, "all a! "},
		{"/api/teacher/requests", d.sen, "all b! "},
		{"/api/admin/requests", d.office, "all! b! a! "},
	} {
		if got := list(c.path, c.token); got != c.want {
			t.Errorf("%s: got %q, want %q", c.path, got, c.want)
		}
	}
	d.refuses(t, "GET", "/api/student/requests/"+a.ID.String(), other, nil, 404, "not-found", "")
	d.refuses(t, "DELETE", "/api/student/requests/"+a.ID.String(), other, nil, 404, "not-found", "")
	d.refuses(t, "GET", "/api/teacher/requests/"+a.ID.String(), d.sen, nil, 404, "not-found", "")
	d.refuses(t, "GET", "/api/admin/requests?cursor=x", d.office, nil, 422, "invalid", "cursor")
	for field, body := range map[string]object{
		"courses": {"kind": "leave", "from": days(1), "to": days(1), "courses": []attendance.ID{newID(t)}, "reason": "Family"},
		"to":      {"kind": "leave", "from": days(2), "to": days(1), "reason": "Family"},
		"from":    {"kind": "leave", "from": "tomorrow", "to": days(1), "reason": "Family"},
		"status":  {"kind": "leave", "from": days(1), "to": days(1), "status": "present", "reason": "Family"},
	} {
		d.refuses(t, "POST", "/api/student/requests", d.mine, body, 422, "invalid", field)
	}
	for range 17 {
		mk(d.a)
	}
	d.refuses(t, "POST", "/api/student/requests", d.mine, object{"kind": "leave", "from": days(1), "to": days(1), "reason": "Family"}, 409, "too-many-open", "")
}
