package replay

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// How often one cycle follows the cloud's wish to send from elsewhere; more than
// that is a quarrel that only a pause can end.
const (
	mostGaps  = 3
	mostForks = 1
)

// send drains the log, one batch in flight. It returns where the feed ends, as
// the last receipt said.
func (r *Replay) send(ctx context.Context, done *Done) (attendance.Head, error) {
	var head attendance.Head
	gaps, forks := 0, 0
	for {
		up, err := r.o.Log.Pending(ctx, r.pace.batch, maxBytes)
		if err != nil || len(up.Facts) == 0 {
			return head, err
		}
		stamp, err := r.o.Service.Clock().Stamp()
		if err != nil {
			return head, err
		}
		done.spoke = true
		up.Clock = attendance.Sample{WallMS: stamp.WallMS, Segment: stamp.Segment, MonoMS: stamp.MonoMS}
		asked := r.o.World.Now()
		reply, err := within(ctx, func(ctx context.Context) (Reply, error) { return r.o.Cloud.Receive(ctx, up) })
		var gap attendance.Gap
		var fork attendance.Fork
		switch {
		case errors.As(err, &gap) && gaps < mostGaps:
			gaps++
			err = r.o.Log.Rewind(ctx, gap.Wanted)
		case errors.As(err, &fork) && forks < mostForks:
			forks++
			r.o.Slog.WarnContext(ctx, "this drive was copied or set back: sending all of it under a new name", "rewound", fork.Rewound)
			err = r.o.Log.Reborn(ctx)
		case err == nil:
			head = reply.Feed
			err = r.accept(ctx, up, reply, r.truth(reply.Now, asked), done)
		case tooMuch(err):
			r.pace.halve()
		}
		if err != nil {
			return head, err
		}
	}
}

// accept takes a reply in, and waits as long as the cloud asks.
func (r *Replay) accept(ctx context.Context, up attendance.Upload, reply Reply, now time.Time, done *Done) error {
	if reply.Seq < up.Facts[0].Seq {
		return Stranger{Why: fmt.Sprintf("it confirms line %d, we sent from %d", reply.Seq, up.Facts[0].Seq)}
	}
	err := r.o.Log.Ack(ctx, reply.Receipt, func(ctx context.Context, tx attendance.Outlog) error {
		results := append(reply.Results, attendance.Unmoved(up, reply.Receipt)...)
		if err := r.o.Service.Corrected(ctx, tx, results); err != nil || now.IsZero() {
			return err
		}
		return r.o.Service.Hear(ctx, tx, now, attendance.ByCloud) // with the corrections, or a class would end between them
	})
	if err != nil {
		return fmt.Errorf("take in what the cloud confirmed: %w", err)
	}
	for _, res := range reply.Results {
		if res.Code == string(attendance.WhyRevoked) && r.o.Told != nil { // at once: the next class must not begin
			if err := r.o.Told(ctx, attendance.Lease{State: attendance.NodeRevoked}); err != nil {
				return err
			}
			break
		}
	}
	done.Sent += int(reply.Seq - up.Facts[0].Seq + 1)
	r.pace.grow(reply.Batch)
	r.o.Changed()
	if reply.Wait <= 0 {
		return nil
	}
	timer := time.NewTimer(min(reply.Wait, mostPause))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// tooMuch reports whether a smaller batch may get through.
func tooMuch(err error) bool {
	var refused Refused
	return errors.Is(err, context.DeadlineExceeded) ||
		errors.As(err, &refused) && refused.Status == http.StatusRequestEntityTooLarge
}
