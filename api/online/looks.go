package online

import (
	"sync"
	"time"

	"github.com/go-chi/httprate"
)

// LooksPerMinute stops one computer from keeping the database busy with links. It
// is far above what the classes behind one campus router do.
const LooksPerMinute = 12_000

// Looks counts how often each address looks at links, at this server, in
// httprate's sliding window.
type Looks struct {
	mu      sync.Mutex
	limiter *httprate.RateLimiter
	counter httprate.LimitCounter
}

// NewLooks allows so many in a minute.
func NewLooks(most int) *Looks {
	counter := httprate.NewLocalLimitCounter(time.Minute)
	return &Looks{counter: counter, limiter: httprate.NewRateLimiter(most-1, time.Minute, httprate.WithLimitCounter(counter))}
}

// allow counts a look; false: wait.
func (l *Looks) allow(address string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if ok, _, err := l.limiter.Status(address); err != nil || !ok {
		return false
	}
	return l.counter.IncrementBy(address, time.Now().UTC().Truncate(time.Minute), 1) == nil
}
