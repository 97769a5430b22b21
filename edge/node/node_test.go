package node_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/classroom"
	"github.com/arise-attendance/arise/edge/cloudtest"
	"github.com/arise-attendance/arise/edge/node"
)

func TestAClassIsHeldWithoutANetwork(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 5)
	c := config(t, cloud.URL)
	d := paired(t, cloud, c)
	cloud.Close()
	session := d.begin(school)
	mark := fmt.Sprintf("/api/teacher/session/%s/marks/%s", session, cloudtest.NewID(t))
	d.must("PUT", mark, map[string]any{"student_ids": []any{school.Students[0].ID}, "status": "present"}, nil)
	var said struct {
		Message string `json:"message"`
	}
	d.must("POST", "/api/mark-attendance-by-roll-id", map[string]any{"class_roll_id": 2}, &said)
	d.must("POST", "/api/teacher/session/"+session+"/end", nil, nil)
	st := d.status()
	if st.NodeType != "local" || st.Waiting != 4 || st.Name != "Room 204" || !st.Paired || st.DatabaseSizeBytes == 0 {
		t.Errorf("got %+v, want 4 lines waiting in Room 204", st)
	}
	var pushed struct{ Status, Message string }
	if code := d.call("POST", "/api/sync/push", nil, &pushed); code != http.StatusServiceUnavailable || pushed.Status != "error" {
		t.Errorf("push without a network: got %d %+v", code, pushed)
	}
	if st := d.status(); st.CloudReachable || st.Waiting != 4 || st.Attention != "" {
		t.Errorf("got %+v, want offline with 4 lines, which is nobody's fault", st)
	}
	d.stop()
	c.Cloud, c.Claim = "", "" // it knows where it belongs
	d = start(t, c)           // the sign-in and the class outlive a restart
	if st := d.status(); st.Waiting != 4 || !st.Paired || st.CloudURL != cloud.URL || !st.AutoSync {
		t.Errorf("after a restart: got %+v", st)
	}
}

func TestPushSendsAtOnce(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 2)
	c := config(t, cloud.URL)
	c.Every = 0 // by hand
	d := start(t, c)
	d.until("paired", func(st classroom.SyncStatus) bool { return st.Paired })
	if st := d.status(); st.AutoSync {
		t.Error("got auto_sync, want by hand")
	}
	var pushed struct {
		Status, Message       string
		Sent, Learnt, Waiting int
	}
	d.must("POST", "/api/sync/push", nil, &pushed)
	d.must("POST", "/api/teacher/login", map[string]string{"course_code": "CS301", "pin": cloudtest.PIN}, nil)
	d.begin(school)
	d.must("POST", "/api/sync/push", nil, &pushed)
	if pushed.Status != "success" || pushed.Sent != 1 || pushed.Waiting != 0 {
		t.Errorf("got %+v, want one line sent", pushed)
	}
	if got := len(cloud.Stored(t)); got != 1 {
		t.Errorf("facts in the cloud: got %d, want 1", got)
	}
}

func TestStartingTwiceNamesTheWayOut(t *testing.T) {
	t.Parallel()
	c := config(t, "")
	d := start(t, c)
	_, err := node.New(t.Context(), c)
	if err == nil || !strings.Contains(err.Error(), c.Data) || !strings.Contains(err.Error(), "ARISE_EDGE_DATA") {
		t.Errorf("got %v, want it to say %s and the way out", err, c.Data)
	}
	if st, err := node.Running(t.Context(), c.Data, 0); err != nil || st.Network.Here != d.base {
		t.Errorf("got %+v, %v, want to be told of the first", st.Network, err)
	}
	if code := d.call("GET", "/api/health", nil, nil); code != http.StatusOK {
		t.Errorf("the first: got %d, want 200", code)
	}
	d.stop()
	if word, err := os.ReadFile(filepath.Join(c.Data, "running.json")); err != nil || strings.Contains(string(word), d.base) {
		t.Errorf("got %q, %v, want no word left of where it was", word, err)
	}
}

func TestALiveStreamDoesNotHoldTheShutdown(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 2)
	d := paired(t, cloud, config(t, cloud.URL))
	session := d.begin(school)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.base+"/api/teacher/session/"+session+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := d.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("live: got %d", resp.StatusCode)
	}
	began := time.Now()
	d.stop()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("stopping took %v", took)
	}
	if _, err := io.ReadAll(resp.Body); err != nil {
		t.Errorf("the stream was cut: %v", err)
	}
}

func TestAnOnlineClassIsHeldAtTheCloud(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 2)
	d := paired(t, cloud, config(t, cloud.URL))
	var said struct {
		Type, Detail string
		CloudURL     string `json:"cloud_url"`
	}
	for _, row := range []struct {
		method, path string
		body         any
	}{
		{"POST", "/api/teacher/start-online-session", map[string]any{"course_id": school.Course}},
		{"GET", "/online/8Lru2dpsEtUmFlTWn4d_Bw", nil},
	} {
		code := d.call(row.method, row.path, row.body, &said)
		if code != http.StatusForbidden || said.Type != "urn:arise:problem:cloud-only" || said.CloudURL != cloud.URL ||
			!strings.HasPrefix(said.Detail, "Online class attendance is only available on the cloud server.") {
			t.Errorf("%s: got %d %+v, want the way to %s", row.path, code, said, cloud.URL)
		}
	}
}
