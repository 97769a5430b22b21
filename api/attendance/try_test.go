package attendance

import (
	"testing"
	"time"
)

func TestEachPauseIsTwiceTheLast(t *testing.T) {
	t.Parallel()
	for failures, want := range map[int]time.Duration{
		0: 0, 1: 0, 4: 0, 5: time.Minute, 6: 0, 10: 2 * time.Minute, 15: 4 * time.Minute, 25: 16 * time.Minute,
		30: 16 * time.Minute, 5_000_000: 16 * time.Minute,
	} {
		if got := pauseAfter(failures, 5); got != want {
			t.Errorf("after %d: got %v, want %v", failures, got, want)
		}
	}
}
