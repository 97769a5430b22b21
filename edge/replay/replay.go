package replay

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Log is the pendrive's store as replay needs it; db/sqlite says what each does.
type Log interface {
	Pending(ctx context.Context, n, maxBytes int) (attendance.Upload, error)
	Ack(ctx context.Context, r attendance.Receipt, fold func(context.Context, attendance.Outlog) error) error
	Rewind(ctx context.Context, wanted int64) error
	Reborn(ctx context.Context) error

	Feed(ctx context.Context) (attendance.Head, error)
	Apply(ctx context.Context, page attendance.Page) error
	Learn(ctx context.Context, cursor string, fold func(context.Context, attendance.Tx) error) error
	Hear(ctx context.Context, fold func(context.Context, attendance.Outlog) error) error

	Reached(reachable bool, at time.Time, attention string)
}

// Options of a replay.
type Options struct {
	Log     Log
	Cloud   Cloud
	Service *attendance.Service
	World   attendance.World
	Every   time.Duration                                 // longest wait between two syncs; 0: only when asked
	Changed func()                                        // called when screens should show another state of the sync
	Told    func(context.Context, attendance.Lease) error // what the cloud lets this pendrive do; nil: not asked for
	Slog    *slog.Logger
}

// Replay syncs one pendrive. Run it once; the rest may be called from anywhere.
type Replay struct {
	o     Options
	nudge chan struct{}
	turn  chan struct{} // one cycle at a time
	pace  pace
	last  struct { // what the cycle before came to
		err    string
		pulled time.Time
	}
}

// New makes a replay; it does nothing until Run or Cycle.
func New(o Options) *Replay {
	r := &Replay{o: o, nudge: make(chan struct{}, 1), turn: make(chan struct{}, 1), pace: pace{batch: firstBatch}}
	r.last.err = "not tried yet"
	return r
}

// Nudge says that there is something new to send. It never blocks.
func (r *Replay) Nudge() {
	select {
	case r.nudge <- struct{}{}:
	default:
	}
}

// together is how long a new fact waits for others to travel with it.
const together = time.Second

// lookEvery is how soon a drive that reaches the cloud learns that the office shut it
// out: within the minute. A look that finds nothing new is half a kilobyte.
const lookEvery = 45 * time.Second

// Run syncs until ctx ends: at once, after something new, at least each Every or
// lookEvery, and after a failure with growing pauses.
func (r *Replay) Run(ctx context.Context) error {
	if r.o.Every <= 0 {
		<-ctx.Done()
		return nil
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	failures, soon := 0, true
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-r.nudge:
			if failures == 0 && !soon { // else the pause decides
				timer.Reset(together)
				soon = true
			}
			continue
		case <-timer.C:
		}
		_, err := r.cycle(ctx, failures > 0 || !soon)
		wait := min(r.o.Every, lookEvery)
		soon = false
		if failures++; err == nil {
			failures = 0
		} else {
			wait = Pause(failures, r.o.Every, r.o.World.Rand)
			var busy Busy
			if errors.As(err, &busy) {
				wait = max(wait, min(busy.For, mostPause))
			}
		}
		timer.Reset(wait)
	}
}

// Done says what a cycle did.
type Done struct {
	Sent   int // lines that the cloud confirmed
	Learnt int // facts it told
	spoke  bool
}

// Cycle syncs once, now: sends what waits, then follows the feed. It waits for a
// cycle that is under way.
func (r *Replay) Cycle(ctx context.Context) (Done, error) { return r.cycle(ctx, true) }

// feedAtLeast is how old the feed may grow while new facts make cycles of their own.
const feedAtLeast = 30 * time.Second

func (r *Replay) cycle(ctx context.Context, pull bool) (Done, error) {
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return Done{}, ctx.Err()
	}
	var done Done
	head, err := r.send(ctx, &done)
	if err == nil {
		pull = pull || r.o.World.Now().Sub(r.last.pulled) >= feedAtLeast
		err = r.pull(ctx, pull, head, &done)
	}
	if errors.Is(err, attendance.ErrRevoked) && r.o.Told != nil {
		if kept := r.o.Told(ctx, attendance.Lease{State: attendance.NodeRevoked}); kept != nil {
			return done, kept
		}
	}
	if done.spoke || err != nil { // a cycle with nothing to say knows nothing of the cloud
		r.report(ctx, done, err)
	}
	return done, err
}

// report tells the screens and the log what a cycle came to.
func (r *Replay) report(ctx context.Context, done Done, err error) {
	if ctx.Err() != nil { // we are being stopped: that says nothing of the cloud
		return
	}
	said := ""
	var at time.Time
	if err != nil {
		said = err.Error()
	} else {
		at = r.o.Service.Now()
	}
	r.o.Log.Reached(reached(err), at, attention(err))
	turned := said != r.last.err
	r.last.err = said
	switch {
	case err != nil && turned:
		r.o.Slog.WarnContext(ctx, "sync failed", "error", err, "sent", done.Sent)
	case turned, done.Sent > 0, done.Learnt > 0:
		r.o.Slog.InfoContext(ctx, "synced", "sent", done.Sent, "learnt", done.Learnt)
	}
	if turned || done.Sent > 0 || done.Learnt > 0 {
		r.o.Changed()
	}
}

// callFor bounds one request, so that a dead line is noticed.
const callFor = 30 * time.Second

// within makes a call that ends in time; one that does not is ErrAway.
func within[T any](ctx context.Context, call func(context.Context) (T, error)) (T, error) {
	limited, cancel := context.WithTimeout(ctx, callFor)
	defer cancel()
	return call(limited)
}
