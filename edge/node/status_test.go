package node_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/arise-attendance/arise/api/classroom"
	"github.com/arise-attendance/arise/api/pendrive"
	"github.com/arise-attendance/arise/edge/cloudtest"
	"github.com/arise-attendance/arise/edge/node"
)

func (d *drive) stands() pendrive.EdgeStatus {
	d.t.Helper()
	var st pendrive.EdgeStatus
	d.must("GET", "/api/edge/status", nil, &st)
	return st
}

func TestAPendriveSaysHowItStands(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 5)
	c := config(t, cloud.URL)
	d := paired(t, cloud, c)
	st := d.stands()
	if !st.Paired || st.NodeID != cloud.Node || st.Name != "Room 204" || st.Version != "test" || st.Instance == "" || st.StartedAt.IsZero() {
		t.Errorf("who it is: got %+v", st)
	}
	if len(st.Courses) != 1 || st.Courses[0].Code != "CS301" || st.Courses[0].Students != 5 || st.Courses[0].Running || st.ClassUntil != nil {
		t.Errorf("courses: got %+v, want one of 5 that rests", st.Courses)
	}
	if st.Cloud.Words != "Saved" || st.Cloud.SyncWords != "just now" || st.Cloud.URL != cloud.URL || !st.Cloud.AutoSync {
		t.Errorf("cloud: got %+v", st.Cloud)
	}
	if st.Medium.State != "well" || st.Medium.FreeBytes == 0 || st.Medium.TotalBytes < st.Medium.FreeBytes || st.Medium.RegisterBytes == 0 || st.Medium.Folder != c.Data {
		t.Errorf("medium: got %+v", st.Medium)
	}
	if st.Network.Here != d.base || len(st.Network.LAN) != 0 || st.Network.QR != "" || st.Network.Port == 0 || st.Network.Wanted != st.Network.Port {
		t.Errorf("network: got %+v, want it here only", st.Network)
	}
	if st.Encryption.On || len(st.Attention) != 0 {
		t.Errorf("got %+v, %v", st.Encryption, st.Attention)
	}
	if code := d.call("GET", "/api/edge/qr", nil, nil); code != http.StatusNotFound {
		t.Errorf("the code of no address: got %d, want 404", code)
	}
	cloud.Close()
	d.begin(school)
	d.call("POST", "/api/sync/push", nil, nil)
	st = d.stands()
	if st.Cloud.Words != "Offline - 1 safe here" || !st.Courses[0].Running || st.ClassUntil == nil {
		t.Errorf("in class: got %+v, %+v, %v", st.Cloud, st.Courses, st.ClassUntil)
	}
	d.stop()
	looked, err := node.Look(t.Context(), c)
	if err != nil || looked.Cloud.Waiting != 1 || !looked.Paired || looked.Instance != "" || len(looked.Network.LAN) != 0 {
		t.Errorf("looked at: got %+v, %v", looked, err)
	}
	if raw, err := http.Get(d.base); err == nil {
		raw.Body.Close()
		t.Error("it still answers")
	}
}

func TestTheAddressIsDrawn(t *testing.T) {
	t.Parallel()
	c := config(t, "")
	c.Listen = "0.0.0.0:0"
	d := start(t, c)
	d.base = d.stands().Network.Here
	at := d.stands().Network
	if len(at.LAN) == 0 {
		t.Skip("this computer is in no network")
	}
	for format, kind := range map[string]string{"": "image/svg+xml", "?format=svg": "image/svg+xml", "?format=png": "image/png"} {
		resp, err := d.http.Get(d.base + at.QR + format)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || got != kind {
			t.Errorf("%q: got %d %s, want %s", format, resp.StatusCode, got, kind)
		}
	}
	if !strings.HasPrefix(at.LAN[0], "http://") || strings.Contains(at.LAN[0], "127.") {
		t.Errorf("got %v, want where others find it", at.LAN)
	}
}

func TestAnUnpairedPendriveSaysWhatToDo(t *testing.T) {
	t.Parallel()
	c := config(t, "https://school.example")
	c.Claim = ""
	d := start(t, c)
	d.until("it says what to do", func(st classroom.SyncStatus) bool { return st.Attention != "" })
	if st := d.stands(); st.Paired || len(st.Attention) != 1 || !strings.Contains(st.Attention[0], "edge claim CODE") || !st.NodeID.IsZero() {
		t.Errorf("got %+v", st)
	}
}
