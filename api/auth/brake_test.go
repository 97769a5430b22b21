package auth_test

import (
	"errors"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/auth"
)

func TestPausesGrow(t *testing.T) {
	t.Parallel()
	for earlier, want := range map[int]time.Duration{-1: 1, 0: 1, 1: 2, 2: 4, 3: 8, 4: 15, 5: 15, 4000: 15} {
		if got := auth.Pause(earlier); got != want*time.Minute {
			t.Errorf("after %d pauses: got %s, want %d minutes", earlier, got, want)
		}
	}
}

func TestABrakeInMemory(t *testing.T) {
	t.Parallel()
	brake, ctx := auth.NewLocal(), t.Context()
	for i := range auth.Tries {
		if err := brake.Begin(ctx, "course", "address"); err != nil {
			t.Fatalf("try %d: got %v, want five tries", i+1, err)
		}
	}
	var wait auth.Wait
	if err := brake.Begin(ctx, "course", "address"); !errors.As(err, &wait) || wait.For != time.Minute {
		t.Errorf("a sixth try: got %v, want a pause", err)
	}
	if err := brake.Begin(ctx, "course", "elsewhere"); err != nil {
		t.Errorf("at another address: got %v, want no pause", err)
	}
	for range 50 {
		if err := errors.Join(brake.Begin(ctx, "right", "address"), brake.Right(ctx, "right", "address")); err != nil {
			t.Fatalf("got %v although every try was right", err)
		}
	}
}
