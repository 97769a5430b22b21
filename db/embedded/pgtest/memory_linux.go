//go:build linux

package pgtest

import (
	"os"
	"syscall"
)

const shm = "/dev/shm"

// memory returns where the shared cluster lives: in memory when there is a GiB
// of it to spare, because the same tests are many times slower on a disk.
func memory() string {
	var st syscall.Statfs_t
	if err := syscall.Statfs(shm, &st); err == nil && st.Bavail*uint64(st.Bsize) >= 1<<30 {
		return shm
	}
	return os.TempDir()
}
