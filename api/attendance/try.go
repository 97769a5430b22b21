package attendance

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Try is what is known of wrong codes given under one key.
type Try struct {
	Failures int
	Until    time.Time // no code is looked at before; zero: now
}

// How many wrong codes lead to a pause. A code of six digits of which two are good
// withstands that: one pause after another, a guesser needs years. The address's
// share is what a class of 300 behind one router mistypes on a bad day.
const (
	triesOfOne     = 5
	triesOfAddress = 100
)

// The first pause, which doubles, and the longest.
const (
	firstPause = time.Minute
	mostPause  = 16 * time.Minute
)

// pauseAfter is the pause that so many failures begin; every is how many it takes.
func pauseAfter(failures, every int) time.Duration {
	if failures == 0 || failures%every != 0 {
		return 0
	}
	return min(firstPause<<min(failures/every-1, 10), mostPause)
}

// count adds a failure under each of somebody's keys, and begins the pauses that
// are due.
func count(ctx context.Context, tx Answering, session ID, who answerer, at time.Time) (Said, error) {
	var said Said
	for i, key := range who.keys {
		n, err := tx.CountTry(ctx, session, key, at)
		if err != nil {
			return said, fmt.Errorf("count a wrong code: %w", err)
		}
		limit := who.limits[i]
		if i == 0 {
			said.Left = (limit - n%limit) % limit
		}
		pause := pauseAfter(n, limit)
		if pause == 0 {
			continue
		}
		said.Wait = max(said.Wait, pause)
		if err := tx.PauseTry(ctx, session, key, at.Add(pause)); err != nil {
			return said, fmt.Errorf("begin a pause: %w", err)
		}
	}
	return said, nil
}

// normalRoll is how two rolls are compared, as the original did.
func normalRoll(roll string) string { return strings.ToUpper(strings.TrimSpace(roll)) }
