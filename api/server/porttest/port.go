// Package porttest finds ports for programs that a test starts and, after a pulled
// plug, starts again at the same address.
package porttest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
)

// Below every system's ephemeral range (Linux begins at 32768): a port from inside
// it may be lent to anyone's outgoing call between our look and the program's start.
const lowest, highest = 12_000, 32_000

// Free is a port on which nobody listens.
func Free(t testing.TB) int {
	t.Helper()
	var err error
	for range 100 {
		port := lowest + rand.IntN(highest-lowest) //nolint:gosec // no secret
		var l net.Listener
		if l, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", fmt.Sprintf(":%d", port)); err != nil {
			continue
		}
		if err = l.Close(); err == nil {
			return port
		}
	}
	t.Fatalf("100 ports were all taken, at last: %v", err)
	return 0
}
