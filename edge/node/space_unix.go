//go:build unix

package node

import "golang.org/x/sys/unix"

// space is how much room a folder's drive has left, and has; 0 where the system
// does not say.
func space(dir string) (free, total int64) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, 0
	}
	block := int64(s.Bsize)                                 //nolint:unconvert // 32 bits on some systems
	return int64(s.Bavail) * block, int64(s.Blocks) * block //nolint:unconvert,gosec // far below 2^63
}
