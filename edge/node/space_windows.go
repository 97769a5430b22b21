package node

import "golang.org/x/sys/windows"

// space is how much room a folder's drive has left, and has; 0 where the system
// does not say.
func space(dir string) (free, total int64) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, 0
	}
	var f, t uint64
	if err := windows.GetDiskFreeSpaceEx(path, &f, &t, nil); err != nil {
		return 0, 0
	}
	return int64(f), int64(t) //nolint:gosec // far below 2^63
}
