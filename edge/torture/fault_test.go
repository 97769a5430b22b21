package torture

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// fault is one thing done to drives, each with a class in front of it.
type fault struct {
	name string
	// In the short form so many drives, in the long form so many.
	drives, inLong int
	disk           func() *Disk // nil: a plain folder
	rules          Rules
	do             func(r *run, chance *rand.Rand)
}

// torment does a fault to drive after drive; each has a seed, so that one that failed
// can be tried again.
func (f fault) torment(t *testing.T, s *school) {
	for _, seed := range seedsOf(t, f.name, times(f.drives, f.inLong)) {
		t.Run(fmt.Sprintf("drive %d", seed), func(t *testing.T) {
			var disk *Disk
			if f.disk != nil {
				needsFUSE(t)
				disk = f.disk()
			}
			r := newRun(t, s, f.name, disk)
			r.rules = f.rules
			f.do(r, rand.New(rand.NewPCG(seed, 1)))
			r.clears()
		})
	}
}
