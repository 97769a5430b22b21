// Package live tells screens that something changed. It carries no payload: a
// listener that wakes up reads the small state anew, so a missed or doubled
// signal is harmless and several replicas need agree on nothing.
package live

import (
	"sync"

	"github.com/arise-attendance/arise/api/attendance"
)

// Hub joins those who change sessions with those who watch them.
type Hub struct {
	mu       sync.Mutex
	watchers map[attendance.ID]map[chan struct{}]struct{}
}

// NewHub makes an empty hub.
func NewHub() *Hub {
	return &Hub{watchers: map[attendance.ID]map[chan struct{}]struct{}{}}
}

// Changed wakes everyone who watches a session. Signals coalesce: a watcher that
// has not woken yet hears several as one. It never blocks.
func (h *Hub) Changed(session attendance.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ch := range h.watchers[session] {
		wake(ch)
	}
}

// All wakes every watcher: the listener to other replicas was away for a moment
// and may have missed something.
func (h *Hub) All() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, set := range h.watchers {
		for ch := range set {
			wake(ch)
		}
	}
}

func wake(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// Watch returns a channel that receives after each change of a session, and a
// function that stops watching.
func (h *Hub) Watch(session attendance.ID) (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.watchers[session] == nil {
		h.watchers[session] = map[chan struct{}]struct{}{}
	}
	h.watchers[session][ch] = struct{}{}
	return ch, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.watchers[session], ch)
		if len(h.watchers[session]) == 0 {
			delete(h.watchers, session)
		}
	}
}

// Watching is how many watch.
func (h *Hub) Watching() (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, set := range h.watchers {
		n += len(set)
	}
	return n
}
