package node_test

import (
	"crypto/rand"
	"net/http"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/pendrive"
	"github.com/arise-attendance/arise/edge/cloudtest"
)

func TestATeacherSetsTheTimeOfAPendriveWithoutInternet(t *testing.T) {
	t.Parallel()
	cloud := cloudtest.New(t)
	school := cloud.School(t, 5)
	c := config(t, cloud.URL)
	d := paired(t, cloud, c)
	if st := d.stands(); st.Clock.State != "well" || st.Clock.Source != "cloud" || st.Clock.CheckedAt == nil {
		t.Errorf("beside a cloud: got %+v", st.Clock)
	}
	at := time.Now().UTC().Format("2006-01-02T15:04")
	if code := d.call("PUT", "/api/edge/clock", map[string]string{"local_time": at}, nil); code != http.StatusConflict {
		t.Errorf("the cloud has said what time it is: got %d, want 409", code)
	}
	d.stop()
	cloud.Close()

	c.World = attendance.Steady(func() time.Time { return time.Now().AddDate(73, 0, 0) }, func() time.Duration { return 10 * time.Hour })
	c.World.Rand = rand.Reader
	d = start(t, c)
	if st := d.stands(); st.Clock.State != "doubtful" || len(st.Attention) == 0 {
		t.Errorf("in 2099: got %+v, %v, want somebody to be asked", st.Clock, st.Attention)
	}
	set := func(at string, want int) {
		t.Helper()
		if code := d.call("PUT", "/api/edge/clock", map[string]string{"local_time": at}, nil); code != want {
			t.Errorf("%q: got %d, want %d", at, code, want)
		}
	}
	set(at, http.StatusUnauthorized)
	d.must("POST", "/api/teacher/login", map[string]string{"course_code": "cs301", "pin": cloudtest.PIN}, nil)
	d.begin(school)
	set("five past ten", http.StatusUnprocessableEntity)
	set(time.Now().AddDate(-1, 0, 0).UTC().Format("2006-01-02T15:04"), http.StatusUnprocessableEntity)
	set("2626-11-22T10:05", http.StatusUnprocessableEntity)
	var clock pendrive.EdgeClock
	d.must("PUT", "/api/edge/clock", map[string]string{"local_time": at}, &clock)
	if clock.Source != "teacher" || clock.State != "ahead" || time.Since(clock.Now).Abs() > 2*time.Minute {
		t.Errorf("got %+v, want the teacher's time", clock)
	}
	st := d.stands()
	if st.ClassUntil == nil || time.Until(*st.ClassUntil) > 2*time.Hour || !st.Courses[0].Running {
		t.Errorf("the class runs until %v, want it to end today", st.ClassUntil)
	}
}
