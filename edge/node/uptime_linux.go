package node

import (
	"time"

	"golang.org/x/sys/unix"
)

// Uptime goes on while the computer sleeps, which Go's own monotonic clock does not.
func Uptime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		return time.Since(began)
	}
	return time.Duration(t.Nano())
}

// began is for a kernel that has no such clock.
var began = time.Now()
