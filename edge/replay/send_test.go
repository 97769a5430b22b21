package replay_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
	"github.com/arise-attendance/arise/edge/cloudtest"
	"github.com/arise-attendance/arise/edge/replay"
)

const receive = "/api/sync/receive"

func TestALessonArrivesOnce(t *testing.T) {
	t.Parallel()
	d := pair(t)
	d.lesson()
	if done := d.cycle(); done.Sent != 6 {
		t.Errorf("sent: got %d, want 6", done.Sent)
	}
	d.arrived(6)
	d.waits(0)
	before := d.cloud.Calls(receive)
	d.cycle()
	if got := d.cloud.Calls(receive); got != before {
		t.Errorf("uploads with nothing to say: got %d, want none", got-before)
	}
	if b := d.backlog(); !b.Reachable || b.LastSync.IsZero() || b.Attention != "" {
		t.Errorf("got %+v, want reachable and quiet", b)
	}
}

func TestALostReplyCostsOneBatchAndNoMark(t *testing.T) {
	t.Parallel()
	d := pair(t)
	d.cloud.Behave(cloudtest.Manners{Lose: func(n int) bool { return n <= 3 }})
	d.lesson()
	for range 3 {
		if _, err := d.replay.Cycle(t.Context()); !errors.Is(err, replay.ErrAway) {
			t.Fatalf("got %v, want ErrAway", err)
		}
		d.waits(6)
	}
	d.cycle()
	d.arrived(6)
	d.waits(0)
}

func TestWhatTheCloudSaidOfALineIsTakenOver(t *testing.T) {
	t.Parallel()
	d := pair(t)
	back := time.Now().Add(-time.Hour).Truncate(time.Millisecond)
	d.cloud.Behave(cloudtest.Manners{Results: []attendance.Result{
		{Seq: 1, Code: attendance.CodeAdjusted, EffectiveMS: back.UnixMilli(), Ord: attendance.HLCAt(back)},
		{Seq: 2, Code: string(attendance.WhyNotEnrolled)},
		{Seq: 3, Code: attendance.CodeDuplicate},
	}})
	s := d.lesson()
	d.cycle()
	d.view(func(ctx context.Context, tx attendance.Tx) error {
		got, err := tx.Session(ctx, s.ID)
		if !got.OpenedAt.Equal(back) {
			t.Errorf("opened at: got %v, want %v", got.OpenedAt, back)
		}
		return err
	})
	if got := d.backlog().Unplaced; got != 1 {
		t.Errorf("unplaced: got %d, want 1", got)
	}
	d.shows(s, 4, attendance.Present)
}

// What no confirmation may come of.
func TestOnlyTheCloudsOwnAnswerConfirms(t *testing.T) {
	t.Parallel()
	html := func(w http.ResponseWriter, kind string) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write([]byte("<html>Welcome to Free Wi-Fi</html>"))
	}
	say := func(w http.ResponseWriter, kind, through, hash string) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write([]byte(`{"acked_through":` + through + `,"hash_at_ack":"` + hash + `","results":[],"server_time":"2026-01-01T00:00:00Z",` +
			`"feed":{"generation":"00000000-0000-7000-8000-000000000000","rev":0,"facts":""},"advice":{"batch":1000,"wait_ms":0}}`))
	}
	lie := func(w http.ResponseWriter, through, hash string) { say(w, "application/json", through, hash) }
	for name, tc := range map[string]struct {
		fault     func(w http.ResponseWriter, r *http.Request)
		reachable bool
		attention string // a part of it
	}{
		"a portal's page with status 200":      {func(w http.ResponseWriter, _ *http.Request) { html(w, "text/html") }, false, "sign in to this network"},
		"a portal's page that says it is JSON": {func(w http.ResponseWriter, _ *http.Request) { html(w, "application/json") }, false, "sign in to this network"},
		"a portal that sends us on": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://portal.example/", http.StatusFound)
		}, false, "sign in to this network"},
		"an answer with another hash":             {func(w http.ResponseWriter, _ *http.Request) { lie(w, "6", strings.Repeat("ab", 32)) }, true, "Marks are safe here"},
		"an answer that says it is a page":        {func(w http.ResponseWriter, _ *http.Request) { say(w, "text/html", "6", strings.Repeat("ab", 32)) }, false, "sign in to this network"},
		"an answer without a hash":                {func(w http.ResponseWriter, _ *http.Request) { lie(w, "6", "") }, false, "sign in to this network"},
		"an answer that confirms what is not":     {func(w http.ResponseWriter, _ *http.Request) { lie(w, "7", strings.Repeat("00", 32)) }, true, "Marks are safe here"},
		"an answer that confirms nothing":         {func(w http.ResponseWriter, _ *http.Request) { lie(w, "0", strings.Repeat("00", 32)) }, false, "sign in to this network"},
		"no answer":                               {func(http.ResponseWriter, *http.Request) { cloudtest.Hang() }, false, ""},
		"a server in trouble":                     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, false, ""},
		"a server that is busy":                   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, true, ""},
		"too many requests":                       {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }, true, ""},
		"a pendrive that was revoked":             {func(w http.ResponseWriter, _ *http.Request) { cloudtest.Problem(w, 403, "revoked", nil) }, true, "revoked"},
		"a pendrive that the cloud does not know": {func(w http.ResponseWriter, _ *http.Request) { cloudtest.Problem(w, 401, "signed-out", nil) }, true, "does not know"},
		"a refusal for good":                      {func(w http.ResponseWriter, _ *http.Request) { cloudtest.Problem(w, 422, "invalid", nil) }, true, "refuses"},
		"a batch that was cut short":              {func(w http.ResponseWriter, _ *http.Request) { cloudtest.Problem(w, 400, "truncated", nil) }, false, ""},
		"a problem without words": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusConflict)
		}, false, "sign in to this network"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := pair(t)
			d.cloud.Behave(cloudtest.Manners{Fault: func(_ int, path string, w http.ResponseWriter, r *http.Request) bool {
				if path == receive {
					tc.fault(w, r)
				}
				return path == receive
			}})
			d.lesson()
			if _, err := d.replay.Cycle(t.Context()); err == nil {
				t.Fatal("got no error")
			}
			d.waits(6)
			b := d.backlog()
			if b.Reachable != tc.reachable || !strings.Contains(b.Attention, tc.attention) || (b.Attention == "") != (tc.attention == "") {
				t.Errorf("got reachable %t, attention %q, want %t, %q", b.Reachable, b.Attention, tc.reachable, tc.attention)
			}
			d.cloud.Behave(cloudtest.Manners{})
			d.cycle()
			d.arrived(6)
			d.waits(0)
			if b := d.backlog(); !b.Reachable || b.Attention != "" {
				t.Errorf("got %+v afterwards, want reachable and quiet", b)
			}
		})
	}
}

