package node

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/live"
	"github.com/arise-attendance/arise/db/sqlite"
	"github.com/arise-attendance/arise/edge/announce"
	"github.com/arise-attendance/arise/edge/door"
	"github.com/arise-attendance/arise/edge/phone"
	"github.com/arise-attendance/arise/edge/replay"
)

// Node is one pendrive's program, ready to run.
type Node struct {
	config   Config
	hub      *live.Hub
	store    *sqlite.Store
	listener net.Listener
	http     *http.Server
	phones   *phone.Book
	door     *door.Door
	announce *announce.Announcer // nil: it listens to this computer only
	stopLive chan struct{}
	instance string // of this start
	started  time.Time

	// One is made when the program starts, and another when it learns who it is.
	room     atomic.Pointer[room]
	lease    atomic.Pointer[attendance.Lease]
	typed    chan struct{} // somebody typed a code that was right
	bringing sync.Mutex
	said     string // of pairing, last
	brake    auth.Brake

	changed atomic.Bool // since the last look: the drive is in use
	mounts  int         // of the register that the room was made with
	ejected chan struct{}
	leave   sync.Once
}

// room is what depends on who this pendrive is.
type room struct {
	identity sqlite.Identity
	service  *attendance.Service
	claim    string         // that opened the first roster, and waits for the cloud
	replay   *replay.Replay // nil: not paired, or no cloud configured
	handler  http.Handler
}

// New takes the register and then a port: of two programs on one folder the second
// must find out before it changes anything. Its errors name the way out.
func New(ctx context.Context, c Config) (n *Node, err error) {
	n = &Node{
		config: c, hub: live.NewHub(), stopLive: make(chan struct{}), typed: make(chan struct{}, 1), brake: auth.NewLocal(), ejected: make(chan struct{}),
		instance: rand.Text(), started: c.World.Now(),
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Close())
		}
	}()
	if n.store, err = Open(ctx, c, n.onChange, n.onAppend); err != nil {
		return n, err
	}
	if err = n.settleIn(ctx); err != nil {
		return n, err
	}
	n.unsign()
	n.mounts = n.store.Mounts()
	if err = remember(ctx, &n.config, n.store); err != nil {
		return n, err
	}
	if n.listener, err = listen(ctx, c.Listen); err != nil {
		return n, err
	}
	if n.phones, err = phone.Open(ctx, n.store, c.World, c.Log); err != nil {
		return n, err
	}
	n.door = door.New(n.phones, c.Listen)
	n.announce = n.announcer()
	if err = n.assemble(ctx); err != nil {
		return n, err
	}
	n.http = &http.Server{
		Handler:           http.HandlerFunc(n.serve),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 32 << 10,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	if err := n.sign(); err != nil { // a second start will not find us, and all else works
		c.Log.WarnContext(ctx, "a second start will not find this one", "error", err)
	}
	return n, nil
}

// Open opens the register, and says what to do when it cannot be had.
func Open(ctx context.Context, c Config, onChange func(attendance.ID), onAppend func()) (*sqlite.Store, error) {
	s, err := sqlite.Open(ctx, c.Data, sqlite.Options{
		Now: c.World.Now, Rand: c.World.Rand, OnChange: onChange, OnAppend: onAppend,
	})
	switch {
	case errors.Is(err, sqlite.ErrInUse):
		return nil, fmt.Errorf("%w: an edge is running on %s already; stop it, or set ARISE_EDGE_DATA to another folder", err, c.Data)
	case errors.Is(err, sqlite.ErrFull):
		return nil, fmt.Errorf("%w: the program needs about 20 MB in %s", err, c.Data)
	case errors.Is(err, sqlite.ErrDamaged):
		return nil, fmt.Errorf("%w: keep %s as it is, bring it to the office, and set ARISE_EDGE_DATA to a new folder meanwhile", err, c.Data)
	case err != nil:
		return nil, err
	}
	if why := s.Failed(); why != nil {
		c.Log.WarnContext(ctx, "the register is only read", "folder", c.Data, "error", why)
	}
	return s, nil
}

