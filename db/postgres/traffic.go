package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/go-chi/httprate"

	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

const (
	// shareEvery is how often replicas tell one another. Until then somebody may get
	// as much again from each of them.
	shareEvery = 2 * time.Second
	// shareFrom requests in a window a key is worth a row: who asks little is never
	// written down.
	shareFrom = 20
)

// Traffic counts requests for all replicas. It counts in memory, and every two
// seconds the replicas add up, in one statement, the few keys that ask much: no
// request waits for the database. It implements httprate.LimitCounter.
type Traffic struct {
	store  *Store
	window time.Duration

	mu      sync.Mutex
	tallies map[tallyKey]*tally
}

type tallyKey struct {
	key string
	at  time.Time
}

type tally struct {
	shared int // all replicas', as last heard
	own    int // ours since
}

var _ httprate.LimitCounter = (*Traffic)(nil)

// Traffic makes a counter; call Run.
func (s *Store) Traffic(window time.Duration) *Traffic {
	return &Traffic{store: s, window: window, tallies: map[tallyKey]*tally{}}
}

// Config implements httprate.LimitCounter.
func (*Traffic) Config(int, time.Duration) {}

// Increment implements httprate.LimitCounter.
func (t *Traffic) Increment(key string, current time.Time) error {
	return t.IncrementBy(key, current, 1)
}

// IncrementBy implements httprate.LimitCounter.
func (t *Traffic) IncrementBy(key string, current time.Time, amount int) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	k := tallyKey{key, current}
	have, ok := t.tallies[k]
	if !ok {
		have = &tally{}
		t.tallies[k] = have
	}
	have.own += amount
	return nil
}

// Get implements httprate.LimitCounter.
func (t *Traffic) Get(key string, current, previous time.Time) (now, before int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count(tallyKey{key, current}), t.count(tallyKey{key, previous}), nil
}

func (t *Traffic) count(k tallyKey) int {
	have, ok := t.tallies[k]
	if !ok {
		return 0
	}
	return have.shared + have.own
}

// Run shares until ctx ends. Without the database each replica counts alone.
func (t *Traffic) Run(ctx context.Context) error {
	tick := time.NewTicker(shareEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := t.Share(ctx); err != nil && ctx.Err() == nil {
			t.store.log.WarnContext(ctx, "could not share how much is asked", slog.Any("error", err))
		}
	}
}

// Share adds up with the other replicas once.
func (t *Traffic) Share(ctx context.Context) error {
	now := t.store.now()
	busy := t.busy(now)
	if len(busy) == 0 {
		return nil
	}
	var (
		keys     [][]byte
		windows  []time.Time
		requests []int64
	)
	for _, s := range busy {
		keys, windows, requests = append(keys, digest(s.key)), append(windows, s.at), append(requests, int64(s.own))
	}
	q := dbsqlc.New(t.store.pool)
	if err := q.ForgetTraffic(ctx, now.Add(-2*t.window)); err != nil {
		return fmt.Errorf("forget old traffic: %w", err)
	}
	rows, err := q.AddTraffic(ctx, keys, windows, requests)
	if err != nil {
		return fmt.Errorf("add traffic up: %w", err)
	}
	all := map[string]int64{}
	for _, r := range rows {
		all[string(r.Key)+r.WindowAt.UTC().String()] = r.Requests
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, s := range busy {
		if have, ok := t.tallies[s.tallyKey]; ok {
			have.shared, have.own = int(all[string(keys[i])+s.at.UTC().String()]), have.own-s.own
		}
	}
	return nil
}

// asked is what this replica has to say of one key.
type asked struct {
	tallyKey
	own int
}

// busy are the keys worth sharing; windows that are over are forgotten.
func (t *Traffic) busy(now time.Time) (out []asked) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for k, have := range t.tallies {
		switch {
		case now.Sub(k.at) > 2*t.window:
			delete(t.tallies, k)
		case have.shared == 0 && have.own < shareFrom || now.Sub(k.at) > t.window && have.own == 0:
		default:
			out = append(out, asked{k, have.own})
		}
	}
	return out
}
