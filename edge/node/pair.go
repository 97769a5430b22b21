package node

import (
	"context"
	"errors"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/edge/replay"
)

// sync pairs as soon as there is a code and a cloud to bring it to, and then replays
// for good. Classes are held meanwhile, once the first roster is open.
func (n *Node) sync(ctx context.Context) error {
	for failures := 1; ; failures++ {
		r := n.room.Load()
		if r.replay != nil {
			return r.replay.Run(ctx)
		}
		code := r.claim
		if r.identity.Node.IsZero() {
			code = n.config.Claim
		} else if code == "" {
			return nil // it does not know of any cloud
		}
		wait := time.Duration(-1) // until somebody types a code
		if code == "" {
			n.store.Reached(false, time.Time{}, "This pendrive does not know its school yet: type the claim code from the office on its page, "+n.Here()+claimPath+", or run edge claim CODE.")
		} else if err := n.bring(ctx, code); err != nil {
			var refused replay.Refused
			if !errors.As(err, &refused) {
				wait = replay.Pause(failures, claimWithin, n.config.World.Rand)
			}
		} else { // opened, and the cloud is away
			wait = replay.Pause(failures, claimWithin, n.config.World.Rand)
		}
		if n.room.Load().replay != nil {
			continue
		}
		if ctx.Err() != nil || !n.rest(ctx, wait) {
			return nil //nolint:nilerr // we are being stopped
		}
	}
}

// claimWithin is the longest wait between two tries to pair: somebody stands by
// and watches.
const claimWithin = 15 * time.Second

// rest waits, or for ever below zero, until a code was typed; false when we stop.
func (n *Node) rest(ctx context.Context, wait time.Duration) bool {
	var over <-chan time.Time
	if wait >= 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-over:
	case <-n.typed:
	case <-ctx.Done():
		return false
	}
	return true
}

// bring brings a code, and moves into the room of whom this pendrive is then. Whoever
// types one and whoever tries again take turns.
func (n *Node) bring(ctx context.Context, code string) error {
	n.bringing.Lock()
	defer n.bringing.Unlock()
	if n.room.Load().replay != nil {
		return nil // somebody was faster
	}
	id, paired, err := Bring(ctx, n.config, n.store, code)
	if moved := id.Node != n.room.Load().identity.Node || paired; moved && ctx.Err() == nil {
		if aerr := n.assemble(ctx); aerr != nil {
			return errors.Join(err, aerr)
		}
	}
	switch {
	case ctx.Err() != nil:
	case err != nil:
		said := err.Error()
		if said != n.said {
			n.config.Log.WarnContext(ctx, "not paired yet", "error", err)
		}
		n.said = said
		what := "This pendrive is not paired yet: "
		if !id.Node.IsZero() {
			what = "Classes are held and marks are safe here, but the school does not take this pendrive's code: "
		}
		n.store.Reached(false, time.Time{}, what+said+".")
	case paired:
		n.config.Log.InfoContext(ctx, "paired", "name", id.Name, "institution", id.Institution)
		n.store.Reached(true, time.Time{}, "")
	default:
		if n.said != "opened" {
			n.config.Log.InfoContext(ctx, "the first roster is open; pairing when the cloud can be reached", "name", id.Name)
		}
		n.said = "opened"
		n.store.Reached(false, time.Time{}, "")
	}
	return err
}

// told takes over what the cloud says that this pendrive may do.
func (n *Node) told(ctx context.Context, l attendance.Lease) error {
	before := n.lease.Load()
	if before.State == l.State && before.ExpiresAt.Equal(l.ExpiresAt) {
		return nil
	}
	if err := n.store.SetLease(ctx, l); err != nil {
		return err
	}
	n.lease.Store(&l)
	n.hub.All()
	return nil
}
