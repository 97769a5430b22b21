package pendrive

import (
	"fmt"
	"math"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// CloudOf says how the sync stands, in the pill's words.
func CloudOf(b attendance.Backlog, now time.Time) EdgeCloud {
	out := EdgeCloud{
		Reachable: b.Reachable, State: b.State(), Waiting: b.Waiting, Unplaced: b.Unplaced,
		SyncWords: "never", Words: "Saved",
	}
	if !b.LastSync.IsZero() {
		at := b.LastSync.UTC().Truncate(time.Millisecond)
		out.LastSync, out.SyncWords = &at, ago(now.Sub(at))
	}
	switch out.State {
	case "sending":
		out.Words = fmt.Sprintf("Sending %d", b.Waiting)
	case "offline":
		if out.Words = "Offline"; b.Waiting > 0 {
			out.Words = fmt.Sprintf("Offline - %d safe here", b.Waiting)
		}
	case "attention":
		if out.Words = "Needs attention"; b.Unplaced > 0 {
			out.Words = fmt.Sprintf("Needs attention: %s unplaced", count(b.Unplaced, "scan"))
		}
	}
	return out
}

// lowSpace is when somebody should make room: the register of a year needs less.
const lowSpace = 64 << 20

// MediumOf says how the drive is; failed is why it cannot keep a mark, if so.
func MediumOf(failed error, free, total int64) EdgeMedium {
	m := EdgeMedium{State: "well", Words: "Well", FreeBytes: free, TotalBytes: total}
	switch {
	case failed != nil:
		m.State, m.Words = "failed", "No mark is saved here any more: "+failed.Error()
	case total > 0 && free < lowSpace:
		m.State, m.Words = "low", fmt.Sprintf("Nearly full: %s free. Delete something else from the pendrive.", Size(free))
	}
	return m
}

// inStep is how far a clock may be off without anybody needing to know.
const inStep = 30 * time.Second

// ClockOf says how far this computer's clock is ahead of the cloud's, as it was
// at a time; never compared when that is zero. Lateness does not depend on it.
func ClockOf(off time.Duration, at time.Time) EdgeClock {
	if at.IsZero() {
		return EdgeClock{State: "unknown", Words: "Not compared with the cloud yet"}
	}
	at = at.UTC().Truncate(time.Second)
	c := EdgeClock{State: "well", Words: "In step with the cloud", OffSeconds: math.Round(off.Seconds()*10) / 10, CheckedAt: &at}
	switch {
	case off > inStep:
		c.State, c.Words = "ahead", "This computer's clock is "+lasting(off)+" ahead: set it right, marks are not affected"
	case off < -inStep:
		c.State, c.Words = "behind", "This computer's clock is "+lasting(-off)+" behind: set it right, marks are not affected"
	}
	return c
}

// EncryptionOf says whether names on the drive are sealed.
func EncryptionOf(on bool) EdgeEncryption {
	if on {
		return EdgeEncryption{On: true, Words: "On: whoever finds this pendrive reads no name"}
	}
	return EdgeEncryption{Words: "Off: whoever finds this pendrive can read names and rolls"}
}

// Size prints bytes for people, as drives are sold: in thousands.
func Size(n int64) string {
	v, units := float64(n), []string{"B", "kB", "MB", "GB", "TB"}
	u := 0
	for v >= 1000 && u < len(units)-1 {
		v /= 1000
		u++
	}
	if u == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", v, units[u])
}

func ago(d time.Duration) string {
	switch {
	case d < -time.Minute:
		return "at a time that this computer's clock has not reached"
	case d < time.Minute:
		return "just now"
	}
	return lasting(d) + " ago"
}

// lasting prints a duration as one would say it.
func lasting(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return count(int(d/time.Second), "second")
	case d < 2*time.Hour:
		return count(int(d/time.Minute), "minute")
	case d < 48*time.Hour:
		return count(int(d/time.Hour), "hour")
	}
	return count(int(d/(24*time.Hour)), "day")
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