// remember fills in the cloud's address that this pendrive was paired with.
func remember(ctx context.Context, c *Config, store *sqlite.Store) error {
	id, err := store.Identity(ctx)
	if c.Cloud == "" {
		c.Cloud = id.Cloud
	}
	return err
}

func (n *Node) onChange(session attendance.ID) {
	n.changed.Store(true)
	n.hub.Changed(session)
}

func (n *Node) onAppend() {
	n.changed.Store(true)
	if r := n.room.Load(); r != nil && r.replay != nil {
		r.replay.Nudge()
	}
}

// Address is where it listens.
func (n *Node) Address() string { return n.listener.Addr().String() }

// Here is where this computer finds it, LAN where others do.
func (n *Node) Here() string { return Here(n.Address()) }

// Moved says that its port is not the wanted one; empty: it is.
func (n *Node) Moved() string { return moved(portOf(n.config.Listen), portOf(n.Address())) }

// LAN is empty when it listens to this computer only.
func (n *Node) LAN() []string { return lan(n.Address(), ownAddresses()) }

// Run serves until ctx ends, then lets what is under way finish.
func (n *Node) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		select {
		case <-n.ejected: // the answer that says so is still given: see Shutdown
			cancel()
		case <-ctx.Done():
		}
		return nil
	})
	g.Go(func() error {
		if err := n.http.Serve(door.Limit(n.listener)); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	g.Go(func() error { return n.sync(ctx) })
	if n.announce != nil {
		g.Go(func() error { return n.announce.Run(ctx) })
	}
	g.Go(func() error { return n.every(ctx, closeEvery, n.closeDue) })
	g.Go(func() error { return n.every(ctx, idleAfter, n.settle) })
	g.Go(func() error { return n.every(ctx, tendEvery, n.tend) })
	g.Go(func() error {
		<-ctx.Done()
		close(n.stopLive) // a live stream never ends by itself
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownFor)
		defer cancel()
		return n.http.Shutdown(ctx)
	})
	return g.Wait()
}

const (
	closeEvery  = 2 * time.Second
	tendEvery   = 2 * time.Second
	idleAfter   = 10 * time.Second
	shutdownFor = 20 * time.Second // requests under way may take so long to finish
)

// every calls fn at a steady pace until ctx ends.
func (n *Node) every(ctx context.Context, pace time.Duration, fn func(context.Context) error) error {
	tick := time.NewTicker(pace)
	defer tick.Stop()
	said := ""
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		err := fn(ctx)
		switch {
		case err == nil:
			said = ""
		case err.Error() != said: // once, not each two seconds
			said = err.Error()
			n.config.Log.ErrorContext(ctx, "housekeeping failed", "error", err)
		}
	}
}

func (n *Node) closeDue(ctx context.Context) error {
	r := n.room.Load()
	if r.identity.Node.IsZero() {
		return nil
	}
	_, err := r.service.CloseDue(ctx)
	return err
}

// settle leaves everything in one file while nothing happens, so that the usual
// careless pull meets an empty write-ahead log.
func (n *Node) settle(ctx context.Context) error {
	if n.changed.Swap(false) {
		return nil // in use: look again later
	}
	return n.store.Checkpoint(ctx)
}

// Close gives everything back. It is safe to call twice, and on what New could
// not finish.
func (n *Node) Close() error {
	var errs []error
	switch {
	case n.http != nil:
		errs = append(errs, n.http.Close())
	case n.listener != nil:
		errs = append(errs, n.listener.Close())
	}
	n.http, n.listener = nil, nil
	if n.store != nil {
		if !n.Ejected() { // nothing is written to a drive that may be gone
			n.unsign()
		}
		errs = append(errs, n.store.Close())
		n.store = nil
	}
	return errors.Join(errs...)
}
