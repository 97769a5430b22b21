package server_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// walksIn uploads somebody who walked into a class, with a mark.
func (d *counter) walksIn(t *testing.T, se attendance.ID, name string) attendance.ID {
	t.Helper()
	guest := newID(t)
	d.said(t, attendance.Fact{Kind: attendance.WalkedIn, Session: se, Student: guest, Roll: 61, Actor: d.teacher, Guest: &attendance.Guest{Name: name}, WalkIn: true})
	d.guestMark(t, se, guest, attendance.Present)
	return guest
}

func (d *counter) guestMark(t *testing.T, se, guest attendance.ID, status attendance.Status) {
	t.Helper()
	d.said(t, attendance.Fact{
		Kind: attendance.MarkSet, Session: se, Student: guest, Actor: d.teacher, Class: attendance.Teacher, Status: status, Method: attendance.Manual, WalkIn: true,
	})
}

// said uploads one fact of a class that is over.
func (d *counter) said(t *testing.T, f attendance.Fact) {
	t.Helper()
	if a := d.drive.send(t, d.drive.batch(d.drive.fact(t, f))); a.status != http.StatusOK {
		t.Fatalf("upload: got %d %s", a.status, a.raw)
	}
}

// register is everybody in a class with their status, at its teacher's desk.
func (d *counter) register(t *testing.T, se attendance.ID) (names map[string]string, guests int) {
	t.Helper()
	type row struct {
		Name   string `json:"student_name"`
		Status string
	}
	var got struct {
		Present []row `json:"present_students"`
		Absent  []row `json:"absent_students"`
		WalkIns []row `json:"walk_ins"`
	}
	d.do(t, http.MethodGet, "/api/teacher/session-detail/"+se.String(), d.rao, nil).into(t, &got)
	names = map[string]string{}
	for _, r := range append(got.Present, got.Absent...) {
		names[r.Name] = r.Status
	}
	return names, len(got.WalkIns)
}

func (d *counter) wants(t *testing.T, when string, se attendance.ID, who, status string, guests int) {
	t.Helper()
	names, walked := d.register(t, se)
	if names[who] != status || walked != guests {
		t.Errorf("%s: got %v with %d guests, want %s %q with %d", when, names, walked, who, status, guests)
	}
}

