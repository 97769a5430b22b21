package torture

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"syscall"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/pendrive"
)

// says is how the drive says that it stands.
func (r *run) says() (st pendrive.EdgeStatus, ok bool) {
	code := r.drive.browser(http.MethodGet, "/api/edge/status", nil, &st)
	return st, code == http.StatusOK
}

// well waits until the drive is well again, which it finds out by itself.
func (r *run) well() {
	r.t.Helper()
	eventually(r.t, "the drive takes marks again", func() error {
		if st, ok := r.says(); !ok || st.Medium.State != "well" {
			return fmt.Errorf("medium %q: %s", st.Medium.State, st.Medium.Words)
		}
		return nil
	})
}

// until holds the class until something is refused, or so many classes are over. It
// reports whether something was.
func (r *run) until(chance *rand.Rand, classes int) bool {
	before := r.class.refusals.Load()
	most := len(r.class.all) + classes
	enough := func() bool { return r.class.refusals.Load() > before || r.drive.gone() }
	r.class.hold(chance, func() bool { return enough() || len(r.class.all) >= most && r.class.session.IsZero() })
	return r.class.refusals.Load() > before
}

// restart kills the program, and starts it on the medium as it is.
func (r *run) restart() bool {
	r.drive.kill()
	if err := r.drive.boot(); err != nil {
		return r.broken(err)
	}
	r.up()
	return true
}

// filled is a medium that other files take the room of, once so that only what was
// made beforehand is left, which holds a class and no backup, once so that nothing can
// be written at all. What is refused is told with its reason; with room again the same
// drive goes on.
func filled(r *run, chance *rand.Rand) {
	r.class.troubled = true
	defer r.drive.disk.Fall(Ills{}, -1)
	r.begin()
	for n := range times(4, 40) {
		r.tries++
		brim := n%2 == 1
		if brim { // a medium that writes anew what it overwrites, as a pendrive does
			some := chance.IntN(200)
			r.drive.disk.Fall(Ills{Fails: func(n int, s Step) syscall.Errno {
				if n > some && s.Deed == string(write) {
					return syscall.ENOSPC
				}
				return 0
			}}, -1)
		} else {
			r.drive.disk.Fall(Ills{}, chance.Int64N(32<<10))
		}
		refused := r.until(chance, 2)
		r.history.Add(Event{Type: Fault, Place: r.drive.place, Said: fmt.Sprintf("disk full, to the brim: %t, something was refused: %t", brim, refused)})
		if brim && !refused {
			r.broken(errors.New("two classes were held where nothing can be written"))
			return
		}
		eventually(r.t, "it says that the medium is full", func() error {
			if st, ok := r.says(); !ok || len(st.Attention) == 0 {
				return fmt.Errorf("it says %q, of the backup %q", st.Medium.Words, st.Keeping.BackupError)
			}
			return nil
		})
		if !brim && chance.IntN(2) == 0 && !r.restart() { // it starts from a full disk too
			return
		}
		r.drive.disk.Fall(Ills{}, -1)
		if brim {
			r.until(chance, 0)
		}
		r.well()
	}
}

// failing is a medium that fails every n-th write or sync, a few times; whatever a
// failed sync should have written is forgotten. The drive comes back by itself, or
// after the power was gone.
func failing(r *run, chance *rand.Rand) {
	r.class.troubled = true
	defer r.drive.disk.Fall(Ills{}, -1)
	r.begin()
	for range times(5, 100) {
		r.tries++
		every, most := 1+chance.IntN(80), 1+chance.IntN(4)
		done := 0
		r.drive.disk.Fall(Ills{Forgets: true, Fails: func(n int, _ Step) syscall.Errno {
			if n%every != 0 || done == most {
				return 0
			}
			done++
			return syscall.EIO
		}}, -1)
		start := chance.IntN(4) == 0
		if start {
			r.drive.kill()
			if err := r.drive.boot(); errors.Is(err, errEnded) && strings.Contains(err.Error(), "drive failed") {
				r.drive.kill() // it says why, and is started again
				err = r.drive.boot()
				if err != nil {
					r.broken(err)
					return
				}
			} else if err != nil {
				r.broken(err)
				return
			}
		}
		refused := r.until(chance, 2)
		r.drive.disk.Fall(Ills{}, -1)
		r.history.Add(Event{Type: Fault, Place: r.drive.place, Said: fmt.Sprintf("EIO, %d times, at every write %d, at the start: %t, something was refused: %t", most, every, start, refused)})
		if chance.IntN(3) == 0 {
			if !r.cut(chance, Drop, moment{step: 1 + chance.IntN(20)}) || !r.powered() {
				return
			}
		}
		r.well()
		r.up()
	}
}

// register is all that SQLite syncs.
func ofRegister(name string) bool { return strings.HasPrefix(name, "register.db") }

// lying is a medium whose syncs say yes and do nothing, until the power goes in one of
// some manners. Before it, the drive had one class and a backup.
func lying(lies func(name string) bool, manners ...Manner) func(*run, *rand.Rand) {
	return func(r *run, chance *rand.Rand) {
		r.begin()
		r.classes(chance, 1)
		var no refusal
		if code := r.drive.browser(http.MethodPost, "/api/edge/backup", nil, &no); code != http.StatusOK {
			r.t.Fatalf("backup: got %d %s", code, no.Detail)
		}
		r.drive.disk.Fall(Ills{Lies: lies}, -1)
		defer r.drive.disk.Fall(Ills{}, -1)
		for range times(6, 60) {
			m := manners[chance.IntN(len(manners))]
			if !r.cut(chance, m, moment{step: 50 + chance.IntN(400)}) || !r.powered() {
				return
			}
			if r.rules.Lied {
				r.class.recall()
			}
		}
	}
}

// recall lets the teacher go on where a drive that was lied to is, rather than where
// it was.
func (c *class) recall() {
	if c.session.IsZero() {
		return
	}
	if _, code := c.look(c.session); code >= 400 && code < 500 {
		c.session, c.opened, c.ending, c.owed = attendance.ID{}, false, false, nil
	}
}