func TestAGapIsFilledFromWhereTheCloudAsks(t *testing.T) {
	t.Parallel()
	d := pair(t)
	s := d.lesson()
	d.cycle()
	d.cloud.Forget(t, 2) // restored from a backup
	d.mark(s, attendance.Late, 0)
	d.cycle()
	d.arrived(7)
	d.waits(0)
}

func TestACopiedDriveKeepsBothBranchesAndStoresNothingTwice(t *testing.T) {
	t.Parallel()
	d := pair(t)
	s := d.lesson()
	d.cycle()
	twin := d.copied()
	d.mark(s, attendance.Late, 0, 1)
	d.cycle()
	twin.mark(s, attendance.Absent, 2)
	twin.cycle()
	d.arrived(9)
	d.waits(0)
	twin.waits(0)
	twin.mark(s, attendance.Excused, 3)
	d.mark(s, attendance.Excused, 4)
	twin.cycle()
	d.cycle()
	d.arrived(11)
}

func TestADriveThatWasSetBackSendsWhatItHas(t *testing.T) {
	t.Parallel()
	d := pair(t)
	s := d.lesson()
	d.cycle()
	old := d.copied()
	d.mark(s, attendance.Late, 0, 1, 2)
	d.cycle()
	old.mark(s, attendance.Absent, 3) // the copy goes on where the original was long ago
	old.cycle()
	d.arrived(10)
	old.waits(0)
}

// copied is a second drive with a copy of the file.
func (d *drive) copied() *drive {
	d.t.Helper()
	if err := d.store.Close(); err != nil {
		d.t.Fatal(err)
	}
	twin := &drive{t: d.t, dir: d.t.TempDir(), cloud: d.cloud, school: d.school}
	raw, err := os.ReadFile(filepath.Join(d.dir, sqlite.FileName))
	if err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(twin.dir, sqlite.FileName), raw, 0o600); err != nil {
		d.t.Fatal(err)
	}
	for _, one := range []*drive{d, twin} {
		one.open(one.dir)
		one.link()
	}
	return twin
}

func TestAQuarrelEndsInAPauseAndNotInALoop(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]map[string]any{"sync-gap": {"wanted": 1}, "sync-fork": {"seq": 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := pair(t)
			d.lesson()
			d.cloud.Behave(cloudtest.Manners{Fault: func(_ int, path string, w http.ResponseWriter, _ *http.Request) bool {
				if path == receive {
					cloudtest.Problem(w, http.StatusConflict, name, more)
				}
				return path == receive
			}})
			if _, err := d.replay.Cycle(t.Context()); err == nil {
				t.Error("got no error")
			}
			if got := d.cloud.Calls(receive); got > 5 {
				t.Errorf("uploads: got %d, want a handful", got)
			}
			d.waits(6)
			d.cloud.Behave(cloudtest.Manners{})
			d.cycle()
			d.arrived(6)
		})
	}
}

func TestALongBacklogGoesInBatchesThatGrow(t *testing.T) {
	t.Parallel()
	d := pair(t)
	s := d.lesson()
	for range 100 {
		d.mark(s, attendance.Late, 0, 1, 2, 3)
	}
	done := d.cycle()
	if done.Sent != 406 {
		t.Errorf("sent: got %d, want 406", done.Sent)
	}
	if got := d.cloud.Calls(receive); got != 3 { // 64, 128, 214
		t.Errorf("batches: got %d, want 3", got)
	}
	d.arrived(406)
	if d.changed.Load() < 3 {
		t.Errorf("screens heard of %d steps, want one for each batch", d.changed.Load())
	}
}

func TestABatchThatIsTooLargeIsHalved(t *testing.T) {
	t.Parallel()
	d := pair(t)
	d.lesson()
	var sizes []int64
	d.cloud.Behave(cloudtest.Manners{Fault: func(n int, path string, w http.ResponseWriter, r *http.Request) bool {
		if path != receive {
			return false
		}
		if sizes = append(sizes, r.ContentLength); n <= 6 {
			cloudtest.Problem(w, http.StatusRequestEntityTooLarge, "too-large", nil)
		}
		return n <= 6
	}})
	for range 6 {
		if _, err := d.replay.Cycle(t.Context()); err == nil {
			t.Fatal("got no error")
		}
	}
	d.cycle()
	d.arrived(6)
	if sizes[6] >= sizes[0] {
		t.Errorf("got %d bytes after %d, want less", sizes[6], sizes[0])
	}
}
