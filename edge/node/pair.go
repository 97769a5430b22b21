package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
	"github.com/arise-attendance/arise/edge/replay"
)

// sync pairs when there is a code to pair with, and then replays for good.
func (n *Node) sync(ctx context.Context) error {
	if n.room.Load().identity.Node.IsZero() {
		if n.config.Claim == "" || n.config.Cloud == "" {
			n.store.Reached(false, time.Time{}, "This pendrive is not paired with the school yet: run edge claim CODE.")
			return nil
		}
		if err := n.claim(ctx); err != nil {
			return err
		}
	}
	select {
	case <-n.paired:
		if r := n.room.Load().replay; r != nil {
			return r.Run(ctx)
		}
		return nil // it does not know of any cloud
	case <-ctx.Done():
		return nil
	}
}

// claimWithin is the longest wait between two tries to pair: somebody stands by
// and watches.
const claimWithin = 15 * time.Second

// claim tries until the cloud accepts, or refuses for good.
func (n *Node) claim(ctx context.Context) error {
	said := ""
	for failures := 1; ; failures++ {
		id, err := Pair(ctx, n.config, n.store)
		if err == nil {
			n.config.Log.InfoContext(ctx, "paired", "name", id.Name, "institution", id.Institution)
			n.store.Reached(true, time.Time{}, "")
			return n.assemble(ctx)
		}
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it failed because we stop
		}
		if err.Error() != said {
			said = err.Error()
			n.config.Log.WarnContext(ctx, "not paired yet", "error", err)
		}
		n.store.Reached(false, time.Time{}, "This pendrive is not paired yet: "+said+".")
		var refused replay.Refused
		if errors.As(err, &refused) {
			return nil // the reason is on the page; another code needs another start
		}
		wait := time.NewTimer(replay.Pause(failures, claimWithin, n.config.World.Rand))
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return nil
		}
	}
}

// Pair claims this pendrive with the code of the configuration and stores who it
// is. Its errors name the way out.
func Pair(ctx context.Context, c Config, store *sqlite.Store) (sqlite.Identity, error) {
	id, err := store.Identity(ctx)
	if err != nil {
		return id, err
	}
	if !id.Node.IsZero() {
		return id, fmt.Errorf("this pendrive is %q of %q already; another one needs a folder of its own (ARISE_EDGE_DATA)", id.Name, id.Institution)
	}
	if c.Cloud == "" {
		return id, errors.New("set CLOUD_SERVER_URL to the school's address first")
	}
	cloud, err := replay.NewClient(c.Cloud, "", c.Transport)
	if err != nil {
		return id, err
	}
	got, err := cloud.Claim(ctx, replay.Claim{Code: c.Claim, Key: id.Key, Incarnation: id.Incarnation, Version: c.Version})
	if err != nil {
		return id, wayOut(c, err)
	}
	id.Node, id.Name, id.Institution, id.Cloud = got.Node, got.Name, got.Institution, c.Cloud
	return id, store.Claimed(ctx, id)
}

func wayOut(c Config, err error) error {
	var stranger replay.Stranger
	var busy replay.Busy
	switch {
	case errors.Is(err, replay.ErrAway):
		return fmt.Errorf("%w at %s: connect this computer to the internet and try again, the code stays good", err, c.Cloud)
	case errors.As(err, &stranger):
		return fmt.Errorf("%w: sign in to this network, or check CLOUD_SERVER_URL (%s)", err, c.Cloud)
	case errors.As(err, &busy):
		return fmt.Errorf("%w: try again", err)
	case errors.Is(err, attendance.ErrRevoked):
		return fmt.Errorf("%w: ask the office for a new code", err)
	}
	return err
}
