package torture

import (
	"math/rand/v2"
	"time"
)

// killed pulls the plug on the program, not on the medium: kill -9 at any moment
// while the class is marked.
func killed(r *run, chance *rand.Rand) {
	r.begin()
	for range times(25, 100) {
		r.tries++
		timer := time.AfterFunc(time.Duration(chance.IntN(400))*time.Millisecond, func() { _ = r.drive.cmd.Process.Kill() })
		r.class.hold(chance, r.drive.gone)
		timer.Stop()
		r.drive.kill()
		r.history.Add(Event{Type: Fault, Place: r.drive.place, Said: "kill -9"})
		if err := r.drive.boot(); err != nil {
			r.history.Add(Event{Type: Broken, Place: r.drive.place, Said: err.Error()})
			return
		}
		r.up()
	}
}
