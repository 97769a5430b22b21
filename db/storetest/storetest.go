// Package storetest is the one conformance suite of the stores. Every comment of
// attendance.Store and attendance.Tx is a test here, and so is the real
// attendance.Service over the store: what a class does must come out the same on
// a pendrive and in the cloud.
package storetest

import (
	"context"
	"crypto/rand"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Harness is one empty store and the way a roster gets into it.
type Harness struct {
	Store attendance.Store
	// Seed writes rows as the roster feed carries them; their Rev means nothing.
	// Rows come in an order in which each refers only to earlier ones.
	Seed func(ctx context.Context, rows []attendance.Change) error
	// Node is the server that facts name as theirs, Other another server; none:
	// any will do.
	Node, Other attendance.ID
	// Cloud says that this store is the cloud's, where nothing waits.
	Cloud bool
}

// Run runs the suite. open gives each test its own empty store.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	t.Helper()
	for _, part := range []map[string]func(*testing.T, *room){
		transactions, rosters, sessions, facts, inbox, standings, devices,
		holding, marking, walking, scanning, pulsing, readings, folding, learning, settings, voiding,
	} {
		for name, test := range part {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, setup(t, open(t)))
			})
		}
	}
}

// room is a store with a small school in it.
type room struct {
	Harness
	*School
	ctx   context.Context
	world attendance.World
	clock *clock
	serve *attendance.Service
}

func setup(t *testing.T, h Harness) *room {
	t.Helper()
	if h.Node.IsZero() {
		h.Node = newID(t)
	}
	c := &clock{now: time.Now()}
	r := &room{
		Harness: h, School: newSchool(t), ctx: t.Context(), clock: c,
		world: attendance.World{Now: c.Now, Rand: rand.Reader},
	}
	if err := h.Seed(r.ctx, r.Rows); err != nil {
		t.Fatalf("seed the school: %v", err)
	}
	r.serve = r.service(t)
	return r
}

// service is another start of the same server.
func (r *room) service(t *testing.T) *attendance.Service {
	t.Helper()
	s, err := attendance.NewService(r.ctx, r.Store, r.world, r.Node, attendance.Rules{Policy: attendance.DefaultPolicy()})
	if err != nil {
		t.Fatalf("start the service: %v", err)
	}
	return s
}

// clock is a time that passes only when told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newID(t *testing.T) attendance.ID {
	t.Helper()
	id, err := attendance.NewID(time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// in runs fn in a transaction that must succeed.
func (r *room) in(t *testing.T, fn func(ctx context.Context, tx attendance.Tx) error) {
	t.Helper()
	if err := r.Store.InTx(r.ctx, fn); err != nil {
		t.Fatalf("transaction: %v", err)
	}
}

// see reads something that must be readable.
func see[T any](t *testing.T, r *room, fn func(ctx context.Context, tx attendance.Tx) (T, error)) T {
	t.Helper()
	var out T
	err := r.Store.View(r.ctx, func(ctx context.Context, tx attendance.Tx) (err error) {
		out, err = fn(ctx, tx)
		return err
	})
	if err != nil {
		t.Fatalf("view: %v", err)
	}
	return out
}

// must fails the test on an error.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func sameList[T comparable](t *testing.T, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func names[T, N any](list []T, name func(T) N) []N {
	out := make([]N, len(list))
	for i, v := range list {
		out[i] = name(v)
	}
	return out
}
