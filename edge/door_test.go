package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"github.com/arise-attendance/arise/api/classroom"
	"github.com/arise-attendance/arise/api/pendrive"
	"github.com/arise-attendance/arise/api/server/porttest"
	"github.com/arise-attendance/arise/edge/cloudtest"
)

// inRoom is a running pendrive that listens to the classroom's network, as it
// ships; lan is its address there.
func inRoom(t *testing.T, cloud *cloudtest.Cloud) (d *drive, lan string) {
	t.Helper()
	d = &drive{t: t, http: newBrowser(t), env: []string{
		"CLOUD_SERVER_URL=" + cloud.URL, "ARISE_EDGE_CLAIM=" + cloudtest.Code, "ARISE_EDGE_DATA=" + t.TempDir(),
		fmt.Sprintf("ARISE_EDGE_LISTEN=:%d", porttest.Free(t)), "ARISE_EDGE_ALLOW_LEGACY=1",
	}}
	t.Cleanup(d.pull)
	d.plugIn()
	d.until("the roster is here", func(st classroom.SyncStatus) bool { return st.LastSync != nil })
	at := d.stands().Network.LAN
	if len(at) == 0 {
		t.Skip("this computer is in no network: nobody can call from the room")
	}
	return d, at[0]
}

func (d *drive) stands() pendrive.EdgeStatus {
	d.t.Helper()
	var st pendrive.EdgeStatus
	if code := d.call("GET", "/api/edge/status", nil, &st); code != http.StatusOK {
		d.t.Fatalf("status: got %d", code)
	}
	return st
}

func newBrowser(t testing.TB) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

// from is a browser of the room: it has cookies of its own.
func (d *drive) from(base string) *drive {
	return &drive{t: d.t, base: base, http: newBrowser(d.t)}
}

func (d *drive) signIn() int {
	return d.call("POST", "/api/teacher/login", map[string]string{"course_code": "CS301", "pin": cloudtest.PIN}, nil)
}

func TestTheRoomReachesScannersAddressesAndNoTeachers(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 3)
	d, lan := inRoom(t, cloud)
	d.signIn()
	session := cloudtest.NewID(t)
	if code := d.call("POST", "/api/teacher/start-session", map[string]any{"course_id": school.Course.ID, "session_id": session}, nil); code != http.StatusOK {
		t.Fatalf("start, on this computer: got %d", code)
	}
	room := d.from(lan)
	var polled struct {
		IsSessionActive bool   `json:"isSessionActive"`
		SessionName     string `json:"sessionName"`
	}
	if code := room.call("POST", "/api/device/heartbeat", map[string]any{"mac_address": "AA:BB:CC:00:11:22"}, nil); code != http.StatusOK {
		t.Errorf("heartbeat: got %d", code)
	}
	if code := room.call("GET", "/api/session-status", nil, &polled); code != http.StatusOK || polled.SessionName != "CS301" {
		t.Errorf("a scanner asks: got %d %+v", code, polled)
	}
	var said struct{ Status string }
	if code := room.call("POST", "/api/mark-attendance-by-roll-id", map[string]int{"class_roll_id": 2}, &said); code != http.StatusOK || said.Status != "success" {
		t.Errorf("a finger: got %d %+v", code, said)
	}
	for _, row := range []struct {
		method, path string
		body         any
	}{
		{"GET", "/api/teacher/course-codes", nil},
		{"POST", "/api/teacher/login", map[string]string{"course_code": "CS301", "pin": cloudtest.PIN}},
		{"POST", "/api/teacher/session/" + session.String() + "/end", nil},
		{"GET", "/api/edge/status", nil},
		{"POST", "/api/edge/phones", nil},
		{"POST", "/api/sync/push", nil},
	} {
		var problem struct{ Type string }
		if code := room.call(row.method, row.path, row.body, &problem); code != http.StatusForbidden || problem.Type != "urn:arise:problem:pair-first" {
			t.Errorf("%s %s from the room: got %d %+v", row.method, row.path, code, problem)
		}
	}
	// Not even with the teacher's own token: the room is the room.
	var login struct{ Token string }
	d.call("POST", "/api/teacher/login", map[string]string{"course_code": "CS301", "pin": cloudtest.PIN}, &login)
	req, err := http.NewRequestWithContext(t.Context(), "GET", lan+"/api/teacher/me", nil)
	if err != nil || login.Token == "" {
		t.Fatalf("the token: got %q, %v", login.Token, err)
	}
	req.Header.Set("Authorization", "Bearer "+login.Token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("with a teacher's token: got %d, want 403", resp.StatusCode)
	}
	if code, page := read(t, lan+"/"); code != http.StatusForbidden || !strings.Contains(page, d.base+"/status") {
		t.Errorf("the teacher's page from the room: got %d, want the way to be let in", code)
	}
}

