package node_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/arise-attendance/arise/api/classroom"
	"github.com/arise-attendance/arise/edge/cloudtest"
)

func TestItPairsWhenTheCloudComesBack(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	cloud.School(t, 2)
	cloud.Behave(cloudtest.Manners{Fault: func(_ int, _ string, w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusBadGateway)
		return true
	}})
	d := start(t, config(t, cloud.URL))
	st := d.until("it says why", func(st classroom.SyncStatus) bool { return st.Attention != "" })
	if !strings.Contains(st.Attention, "connect this computer to the internet") || st.Paired {
		t.Errorf("got %+v, want a way out", st)
	}
	if got := d.codes(); got != 0 {
		t.Errorf("courses: got %d, want none yet", got)
	}
	if code := d.call("POST", "/api/bulk-mark-attendance", map[string]any{"roll_ids": []int{1}}, nil); code == http.StatusOK {
		t.Error("a scanner's queue was taken by a pendrive without a name")
	}
	cloud.Behave(cloudtest.Manners{})
	d.until("paired", func(st classroom.SyncStatus) bool { return st.Paired && st.LastSync != nil && st.Attention == "" })
	if got := d.codes(); got != 1 {
		t.Errorf("courses: got %d, want 1", got)
	}
	if got := d.status().Waiting; got != 0 {
		t.Errorf("lines: got %d, want none", got)
	}
}

func TestAWrongCodeIsSaidAndNotRepeated(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	c := config(t, cloud.URL)
	c.Claim = "WRONG"
	d := start(t, c)
	d.until("it says why", func(st classroom.SyncStatus) bool { return strings.Contains(st.Attention, "refuses") })
	if got := cloud.Calls("/api/sync/claim"); got != 1 {
		t.Errorf("claims: got %d, want one", got)
	}
}

func TestWithoutACodeItSaysWhatToDo(t *testing.T) {
	t.Parallel()
	c := config(t, "https://school.example")
	c.Claim = ""
	d := start(t, c)
	d.until("it says what to do", func(st classroom.SyncStatus) bool { return strings.Contains(st.Attention, "edge claim CODE") })
	var pushed struct{ Message string }
	if code := d.call("POST", "/api/sync/push", nil, &pushed); code != http.StatusServiceUnavailable || !strings.Contains(pushed.Message, "not paired") {
		t.Errorf("got %d %q", code, pushed.Message)
	}
}

func TestWithoutACloudItStillRuns(t *testing.T) {
	t.Parallel()
	d := start(t, config(t, ""))
	st := d.until("it says what to do", func(st classroom.SyncStatus) bool { return st.Attention != "" })
	if st.CloudURL != "not configured" || st.AutoSync {
		t.Errorf("got %+v", st)
	}
	if code := d.call("POST", "/api/sync/push", nil, nil); code != http.StatusBadRequest {
		t.Errorf("push: got %d, want 400", code)
	}
	if code := d.call("GET", "/api/health", nil, nil); code != http.StatusOK {
		t.Errorf("health: got %d, want 200", code)
	}
}
