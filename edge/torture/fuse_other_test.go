//go:build !linux

package torture

import "testing"

func needsFUSE(t testing.TB) {
	t.Helper()
	t.Skip("a disk that forgets is made with FUSE, on Linux")
}

func mount(t testing.TB, _ *Disk, _ string) (unmount func()) {
	needsFUSE(t)
	return nil
}
