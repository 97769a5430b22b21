package auth

import (
	"context"
	"fmt"
	"time"
)

// Tries is how many wrong secrets are free, and about how many minutes the pauses
// after them last: as many as the original allowed in a minute.
const Tries = 5

// maxPause is the longest one: a guesser gets nowhere, and an owner gets in.
const maxPause = 15 * time.Minute

// Pause is how long an account waits after so many earlier pauses: 1, 2, 4, 8 and
// then 15 minutes.
func Pause(earlier int) time.Duration {
	return min(time.Minute<<min(max(earlier, 0), 4), maxPause)
}

// Brake slows down guessing. A try is counted before its secret is compared, so
// that many at once gain nothing, and given back when it was right.
type Brake interface {
	// Begin counts a try for an account from an address; Wait when that has to wait.
	Begin(ctx context.Context, account, address string) error
	// Right gives it back.
	Right(ctx context.Context, account, address string) error
}

// Wait refuses somebody for a while.
type Wait struct{ For time.Duration }

func (w Wait) Error() string {
	minutes := int((w.For + time.Minute - 1) / time.Minute)
	if minutes <= 1 {
		return "too many wrong tries: wait a minute, then try again"
	}
	return fmt.Sprintf("too many wrong tries: wait %d minutes, then try again", minutes)
}
