package live_test

import (
	"sync"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/live"
)

func woken(ch <-chan struct{}) bool {
	select {
	case <-ch:
		return true
	default:
		return false
	}
}

func TestHub(t *testing.T) {
	t.Parallel()
	a, b := attendance.Derive("a"), attendance.Derive("b")

	t.Run("several changes wake a sleeper once", func(t *testing.T) {
		t.Parallel()
		h := live.NewHub()
		ch, stop := h.Watch(a)
		defer stop()
		for range 10 {
			h.Changed(a)
		}
		if !woken(ch) || woken(ch) {
			t.Error("want exactly one wake-up")
		}
		h.Changed(a)
		if !woken(ch) {
			t.Error("got no wake-up after the first was taken")
		}
	})
	t.Run("another session's change wakes nobody", func(t *testing.T) {
		t.Parallel()
		h := live.NewHub()
		ch, stop := h.Watch(a)
		defer stop()
		h.Changed(b)
		if woken(ch) {
			t.Error("got a wake-up for another session")
		}
	})
	t.Run("all are woken after a gap", func(t *testing.T) {
		t.Parallel()
		h := live.NewHub()
		one, stopOne := h.Watch(a)
		two, stopTwo := h.Watch(b)
		defer stopOne()
		defer stopTwo()
		h.All()
		if !woken(one) || !woken(two) {
			t.Error("want both watchers woken")
		}
	})
	t.Run("who stopped hears nothing, and the rest goes on", func(t *testing.T) {
		t.Parallel()
		h := live.NewHub()
		gone, stop := h.Watch(a)
		here, stopHere := h.Watch(a)
		defer stopHere()
		stop()
		h.Changed(a)
		if woken(gone) || !woken(here) {
			t.Error("want only the one that still watches woken")
		}
	})
	t.Run("many may come and go while it changes", func(t *testing.T) {
		t.Parallel()
		h := live.NewHub()
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				ch, stop := h.Watch(a)
				h.Changed(a)
				<-ch
				stop()
			})
		}
		wg.Wait()
	})
}
