package replay_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
	"github.com/arise-attendance/arise/edge/replay"
)

// away is a network without a cloud, or with one that has nothing to say.
type away struct {
	err     error
	batches atomic.Int32
	pages   atomic.Int32
	shut    atomic.Bool
}

func (a *away) Receive(_ context.Context, up attendance.Upload) (replay.Reply, error) {
	a.batches.Add(1)
	hash := up.HashBefore
	for _, f := range up.Facts {
		hash = attendance.Chain(hash, f.Seq, f.ID, f.Body)
	}
	return replay.Reply{Receipt: attendance.Receipt{Seq: up.Facts[len(up.Facts)-1].Seq, Hash: hash}}, a.err
}

func (a *away) Roster(context.Context, attendance.Head) (attendance.Page, error) {
	a.pages.Add(1)
	if a.shut.Load() {
		return attendance.Page{}, attendance.ErrRevoked
	}
	return attendance.Page{Snapshot: true, Generation: attendance.ID{1}}, a.err
}

// running starts a replay over a real register, in a bubble where time is ours.
func running(t *testing.T, every time.Duration, cloud *away) (*replay.Replay, *sqlite.Store) {
	t.Helper()
	return runningTold(t, every, cloud, nil)
}

func runningTold(t *testing.T, every time.Duration, cloud *away, told func(context.Context, attendance.Lease) error) (*replay.Replay, *sqlite.Store) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{Now: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	service, err := attendance.NewService(t.Context(), s, world, attendance.ID{9}, attendance.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	r := replay.New(replay.Options{
		Log: s, Cloud: cloud, Service: service, World: world, Every: every,
		Changed: func() {}, Told: told, Slog: slog.New(slog.DiscardHandler),
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- r.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return r, s
}

func write(t *testing.T, s *sqlite.Store) {
	t.Helper()
	id, err := attendance.NewID(time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	f := attendance.Fact{ID: id, Kind: attendance.Note, Stamp: attendance.Stamp{WallMS: 1}}
	if err := f.Seal(); err != nil {
		t.Fatal(err)
	}
	err = s.InTx(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
		_, err := tx.Append(ctx, []attendance.Fact{f})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// pass lets time go by.
func pass(d time.Duration) {
	time.Sleep(d) // in a bubble this takes no time
	synctest.Wait()
}

func same(t *testing.T, what string, got, want int32) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %d, want %d", what, got, want)
	}
}

func TestItSyncsAtOnceAfterNewFactsAndInBetween(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := &away{}
		r, s := running(t, 5*time.Minute, cloud)
		pass(time.Millisecond)
		same(t, "pages at the start", cloud.pages.Load(), 1)
		for range 5 { // a burst of fingers travels together
			write(t, s)
			r.Nudge()
			pass(100 * time.Millisecond)
		}
		same(t, "batches during a burst", cloud.batches.Load(), 0)
		pass(time.Second)
		same(t, "batches after a burst", cloud.batches.Load(), 1)
		same(t, "pages: the feed is young", cloud.pages.Load(), 1)
		pass(40 * time.Second)
		write(t, s)
		r.Nudge()
		pass(2 * time.Second)
		same(t, "batches", cloud.batches.Load(), 2)
		same(t, "pages: the feed was old", cloud.pages.Load(), 2)
		pass(5 * time.Minute)
		same(t, "pages after an idle while, one in 45 s", cloud.pages.Load(), 8)
		same(t, "batches after an idle while", cloud.batches.Load(), 2)
	})
}

func TestFailuresMakePausesThatGrowAndEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := &away{err: replay.ErrAway}
		r, s := running(t, 5*time.Minute, cloud)
		pass(time.Millisecond)
		write(t, s)
		tries := func() int32 { return cloud.batches.Load() + cloud.pages.Load() }
		before := tries()
		for range 60 {
			r.Nudge() // new facts do not hurry a network that is away
			pass(time.Second)
		}
		if got := tries() - before; got < 3 || got > 20 {
			t.Errorf("tries in the first minute: got %d, want a few", got)
		}
		before = tries()
		pass(time.Hour)
		if got := tries() - before; got < 12 || got > 120 {
			t.Errorf("tries in the next hour: got %d, want one in some minutes", got)
		}
	})
}

func TestABusyCloudIsLeftAloneAsLongAsItAsks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := &away{err: replay.Busy{For: 2 * time.Minute}}
		running(t, 5*time.Minute, cloud)
		pass(119 * time.Second)
		same(t, "pages before it may", cloud.pages.Load(), 1)
		pass(2 * time.Second)
		same(t, "pages after", cloud.pages.Load(), 2)
	})
}

func TestItLearnsWithinAMinuteThatTheOfficeShutItOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := &away{}
		told := make(chan attendance.Lease, 10)
		runningTold(t, 5*time.Minute, cloud, func(_ context.Context, l attendance.Lease) error {
			told <- l
			return nil
		})
		pass(50 * time.Second)
		cloud.shut.Store(true)
		pass(time.Minute)
		select {
		case l := <-told:
			if l.State != attendance.NodeRevoked {
				t.Errorf("got %q, want revoked", l.State)
			}
		default:
			t.Error("a minute later it does not know")
		}
	})
}

func TestByHandMeansByHand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cloud := &away{}
		r, s := running(t, 0, cloud)
		write(t, s)
		r.Nudge()
		pass(time.Hour)
		same(t, "batches", cloud.batches.Load(), 0)
		if done, err := r.Cycle(t.Context()); err != nil || done.Sent != 1 {
			t.Errorf("got %+v, %v, want one line sent", done, err)
		}
	})
}
