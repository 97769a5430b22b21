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
}
