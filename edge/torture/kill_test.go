package torture

import (
	"math/rand/v2"
	"testing"
	"time"
)

// killed pulls the plug on the program, not on the medium: kill -9 at any moment
// while the class is marked.
func killed(t *testing.T, s *school, tries int, seed uint64) {
	chance := rand.New(rand.NewPCG(seed, 9))
	r := newRun(t, s, "kill -9", nil)
	r.begin()
	for range tries {
		r.tries++
		after := time.Duration(chance.IntN(400)) * time.Millisecond
		timer := time.AfterFunc(after, func() { _ = r.drive.cmd.Process.Kill() })
		ended := r.drive.ended
		r.class.hold(chance, func() bool {
			select {
			case <-ended:
				return true
			default:
				return false
			}
		})
		timer.Stop()
		r.drive.kill()
		r.history.Add(Event{Type: Fault, Place: r.drive.place, Said: "kill -9"})
		if err := r.drive.boot(); err != nil {
			r.history.Add(Event{Type: Broken, Place: r.drive.place, Said: err.Error()})
			break
		}
		r.up()
	}
	r.clears()
}
