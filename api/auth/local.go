package auth

import (
	"context"
	"sync"
	"time"

	"github.com/go-chi/httprate"
)

// Local is the Brake of a server that is alone, such as a pendrive: after so many
// failures within a minute an account waits at that address for about a minute.
// The counting is httprate's sliding window.
type Local struct {
	mu      sync.Mutex
	limiter *httprate.RateLimiter
	counter httprate.LimitCounter
}

const triesWindow = time.Minute

// NewLocal forgets everything when the program ends.
func NewLocal() *Local {
	counter := httprate.NewLocalLimitCounter(triesWindow)
	return &Local{counter: counter, limiter: httprate.NewRateLimiter(Tries-1, triesWindow, httprate.WithLimitCounter(counter))}
}

// Begin implements Brake.
func (t *Local) Begin(_ context.Context, account, address string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	ok, _, err := t.limiter.Status(account + "|" + address)
	if err != nil {
		return err
	}
	if !ok {
		return Wait{For: triesWindow}
	}
	return t.add(account+"|"+address, 1)
}

// Right implements Brake.
func (t *Local) Right(_ context.Context, account, address string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.add(account+"|"+address, -1)
}

func (t *Local) add(key string, n int) error {
	return t.counter.IncrementBy(key, time.Now().UTC().Truncate(triesWindow), n)
}
