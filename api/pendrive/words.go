package pendrive

import (
	"errors"
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

// MediumOf says how the drive is. failed is why it cannot keep a mark, if so; full,
// that it keeps what is left for the marks of classes that run.
func MediumOf(failed error, full bool, free, total int64) EdgeMedium {
	m := EdgeMedium{State: "well", Words: "Well", FreeBytes: free, TotalBytes: total, Full: full}
	switch {
	case failed != nil:
		m.State, m.Words = "failed", "No mark is saved here any more: "+failed.Error()
		var why attendance.Unstored
		if errors.As(failed, &why) {
			m.Words = sayUnstored(why)
		}
		if why.Kind == "drive-read-only" {
			m.State = "read_only"
		}
	case full:
		m.State, m.Words = "low", fmt.Sprintf("Full: %s free. No new class starts, so that the marks of running ones have room. Delete something else from the pendrive.", Size(free))
	case total > 0 && free < lowSpace:
		m.State, m.Words = "low", fmt.Sprintf("Nearly full: %s free. Delete something else from the pendrive.", Size(free))
	}
	return m
}

// sayUnstored is what a drive that takes no marks says to whoever looks at it.
func sayUnstored(why attendance.Unstored) string {
	switch why.Kind {
	case "drive-failed":
		return "The drive failed while writing. No mark is saved here; scanners keep theirs. Plug it in again, or use another one; what was saved can be read."
	case "drive-read-only":
		return "The drive cannot be written to, so no mark is saved here: look for a lock switch on it. What was saved can be read."
	case "drive-damaged":
		return "The register is damaged and is being made again from its backups. No mark is saved here meanwhile; scanners keep theirs."
	}
	return "No mark is saved here: " + why.Why
}

// RecoveryWords says what became of a register that was lost.
func RecoveryWords(r EdgeRecovery) string {
	var out string
	switch r.Source {
	case "backup":
		out = fmt.Sprintf("The register was damaged and was made again from a backup with %s", lines(r.Kept))
	case "journal":
		out = "The register was damaged, no backup was good, and it was made again from the journal"
	default:
		out = "The drive had not kept the end of the register"
	}
	out += fmt.Sprintf(": %s came back from the journal", lines(r.FromJournal))
	if r.FromCloud > 0 {
		out += fmt.Sprintf(", %d from the cloud", r.FromCloud)
	}
	if r.Aside != "" {
		out += "; the damaged files are in " + r.Aside
	}
	return out + "."
}

func lines(n int64) string { return count(int(n), "line") }

// BackupOf says how long ago the last backup was made.
func BackupOf(at, now time.Time) (*time.Time, string) {
	if at.IsZero() {
		return nil, "none yet"
	}
	shown := at.UTC().Truncate(time.Second)
	return &shown, ago(now.Sub(at))
}

// inStep is how far a clock may be off without anybody needing to know.
const inStep = 30 * time.Second

// longAgo is how much later than its last word from the cloud a drive may be used
// before the computer's clock is doubted.
const longAgo = 200 * 24 * time.Hour

// ClockOf says how right this computer's clock is, by what the drive was told in this
// run of its program; heard is when it last heard the cloud. Lateness does not depend
// on it.
func ClockOf(told attendance.Anchor, now, heard time.Time) EdgeClock {
	off := -told.Offset
	c := EdgeClock{State: "well", Source: string(told.Source), Words: "In step with the cloud", OffSeconds: math.Round(off.Seconds()*10) / 10, Now: now.UTC().Truncate(time.Second)}
	if told.Source != "" {
		at := told.At.UTC().Truncate(time.Second)
		c.CheckedAt = &at
	}
	by := "this pendrive goes by the cloud's"
	if told.Source == attendance.ByTeacher {
		c.Words, by = "As a teacher set it", "this pendrive goes by what a teacher said"
	}
	switch {
	case told.Source == "" && !heard.IsZero() && now.Sub(heard) > longAgo:
		c.State, c.Words = "doubtful", "This computer's clock may be wrong: this pendrive heard from the school "+lasting(now.Sub(heard))+" ago. Say what time it is"
	case told.Source == "":
		c.State, c.Words = "unknown", "Not compared with the cloud yet"
	case told.Source == attendance.ByDrive:
		c.State, c.Words = "doubtful", "This computer's clock is at least "+lasting(-off)+" behind: say what time it is, marks are not affected"
	case off > inStep:
		c.State, c.Words = "ahead", "This computer's clock is "+lasting(off)+" ahead: "+by+", marks are not affected"
	case off < -inStep:
		c.State, c.Words = "behind", "This computer's clock is "+lasting(-off)+" behind: "+by+", marks are not affected"
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