func TestTheOfficeEnrolsMapsOrRejectsWhoWalkedIn(t *testing.T) {
	t.Parallel()
	d := newCounter(t)
	se := d.held(t, d.a, time.Hour)
	guest := d.walksIn(t, se, "Meera Iyer")
	waiting := d.inbox(t, "reason=walk_in")
	if len(waiting.Items) != 2 {
		t.Fatalf("got %+v, want the person and the mark", waiting.Items)
	}
	it := waiting.Items[1]
	if it.Kind != "walkin.added" || fmt.Sprint(it.Actions) != "[enrol map reject]" || len(waiting.Items[0].Actions) != 0 {
		t.Fatalf("got %+v, want the person, whose mark follows", waiting.Items)
	}
	d.wants(t, "undecided", se, "Meera Iyer", "", 1)
	mark := fmt.Sprintf("/api/admin/inbox/%d/", waiting.Items[0].ID)
	d.refuses(t, http.MethodPost, mark+"map", d.office, object{"student_id": d.pupil}, http.StatusUnprocessableEntity, "invalid", "")
	d.refuses(t, http.MethodPost, mark+"reject", d.office, object{"reason": "no"}, http.StatusUnprocessableEntity, "invalid", "")
	d.refuses(t, http.MethodPost, mark+"enrol", d.office, object{"enrollment_no": "E"}, http.StatusUnprocessableEntity, "invalid", "")
	path := fmt.Sprintf("/api/admin/inbox/%d/", it.ID)
	d.refuses(t, http.MethodPost, path+"accept", d.office, nil, http.StatusUnprocessableEntity, "invalid", "student_id")
	d.refuses(t, http.MethodPost, path+"enrol", d.office, object{"enrollment_no": "EN61"}, http.StatusUnprocessableEntity, "invalid", "university_roll_no")
	d.refuses(t, http.MethodPost, path+"enrol", d.office, object{"enrollment_no": "EN61", "university_roll_no": "S1"}, http.StatusConflict, "conflict", "university_roll_no")
	d.refuses(t, http.MethodPost, path+"enrol", d.office, object{"enrollment_no": "EN61", "university_roll_no": "S61", "class_roll_id": 1}, http.StatusConflict, "conflict", "class_roll_id")

	for _, first := range []string{"present", "late"} { // what was undone can be done again, with all marks
		d.decide(t, it.ID, "enrol", object{"enrollment_no": "EN61", "university_roll_no": "S61"})
		d.wants(t, "enrolled", se, "Meera Iyer", first, 0)
		d.guestMark(t, se, guest, attendance.Late) // the pendrive has not heard of it
		d.wants(t, "marked since", se, "Meera Iyer", "late", 0)
		d.decide(t, it.ID, "undo", nil)
		d.wants(t, "taken off again", se, "Meera Iyer", "", 1)
	}

	d.decide(t, it.ID, "map", object{"student_id": d.pupil})
	d.wants(t, "mapped", se, "Student S1", "late", 0)
	d.guestMark(t, se, guest, attendance.Excused)
	d.wants(t, "mapped, a mark follows", se, "Student S1", "excused", 0)
	d.decide(t, it.ID, "undo", nil)
	d.wants(t, "not mapped", se, "Student S1", "absent", 1)

	d.decide(t, it.ID, "reject", object{"reason": "from the other section"})
	d.wants(t, "rejected", se, "Student S1", "absent", 0)
	d.guestMark(t, se, guest, attendance.Present)
	if got := d.inbox(t, "state=open"); len(got.Items) != 0 {
		t.Errorf("got %+v, want a mark of who was rejected to be rejected", got.Items)
	}
	d.decide(t, it.ID, "undo", nil)
	d.wants(t, "not rejected", se, "Meera Iyer", "", 1)

	d.decide(t, it.ID, "enrol", object{"enrollment_no": "EN61", "university_roll_no": "S61", "student_name": "Meera R. Iyer"})
	other := d.held(t, d.a, 30*time.Minute)
	present := finger
	present.Session, present.Student = other, guest
	d.said(t, present)
	d.refuses(t, http.MethodPost, path+"undo", d.office, nil, http.StatusConflict, "marked-since", "")
	d.wants(t, "enrolled for good", se, "Meera R. Iyer", "present", 0) // the last word of all
}

func TestATeacherAddsWhoIsNotOnTheRoster(t *testing.T) {
	t.Parallel()
	d := newCounter(t)
	se := d.held(t, d.a, time.Hour)
	path := "/api/teacher/session/" + se.String() + "/walk-ins/" + newID(t).String()
	var got struct {
		StudentID attendance.ID `json:"student_id"`
		Session   struct {
			Counts struct {
				Enrolled, Marked, Late int
				WalkIns                int `json:"walk_ins"`
			}
			Students []struct {
				ID          attendance.ID
				Provisional bool
				Status      string
			}
		}
	}
	for range 2 {
		a := d.do(t, http.MethodPut, path, d.rao, object{"student_name": "Meera Iyer", "status": "late"})
		if a.status != http.StatusOK {
			t.Fatalf("got %d %s", a.status, a.raw)
		}
		a.into(t, &got)
	}
	c, all := got.Session.Counts, got.Session.Students
	if c.Enrolled != 1 || c.WalkIns != 1 || c.Late != 1 || len(all) != 2 || !all[1].Provisional || all[1].ID != got.StudentID || all[1].Status != "late" {
		t.Errorf("got %+v, want one expected and one who walked in late", got.Session)
	}
	d.refuses(t, http.MethodPut, path, d.sen, object{"student_name": "Meera Iyer"}, http.StatusForbidden, "forbidden", "")
	if a := d.do(t, http.MethodDelete, path, d.rao, nil); a.status != http.StatusOK {
		t.Errorf("take away: got %d %s", a.status, a.raw)
	}
	if got := d.inbox(t, ""); len(got.Items) != 0 {
		t.Errorf("got %+v in the inbox, want nothing to decide", got.Items)
	}
}
