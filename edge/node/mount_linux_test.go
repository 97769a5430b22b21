package node_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/arise-attendance/arise/edge/node"
)

// smallDrive puts the register on a small drive of its own, which only root can make.
func smallDrive(t *testing.T, c node.Config) (node.Config, string) {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=32m"); err != nil {
		t.Skipf("NOT TESTED: a drive that is full or read-only, for it takes root to mount one: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	c.Data = filepath.Join(dir, "data")
	return c, dir
}

// fillUp leaves no byte free, and returns what makes room again.
func fillUp(t *testing.T, dir string) func() {
	t.Helper()
	path := filepath.Join(dir, "films")
	f, err := os.Create(path)
	must(t, err)
	for n := 64 << 10; n > 0; n /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, n))
		}
	}
	must(t, f.Close())
	return func() { must(t, os.Remove(path)) }
}

func readOnly(t *testing.T, dir string) {
	t.Helper()
	must(t, syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
}
