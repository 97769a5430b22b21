package torture

import (
	"errors"
	"fmt"
	"math/rand/v2"
)

// moment is when the power goes.
type moment struct {
	step  int  // of the disk
	start bool // counted from the start of the program, else from when the teacher is signed in
}

func (m moment) String() string {
	if m.start {
		return fmt.Sprintf("step %d from the start", m.step)
	}
	return fmt.Sprintf("step %d of the class", m.step)
}

// anyMoment falls into starting up once in four times.
func anyMoment(chance *rand.Rand) moment {
	return moment{step: 1 + chance.IntN(300), start: chance.IntN(4) == 0}
}

// cut takes the power away from drive and computer in the middle of a write or a
// sync; of what was not synced the medium keeps what its manner says. It reports
// whether the drive can go on.
func (r *run) cut(chance *rand.Rand, m Manner, when moment) bool {
	r.tries++
	if !when.start && !r.powered() {
		return false
	}
	dark := r.drive.disk.CutAt(when.step, chance)
	gone := func() bool {
		select {
		case <-dark:
			return true
		default:
			return false
		}
	}
	var err error
	if r.drive.cmd == nil {
		if err = r.drive.boot(); err == nil {
			r.up()
		}
	}
	if err == nil {
		dead := r.drive.dieAt(dark)
		if r.settled(gone) {
			r.class.hold(chance, gone)
		}
		select {
		case <-r.drive.ended:
		default:
			r.drive.disk.Cut() // it refused something: that is noted, and it is over
		}
		<-dead
	}
	if err == nil && !gone() { // it ended by itself
		err = fmt.Errorf("%w with the power on: %s", errEnded, r.drive.said.last())
	}
	if err != nil && !errors.Is(err, errDark) {
		return r.broken(err)
	}
	lost := r.drive.disk.Unsynced()
	r.drive.kill()
	r.history.Add(Event{Type: Fault, Place: r.drive.place, Said: fmt.Sprintf("power cut (%s) at %s, %d steps unsynced", m, when, lost)})
	r.drive.unplug()
	r.drive.disk.PowerUp(m, chance)
	return true
}

// powered boots a drive that is down, with the power staying on.
func (r *run) powered() bool {
	if r.drive.cmd != nil {
		return true
	}
	if err := r.drive.boot(); err != nil {
		return r.broken(err)
	}
	r.up()
	return r.settled(r.drive.gone) || r.broken(errEnded)
}

func (r *run) broken(err error) bool {
	r.history.Add(Event{Type: Broken, Place: r.drive.place, Said: err.Error()})
	return false
}

// settled waits until the teacher is signed in, or the power is gone.
func (r *run) settled(gone func() bool) bool {
	for !gone() {
		if r.drive.signIn(r.class.course.code) {
			return true
		}
	}
	return false
}

// powerCuts does many cuts to one drive that has been in use.
func powerCuts(m Manner) func(*run, *rand.Rand) {
	return func(r *run, chance *rand.Rand) {
		r.begin()
		for range times(20, 100) {
			if !r.cut(chance, m, anyMoment(chance)) {
				return
			}
		}
	}
}

// newborn cuts the power of a drive during its first start, when it makes its
// register, is paired and gets its roster; then it holds a class.
func newborn(r *run, chance *rand.Rand) {
	m := Manners[chance.IntN(len(Manners))]
	for range 1 + chance.IntN(3) {
		r.tries++
		at := 1 + chance.IntN(120)
		dark := r.drive.disk.CutAt(at, chance)
		switch err := r.drive.boot(); {
		case err == nil:
			dead := r.drive.dieAt(dark)
			r.rosterOr(dark)
			r.drive.disk.Cut() // it was quicker
			<-dead
		case !errors.Is(err, errDark):
			r.history.Add(Event{Type: Broken, Place: r.drive.place, Said: err.Error()})
			return
		}
		r.drive.kill()
		r.history.Add(Event{Type: Fault, Place: r.drive.place, Said: fmt.Sprintf("power cut (%s) at step %d of the first start", m, at)})
		r.drive.unplug()
		r.drive.disk.PowerUp(m, chance)
	}
	r.begin()
	r.classes(chance, 1)
}
