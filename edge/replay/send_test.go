package replay_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
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
