package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

type inboxItem struct {
	ID         int64
	Reason     string
	Kind       string
	NodeName   string         `json:"node_name"`
	StudentID  *attendance.ID `json:"student_id"`
	State      string
	Resolution string
	By         string `json:"resolved_by"`
	Note       string
	Actions    []string
	Session    struct {
		ID   attendance.ID
		Code string `json:"course_code"`
	}
}

type inboxPage struct {
	Items   []inboxItem
	Next    string `json:"next_cursor"`
	Waiting []struct {
		Reason string
		Items  int
	}
}

func (d *counter) inbox(t *testing.T, query string) inboxPage {
	t.Helper()
	a := d.do(t, http.MethodGet, "/api/admin/inbox?"+query, d.office, nil)
	if a.status != http.StatusOK {
		t.Fatalf("list %s: got %d %s", query, a.status, a.raw)
	}
	var got inboxPage
	a.into(t, &got)
	return got
}

func (d *counter) decide(t *testing.T, item int64, how string, body any) inboxItem {
	t.Helper()
	a := d.do(t, http.MethodPost, fmt.Sprintf("/api/admin/inbox/%d/%s", item, how), d.office, body)
	if a.status != http.StatusOK {
		t.Fatalf("%s: got %d %s", how, a.status, a.raw)
	}
	var got inboxItem
	a.into(t, &got)
	return got
}

func TestTheOfficeDealsWithWhatCouldNotBePlaced(t *testing.T) {
	t.Parallel()
	d := newCounter(t)
	se := d.held(t, d.a, time.Hour)
	now := time.Now().Add(-90 * time.Minute)
	stranger := newID(t)
	kept := func(f attendance.Fact) attendance.Fact {
		f.ID, f.Node = newID(t), d.drive.node
		f.Stamp = attendance.Stamp{WallMS: now.UnixMilli(), HLC: attendance.HLCAt(now)}
		if err := f.Seal(); err != nil {
			t.Fatal(err)
		}
		return f
	}
	twice := finger
	twice.Session, twice.Student = se, stranger
	queued := finger
	queued.Roll, queued.Method = 1, attendance.BiometricQueue
	if a := d.drive.send(t, d.drive.batch(kept(twice), kept(twice), kept(queued))); a.status != http.StatusOK {
		t.Fatalf("upload: got %d %s", a.status, a.raw)
	}

	all := d.inbox(t, "")
	if len(all.Items) != 3 || len(all.Waiting) != 2 || all.Waiting[0].Reason != "unplaced" || all.Waiting[1].Items != 2 {
		t.Fatalf("got %+v, want three in two sorts", all)
	}
	page := d.inbox(t, "limit=1&reason=unknown_person")
	next := d.inbox(t, "limit=1&reason=unknown_person&cursor="+url.QueryEscape(page.Next))
	if len(page.Items) != 1 || len(next.Items) != 1 || page.Items[0].ID <= next.Items[0].ID || next.Next != "" {
		t.Errorf("got %+v then %+v, want one each, the newest first", page, next)
	}
	if got := d.inbox(t, "node_id="+newID(t).String()); len(got.Items) != 0 {
		t.Errorf("another pendrive: got %+v, want none", got.Items)
	}
	who := page.Items[0]
	if who.NodeName != "Room 1" || who.Session.ID != se || who.Session.Code != "A-1" || who.State != "open" || *who.StudentID != stranger || strings.Join(who.Actions, " ") != "map reject" {
		t.Errorf("got %+v, want the pendrive, the class and what can be done", who)
	}
	d.shows(t, se, "absent")

	done := d.decide(t, who.ID, "map", object{"student_id": d.pupil, "alike": true})
	if done.State != "resolved" || done.Resolution != "mapped" || done.By != "admin" || strings.Join(done.Actions, " ") != "undo" {
		t.Errorf("got %+v, want it mapped by the admin", done)
	}
	d.shows(t, se, "late") // half an hour after it began
	if got := d.inbox(t, "session_id="+se.String()); len(got.Items) != 0 {
		t.Errorf("got %+v that wait, want none: the other names the same person", got.Items)
	}
	for _, it := range d.inbox(t, "state=resolved").Items {
		d.decide(t, it.ID, "undo", nil)
	}
	d.shows(t, se, "absent")

	scan := d.inbox(t, "reason=unplaced").Items[0]
	d.decide(t, scan.ID, "link", object{"session_id": se}) // whoever had the roll
	d.shows(t, se, "late")
	d.decide(t, scan.ID, "undo", nil)
	got := d.decide(t, scan.ID, "reject", object{"reason": "the scanner was being tried out"})
	if got.Note != "the scanner was being tried out" {
		t.Errorf("got %+v, want the reason", got)
	}
	d.shows(t, se, "absent")

	path := fmt.Sprintf("/api/admin/inbox/%d/", scan.ID)
	d.refuses(t, http.MethodPost, path+"link", d.office, object{"session_id": se}, http.StatusConflict, "decided", "")
	d.decide(t, scan.ID, "undo", nil)
	d.refuses(t, http.MethodPost, path+"undo", d.office, nil, http.StatusConflict, "undecided", "")
	d.refuses(t, http.MethodPost, path+"link", d.office, object{"session_id": newID(t)}, http.StatusUnprocessableEntity, "invalid", "session_id")
	d.refuses(t, http.MethodPost, path+"link", d.office, object{"session_id": se, "student_id": stranger}, http.StatusUnprocessableEntity, "invalid", "student_id")
	d.refuses(t, http.MethodPost, path+"accept", d.office, nil, http.StatusUnprocessableEntity, "invalid", "session_id")
	d.refuses(t, http.MethodPost, path+"map", d.office, object{}, http.StatusUnprocessableEntity, "invalid", "student_id")
	d.refuses(t, http.MethodPost, path+"reject", d.office, object{"reason": " "}, http.StatusUnprocessableEntity, "invalid", "reason")
	d.refuses(t, http.MethodGet, "/api/admin/inbox/999999", d.office, nil, http.StatusNotFound, "not-found", "")
	d.refuses(t, http.MethodGet, "/api/admin/inbox?cursor=x", d.office, nil, http.StatusUnprocessableEntity, "invalid", "")

	var ledger struct {
		Entries []struct {
			Kind  string
			Actor struct{ Login string }
		}
	}
	d.do(t, http.MethodGet, "/api/admin/audit?kind=inbox.changed", d.office, nil).into(t, &ledger)
	if len(ledger.Entries) < 8 {
		t.Errorf("got %d entries of the ledger, want one for each decision and each undo", len(ledger.Entries))
	}
}
