package journal

import (
	"os"
	"syscall"
)

// Sync leaves the time of the last change out: the file's size never changes, so
// one flush of the data is enough.
func (f osFile) Sync() error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if err != syscall.EINTR { //nolint:errorlint // a bare errno
			return os.NewSyscallError("fdatasync", err)
		}
	}
}

// syncDir makes a new file's name durable.
func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the data folder
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
