package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/stick"
	"github.com/arise-attendance/arise/db/sqlite"
	"github.com/arise-attendance/arise/edge/replay"
)

// errUnknown: a pendrive without a first roster can do nothing before the cloud knows it.
var errUnknown = errors.New("set CLOUD_SERVER_URL to the school's address first")

// Bring brings a claim code from the office: it opens the first roster of a made
// pendrive, network or not, and pairs with the cloud. Opened without a cloud it is no
// error: the identity has a node then, and the code waits. Errors name the way out.
func Bring(ctx context.Context, c Config, store *sqlite.Store, code string) (id sqlite.Identity, paired bool, err error) {
	id, err = store.Identity(ctx)
	if err != nil {
		return id, false, err
	}
	_, waiting, err := store.Lease(ctx)
	if err != nil {
		return id, false, err
	}
	if !id.Node.IsZero() && waiting == "" {
		return id, true, fmt.Errorf("this pendrive is %q of %q already; another one needs a folder of its own (ARISE_EDGE_DATA)", id.Name, id.Institution)
	}
	var closed error // why the first roster stays closed
	if id.Node.IsZero() {
		if closed = open(ctx, c, store, code); closed == nil {
			if id, err = store.Identity(ctx); err != nil {
				return id, false, err
			}
		}
	}
	got, err := claim(ctx, c, id, code)
	switch {
	case err == nil:
		return got, true, store.Claimed(ctx, got)
	case !id.Node.IsZero() && (waiting == "" || waiting == code) && (errors.Is(err, replay.ErrAway) || errors.Is(err, errUnknown)):
		return id, false, nil
	case errors.Is(closed, stick.ErrCode) && errors.Is(err, replay.ErrAway):
		return id, false, fmt.Errorf("%w; or connect this computer to the internet, and it asks the school", closed)
	case closed != nil && !errors.Is(closed, fs.ErrNotExist) && !errors.Is(closed, stick.ErrCode):
		return id, false, closed
	}
	return id, false, err
}

// open makes this pendrive the one whose first roster the code opens.
func open(ctx context.Context, c Config, store *sqlite.Store, code string) error {
	sealed, err := os.ReadFile(c.Sealed)
	if err != nil {
		return fmt.Errorf("read the first roster: %w", err)
	}
	first, err := stick.Open(code, sealed)
	if err != nil {
		return err
	}
	id := sqlite.Identity{Node: first.Node, Name: first.Name, Institution: first.Institution, Cloud: first.Cloud}
	if c.Cloud != "" {
		id.Cloud = c.Cloud
	}
	return store.Adopt(ctx, id, first.Page(), attendance.Lease{ExpiresAt: first.ExpiresAt}, code)
}

// claim asks the cloud who this pendrive is.
func claim(ctx context.Context, c Config, id sqlite.Identity, code string) (sqlite.Identity, error) {
	if c.Cloud == "" {
		c.Cloud = id.Cloud
	}
	if c.Cloud == "" {
		return id, errUnknown
	}
	cloud, err := replay.NewClient(c.Cloud, "", c.Transport)
	if err != nil {
		return id, err
	}
	got, err := cloud.Claim(ctx, replay.Claim{Code: code, Key: id.Key, Incarnation: id.Incarnation, Version: c.Version})
	if err != nil {
		return id, wayOut(c, err)
	}
	if !id.Node.IsZero() && got.Node != id.Node {
		return id, fmt.Errorf("this code is for another pendrive, %q: ask the office for a code for %q", got.Name, id.Name)
	}
	id.Node, id.Name, id.Institution, id.Cloud = got.Node, got.Name, got.Institution, c.Cloud
	return id, nil
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