// read is what a page says to a browser that nobody knows.
func read(t *testing.T, url string) (status int, page string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}

func TestATeacherPairsAPhoneAndTakesItOffTheList(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	cloud.School(t, 3)
	d, lan := inRoom(t, cloud)
	var invited struct {
		URL string
		QR  string
	}
	if code := d.call("POST", "/api/edge/phones", nil, nil); code != http.StatusUnauthorized {
		t.Errorf("letting a phone in without being signed in: got %d, want 401", code)
	}
	d.signIn()
	if code := d.call("POST", "/api/edge/phones", nil, &invited); code != http.StatusOK || !strings.HasPrefix(invited.URL, lan+"/pair/") || !strings.HasPrefix(invited.QR, "<svg ") {
		t.Fatalf("got %d %+v, want a link and its picture", code, invited)
	}
	phone := d.from(lan)
	resp, err := phone.http.PostForm(invited.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.Request.URL.String() != lan+"/" || resp.StatusCode == http.StatusForbidden {
		t.Errorf("after the tap: got %d at %s, want the teacher's page", resp.StatusCode, resp.Request.URL)
	}
	if code := phone.call("GET", "/api/teacher/me", nil, nil); code != http.StatusUnauthorized {
		t.Errorf("a paired phone that is not signed in: got %d, want 401", code)
	}
	if code := phone.signIn(); code != http.StatusOK {
		t.Errorf("signing in: got %d", code)
	}
	if code := phone.call("GET", "/api/teacher/me", nil, nil); code != http.StatusOK {
		t.Errorf("the teacher's day: got %d", code)
	}
	if code := phone.call("POST", "/api/edge/phones", nil, nil); code != http.StatusForbidden {
		t.Errorf("letting another in: got %d, want 403", code)
	}
	if code := d.from(lan).call("GET", "/api/teacher/course-codes", nil, nil); code != http.StatusForbidden {
		t.Errorf("another browser: got %d, want 403", code)
	}
	d.pull()
	d.plugIn() // what is paired outlives the program
	if code := phone.call("GET", "/api/teacher/me", nil, nil); code != http.StatusOK {
		t.Errorf("after a restart: got %d", code)
	}
	listed := d.stands().Phones
	if len(listed) != 1 || listed[0].Browser == "" || !strings.Contains(lan, listed[0].Address) {
		t.Fatalf("got %+v, want the phone", listed)
	}
	if _, shown := read(t, d.base+"/status"); !strings.Contains(shown, listed[0].Browser) || !strings.Contains(shown, lan) || !strings.Contains(shown, "CS301") {
		t.Errorf("the status page does not show it: %s", shown)
	}
	if code := d.call("DELETE", "/api/edge/phones/"+listed[0].ID.String(), nil, nil); code != http.StatusNoContent {
		t.Errorf("taking it off: got %d", code)
	}
	if code := phone.call("GET", "/api/teacher/me", nil, nil); code != http.StatusForbidden {
		t.Errorf("the phone afterwards: got %d, want 403", code)
	}
	if left := d.stands().Phones; len(left) != 0 {
		t.Errorf("got %+v, want none listed", left)
	}
}

func TestAForeignNameIsRefused(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	cloud.School(t, 1)
	d, lan := inRoom(t, cloud)
	for _, base := range []string{d.base, lan} {
		for host, want := range map[string]int{"evil.example": http.StatusMisdirectedRequest, "arise.local": http.StatusOK} {
			req, err := http.NewRequestWithContext(t.Context(), "GET", base+"/api/health", bytes.NewReader(nil))
			if err != nil {
				t.Fatal(err)
			}
			req.Host = host
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			var problem struct{ Type string }
			_ = json.NewDecoder(resp.Body).Decode(&problem) // the other answer has none
			resp.Body.Close()
			if resp.StatusCode != want || want != http.StatusOK && problem.Type != "urn:arise:problem:wrong-host" {
				t.Errorf("%s as %s: got %d %+v, want %d", base, host, resp.StatusCode, problem, want)
			}
		}
	}
}
