package torture

import (
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
)

// Disk is a medium that keeps apart what was synced and what was only written. At a
// power cut it loses of the latter whatever its Manner says. It is safe for
// concurrent use.
type Disk struct {
	mu      sync.Mutex
	live    image // what programs see
	safe    image // what survives
	pending []change
	next    uint64
	steps   int // writes and syncs so far
	since   int // steps before it fell ill

	cutAt  int           // the step at which the power goes; 0: never
	torn   *rand.Rand    // decides whether the step at the cut was begun
	dark   chan struct{} // closed at the cut
	closed chan struct{} // closed when the wreck may be told: its program is dead

	Ills
}

// Ills are what a medium may suffer from. Its own are changed with Fall while it is in
// use.
type Ills struct {
	Capacity int64 // bytes; 0: without end
	// Lies is asked for a file or folder by its name: a sync of it says yes and does
	// nothing. nil: none does.
	Lies func(name string) bool
	// Fails may refuse a step, numbered from one since the last power-up or Fall.
	Fails func(n int, step Step) syscall.Errno
	// Forgets lets a sync that fails give up what it should have written: programs see
	// it, a later sync says yes, and it is on the medium never. Linux does so.
	Forgets bool
}

// Everything lies.
func Everything(string) bool { return true }

// Fall lets a medium fall ill, or get well. room is what it has free then; below zero:
// without end.
func (d *Disk) Fall(i Ills, room int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.Ills, d.since = i, d.steps
	if room >= 0 {
		d.Capacity = d.live.size() + room
	}
}

// Step is what a program asks of the medium.
type Step struct {
	Deed string // write, truncate, create, unlink, rename or sync
	Node uint64
}

const syncing = "sync"

// NewDisk is an empty medium with the power on.
func NewDisk() *Disk {
	d := &Disk{live: newImage(), safe: newImage(), next: root}
	d.powerUp()
	return d
}

func (d *Disk) powerUp() {
	d.dark, d.closed = make(chan struct{}), make(chan struct{})
	d.steps, d.since, d.cutAt = 0, 0, 0
}

// CutAt lets the power go at a step counted from now. The channel is closed then;
// until Wreck nothing on this disk comes to an end.
func (d *Disk) CutAt(step int, chance *rand.Rand) <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cutAt, d.torn = d.steps+step, chance
	return d.dark
}

// Cut lets the power go now.
func (d *Disk) Cut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.goDark()
}

func (d *Disk) goDark() {
	select {
	case <-d.dark:
	default:
		close(d.dark)
	}
}

// Wreck lets what hangs on the dark disk fail, so that its program can end.
func (d *Disk) Wreck() {
	d.mu.Lock()
	defer d.mu.Unlock()
	select {
	case <-d.closed:
	default:
		close(d.closed)
	}
}

// PowerUp brings the medium back with what survived. Nobody may use it meanwhile.
func (d *Disk) PowerUp(m Manner, chance *rand.Rand) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range m.survivors(d.pending, chance) {
		d.safe.apply(c)
	}
	d.pending = nil
	d.live = d.safe.clone()
	d.safe = d.live.clone()
	d.powerUp()
}

// Copy is another medium with the same content, as a copying program sees it.
func (d *Disk) Copy() *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := NewDisk()
	out.live, out.next, out.Capacity = d.live.clone(), d.next, d.Capacity
	out.safe = out.live.clone()
	return out
}

// Unsynced is how many steps a power cut could take back now.
func (d *Disk) Unsynced() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.pending)
}

// Steps is how many writes and syncs there were since the power came.
func (d *Disk) Steps() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.steps
}

// step is asked, with the lock held, before anything changes. It lets go of the lock
// while it hangs in the dark. begun says that the power went while the step was under
// way: it counts as done, unsynced, though nobody is told.
func (d *Disk) step(s Step) (errno syscall.Errno, begun bool) {
	if d.isDark() {
		d.hang()
		return syscall.EIO, false
	}
	d.steps++
	if d.Fails != nil {
		if errno := d.Fails(d.steps-d.since, s); errno != 0 {
			return errno, false
		}
	}
	if d.cutAt > 0 && d.steps >= d.cutAt {
		d.goDark()
		return syscall.EIO, d.torn.IntN(2) == 0
	}
	return 0, false
}

func (d *Disk) isDark() bool {
	select {
	case <-d.dark:
		return true
	default:
		return false
	}
}

func (d *Disk) hang() {
	closed := d.closed
	d.mu.Unlock()
	<-closed
	d.mu.Lock()
}

// do makes a change, if the medium lets it.
func (d *Disk) do(c change) syscall.Errno {
	errno, begun := d.step(Step{Deed: string(c.deed), Node: c.node})
	switch {
	case begun:
		d.pending = append(d.pending, c)
		d.hang()
		return errno
	case errno != 0 && d.isDark():
		d.hang()
		return errno
	case errno != 0:
		return errno
	case d.overflows(c):
		return syscall.ENOSPC
	}
	d.live.apply(c)
	d.pending = append(d.pending, c)
	return 0
}

func (d *Disk) overflows(c change) bool {
	if d.Capacity == 0 || c.deed != write && c.deed != truncate {
		return false
	}
	end := c.at + int64(len(c.data))
	grows := end - int64(len(d.live.file(c.node).data))
	return grows > 0 && d.live.size()+grows > d.Capacity
}

// sync makes durable what concerns a file or folder.
func (d *Disk) sync(id uint64) syscall.Errno {
	errno, begun := d.step(Step{Deed: syncing, Node: id})
	if errno != 0 && !begun {
		switch {
		case d.isDark():
			d.hang()
		case d.Forgets:
			d.pending = slices.DeleteFunc(d.pending, func(c change) bool {
				return c.node == id && (c.deed == write || c.deed == truncate)
			})
		}
		return errno
	}
	if d.Lies == nil || !d.Lies(d.live.nameOf(id)) {
		d.pending = slices.DeleteFunc(d.pending, func(c change) bool {
			if !c.concerns(id) {
				return false
			}
			d.safe.apply(c)
			return true
		})
	}
	if begun { // it reached the medium, but nobody was told
		d.hang()
	}
	return errno
}
