package node_test

import (
	"testing"

	"github.com/arise-attendance/arise/api/classroom"
	"github.com/arise-attendance/arise/edge/cloudtest"
)

func TestACopyOnAnotherMediumStartsALifeOfItsOwn(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 5)
	c := config(t, cloud.URL)
	for i, step := range []struct {
		medium string // empty: the system does not say
		want   int
	}{{"", 1}, {"AAAA", 1}, {"AAAA", 1}, {"", 1}, {"BBBB", 2}, {"BBBB", 2}} {
		c.Volume = func(string) string { return step.medium }
		d := paired(t, cloud, c)
		if i == 0 {
			d.begin(school)
		}
		d.call("POST", "/api/sync/push", nil, nil)
		d.until("all is sent", func(st classroom.SyncStatus) bool { return st.Waiting == 0 })
		d.stop()
		if got := cloud.Lives(); got != step.want {
			t.Errorf("step %d on %q: got %d lives of the log, want %d", i, step.medium, got, step.want)
		}
	}
}
