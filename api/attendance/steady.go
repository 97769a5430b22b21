package attendance

import "time"

// Steady is the time of day as a computer told it once, carried on by a clock that
// nobody can set. A pendrive's program lives by it: whoever sets the computer's clock
// in mid-session ends no class early, makes nobody late and signs nobody out; what a
// wrong clock makes of the marks the cloud corrects. mono is the time since any fixed
// moment, and must go on while the computer sleeps.
func Steady(wall func() time.Time, mono func() time.Duration) World {
	start, since := wall().Round(0), mono()
	return World{
		Now:  func() time.Time { return start.Add(mono() - since) },
		Mono: mono,
	}
}
