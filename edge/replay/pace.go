package replay

import (
	"encoding/binary"
	"io"
	"time"
)

// How much is sent at once, and how long to wait after failures.
const (
	leastBatch = 1
	firstBatch = 64
	mostBatch  = 1000
	maxBytes   = 1 << 20
	firstPause = time.Second
	mostPause  = 5 * time.Minute
	leastPause = 200 * time.Millisecond
)

// pace finds the batch size that the line to the cloud carries.
type pace struct{ batch int }

// grow doubles after a batch got through, to what the cloud advises.
func (p *pace) grow(advice int) {
	most := mostBatch
	if advice > 0 {
		most = min(most, advice)
	}
	p.batch = max(leastBatch, min(2*p.batch, most))
}

// halve answers a line that timed out.
func (p *pace) halve() { p.batch = max(leastBatch, p.batch/2) }

// Pause is how long to wait after so many failures in a row: full jitter up to an
// exponential bound, so that a school's drives do not all come back at once (AWS,
// "Exponential Backoff and Jitter", 2015).
func Pause(failures int, most time.Duration, chance io.Reader) time.Duration {
	bound := firstPause << min(failures-1, 20)
	bound = max(leastPause, min(bound, most, mostPause))
	var n [8]byte
	if _, err := io.ReadFull(chance, n[:]); err != nil {
		return bound
	}
	return max(leastPause, time.Duration(binary.BigEndian.Uint64(n[:])%uint64(bound)))
}
