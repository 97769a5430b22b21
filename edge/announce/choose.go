package announce

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pion/mdns/v2"
)

const (
	mostNames = 20
	// askFor is how long a name is asked after; RFC 6762 asks three times in 750 ms.
	askFor   = 800 * time.Millisecond
	askEvery = 250 * time.Millisecond
)

// choose finds a name that nobody else in the network answers to.
func (a *Announcer) choose(ctx context.Context) (string, error) {
	conn, err := open(mdns.WithQueryInterval(askEvery))
	if err != nil {
		return "", err
	}
	defer conn.Close()
	for n := 1; n <= mostNames && ctx.Err() == nil; n++ {
		host := hostname(n)
		asked, cancel := context.WithTimeout(ctx, askFor)
		_, at, err := conn.QueryAddr(asked, host)
		silent := asked.Err() != nil
		cancel()
		switch {
		case err != nil && !silent:
			return "", fmt.Errorf("ask for %s: %w", host, err)
		case err != nil, slices.Contains(a.config.Own(), at.Unmap().WithZone("")): // nobody, or this computer
			return host, ctx.Err()
		}
	}
	return "", errors.Join(ctx.Err(), fmt.Errorf("the names arise to arise-%d are all taken", mostNames))
}

func hostname(n int) string {
	if n == 1 {
		return "arise.local"
	}
	return fmt.Sprintf("arise-%d.local", n)
}
