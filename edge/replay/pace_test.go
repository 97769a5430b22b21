package replay

import (
	"bytes"
	"crypto/rand"
	"testing"
	"time"
)

func TestPausesStayWithinTheirBounds(t *testing.T) {
	t.Parallel()
	longest := bytes.NewReader(bytes.Repeat([]byte{0xff}, 8*20))
	var last time.Duration
	for failures := 1; failures <= 12; failures++ {
		for range 100 {
			if got := Pause(failures, mostPause, rand.Reader); got < leastPause || got > mostPause {
				t.Fatalf("after %d failures: got %v", failures, got)
			}
		}
		got := Pause(failures, time.Minute, longest)
		if got > time.Minute {
			t.Errorf("after %d failures: got %v, want at most the time between two syncs", failures, got)
		}
		last = got
	}
	if last == 0 {
		t.Error("no chance was taken")
	}
	if got := Pause(3, mostPause, bytes.NewReader(nil)); got != 4*time.Second {
		t.Errorf("without chance: got %v, want the bound", got)
	}
}

func TestBatchesGrowAndShrinkWithinBounds(t *testing.T) {
	t.Parallel()
	p := pace{batch: firstBatch}
	for _, step := range []struct {
		do   func()
		want int
	}{
		{func() { p.grow(0) }, 128},
		{func() { p.grow(200) }, 200},
		{func() { p.grow(1000) }, 400},
		{func() { p.grow(5000) }, 800},
		{func() { p.grow(5000) }, 1000},
		{func() { p.halve() }, 500},
		{func() { p.batch = 1; p.halve() }, 1},
	} {
		if step.do(); p.batch != step.want {
			t.Errorf("got %d, want %d", p.batch, step.want)
		}
	}
}
