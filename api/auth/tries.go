package auth

import (
	"sync"
	"time"

	"github.com/go-chi/httprate"
)

// Tries slows down guessing: after so many failures within a minute a key must
// wait. The counting is httprate's sliding window. A try is counted before its
// secret is compared, so that many at once gain nothing, and given back when it
// was right.
type Tries struct {
	mu      sync.Mutex
	limiter *httprate.RateLimiter
	counter httprate.LimitCounter
}

const triesWindow = time.Minute

// NewTries allows that many failures a minute for each key.
func NewTries(most int) *Tries {
	counter := httprate.NewLocalLimitCounter(triesWindow)
	return &Tries{counter: counter, limiter: httprate.NewRateLimiter(most-1, triesWindow, httprate.WithLimitCounter(counter))}
}

// Begin counts a try; false means that the key must wait for about a minute.
func (t *Tries) Begin(key string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if ok, _, err := t.limiter.Status(key); err != nil || !ok {
		return false
	}
	return t.add(key, 1) == nil
}

// Right gives a try back.
func (t *Tries) Right(key string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.add(key, -1)
}

func (t *Tries) add(key string, n int) error {
	return t.counter.IncrementBy(key, time.Now().UTC().Truncate(triesWindow), n)
}
