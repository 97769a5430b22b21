package node

import (
	"time"

	"golang.org/x/sys/windows"
)

// Uptime goes on while the computer sleeps.
func Uptime() time.Duration { return windows.DurationSinceBoot() }
