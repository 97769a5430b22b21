package torture

import (
	"os"
	"testing"
)

// The whole school on the rack: each sub-test does one fault to drives of its own.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	s := openSchool(t)
	t.Cleanup(func() { printTable(os.Stdout) })
	t.Run("when the program is killed", func(t *testing.T) {
		t.Parallel()
		killed(t, s, times(50, 2000), 1)
	})
	for i, m := range Manners {
		t.Run("when the power is cut and the medium is of the manner "+string(m), func(t *testing.T) {
			t.Parallel()
			needsFUSE(t)
			r := newRun(t, s, "power cut, "+string(m), NewDisk())
			powerCuts(r, m, times(20, 667), uint64(i+1))
			r.clears()
		})
	}
	for _, m := range mutants {
		t.Run("but by a pendrive that is wrong: "+m.says, func(t *testing.T) {
			t.Parallel()
			needsFUSE(t)
			m.foundOut(t, s, 60)
		})
	}
}
