package node_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/classroom"
	"github.com/arise-attendance/arise/api/stick"
	"github.com/arise-attendance/arise/edge/cloudtest"
	"github.com/arise-attendance/arise/edge/node"
)

// sealed is a made pendrive's first roster, beside a program that has no code.
func sealed(t *testing.T, cloud *cloudtest.Cloud, ends time.Time) node.Config {
	t.Helper()
	c := config(t, cloud.URL)
	c.Claim, c.Sealed = "", filepath.Join(t.TempDir(), stick.RosterFile)
	r := stick.Roster{
		Node: cloud.Node, Name: "Room 204", Institution: "Test College", Cloud: cloud.URL, ExpiresAt: ends,
		Generation: cloud.Generation(), Rows: cloud.Held(),
	}
	r.Rev = int64(len(r.Rows))
	for _, row := range r.Rows {
		r.Digest = r.Digest.Add(attendance.RowHash(row.Kind, row.Key, row.Row))
	}
	raw, err := stick.Seal(cloudtest.Code, r)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.Sealed, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

// types a code into the page, and returns what the browser sees next.
func (d *drive) types(code string) (int, string) {
	d.t.Helper()
	resp, err := d.http.PostForm(d.base+"/claim", url.Values{"code": {code}})
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}

func TestAMadePendriveIsOpenedWithoutANetworkAndPairsLater(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 3)
	cloud.Behave(cloudtest.Manners{Fault: func(_ int, _ string, w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusBadGateway)
		return true
	}})
	c := sealed(t, cloud, time.Time{})
	d := start(t, c)
	d.until("it asks for the code", func(st classroom.SyncStatus) bool { return strings.Contains(st.Attention, "/claim") })
	d.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := d.http.Get(d.base + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if to := resp.Header.Get("Location"); resp.StatusCode != http.StatusFound || to != "/claim" {
		t.Fatalf("got %d to %q, want to be led to the page", resp.StatusCode, to)
	}
	if code, page := d.types("WRONG-WRONG"); code != http.StatusForbidden || !strings.Contains(page, "letter by letter") || d.codes() != 0 {
		t.Errorf("a wrong code: got %d %s", code, page)
	}
	if code, _ := d.types(" "); code != http.StatusUnprocessableEntity {
		t.Errorf("no code: got %d", code)
	}
	if code, page := d.types(strings.ToLower(cloudtest.Code)); code != http.StatusSeeOther {
		t.Fatalf("the code: got %d %s", code, page)
	}
	d.must("POST", "/api/teacher/login", map[string]string{"course_code": "cs301", "pin": cloudtest.PIN}, nil)
	session := d.begin(school)
	mark := fmt.Sprintf("/api/teacher/session/%s/marks/%s", session, cloudtest.NewID(t))
	d.must("PUT", mark, map[string]any{"student_ids": []any{school.Students[0].ID}, "status": "present"}, nil)
	d.stop()
	d = start(t, c) // the code is not asked for again
	st := d.status()
	if st.Waiting != 2 || st.Name != "Room 204" {
		t.Errorf("got %+v, want two lines that wait in Room 204", st)
	}
	cloud.Behave(cloudtest.Manners{})
	d.until("all is sent", func(st classroom.SyncStatus) bool { return st.Waiting == 0 && st.LastSync != nil && st.Attention == "" })
	stored := cloud.Stored(t)
	if len(stored) != 2 {
		t.Errorf("got %d facts, want 2", len(stored))
	}
	for id, f := range stored {
		if f.Node != cloud.Node || f.Session.String() != session {
			t.Errorf("%s: got node %s, session %s, want those it was made with", id, f.Node, f.Session)
		}
	}
	d.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if code, page := d.types("ANOTHER"); code != http.StatusSeeOther {
		t.Errorf("a code that nobody wants: got %d %s", code, page)
	}
}

func TestAPendriveWhoseEndHasPassedBeginsNoClassAndStillSends(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 2)
	c := sealed(t, cloud, time.Now().Add(time.Hour))
	c.Claim = cloudtest.Code
	late := time.Duration(0)
	now := c.World.Now
	c.World.Now = func() time.Time { return now().Add(late) }
	c.Every = 0
	d := start(t, c)
	d.until("paired", func(st classroom.SyncStatus) bool { return st.Paired })
	d.must("POST", "/api/teacher/login", map[string]string{"course_code": "cs301", "pin": cloudtest.PIN}, nil)
	d.begin(school)
	d.stop()
	late = 2 * time.Hour
	d2 := start(t, c)
	d2.http.Jar = d.http.Jar
	d2.must("POST", "/api/teacher/login", map[string]string{"course_code": "cs301", "pin": cloudtest.PIN}, nil)
	var said struct{ Type, Detail string }
	code := d2.call("POST", "/api/teacher/start-session", map[string]any{"course_id": school.Course.ID}, &said)
	if code != http.StatusForbidden || said.Type != "urn:arise:problem:lease-ended" || !strings.Contains(said.Detail, "ask the office") {
		t.Errorf("got %d %+v, want that its end has passed", code, said)
	}
	d2.must("POST", "/api/sync/push", nil, nil)
	if got := len(cloud.Stored(t)); got == 0 {
		t.Error("what it held was not sent")
	}
}

func TestADamagedRosterIsNotTakenForAWrongCode(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	cloud.School(t, 1)
	c := sealed(t, cloud, time.Time{})
	cloud.Close()
	if err := os.Truncate(c.Sealed, 90); err != nil {
		t.Fatal(err)
	}
	d := start(t, c)
	if code, page := d.types(cloudtest.Code); code != http.StatusForbidden || !strings.Contains(page, "damaged") {
		t.Errorf("got %d %s", code, page)
	}
}

func TestARevokedPendriveHandsInAndBeginsNoClass(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 2)
	c := config(t, cloud.URL)
	d := paired(t, cloud, c)
	d.begin(school)
	cloud.Behave(cloudtest.Manners{Fault: func(_ int, path string, w http.ResponseWriter, _ *http.Request) bool {
		if path != "/api/sync/roster" {
			return false
		}
		cloudtest.Problem(w, http.StatusForbidden, "revoked", nil)
		return true
	}})
	if code := d.call("POST", "/api/sync/push", nil, nil); code != http.StatusServiceUnavailable {
		t.Errorf("push: got %d", code)
	}
	if st := d.status(); !strings.Contains(st.Attention, "revoked") || st.Waiting != 0 || len(cloud.Stored(t)) != 1 {
		t.Errorf("got %+v, want that it says so and has handed in its line", st)
	}
	d.stop()
	d2 := start(t, c) // it remembers
	d2.must("POST", "/api/teacher/login", map[string]string{"course_code": "cs301", "pin": cloudtest.PIN}, nil)
	var said struct{ Type string }
	order := map[string]any{"course_id": school.Course.ID, "session_id": cloudtest.NewID(t).String()}
	if code := d2.call("POST", "/api/teacher/start-session", order, &said); code != http.StatusForbidden || said.Type != "urn:arise:problem:revoked" {
		t.Errorf("got %d %+v, want it refused", code, said)
	}
}
