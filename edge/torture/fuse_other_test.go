//go:build !linux

package torture

import (
	"os"
	"os/exec"
	"testing"
)

func TestMain(m *testing.M) { os.Exit(runAll(m)) }

func tether(*exec.Cmd) {}

func needsFUSE(t testing.TB) {
	t.Helper()
	t.Skip("a disk that forgets is made with FUSE, on Linux")
}

func mount(t testing.TB, _ *Disk, _ string) (unmount func()) {
	needsFUSE(t)
	return nil
}
