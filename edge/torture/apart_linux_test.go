package torture

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// apart is set in the process that has mounts of its own.
const apart = "ARISE_TORTURE_APART"

// TestMain runs the tests in a process with a mount namespace of its own, where root
// allows: a mount that is left behind goes with the last process in it, however that
// ended, and a disk whose server was killed lets go of whoever hangs on it.
func TestMain(m *testing.M) {
	if os.Getenv(apart) != "" {
		if err := letGo(); err != nil {
			os.Stderr.WriteString("mounts: " + err.Error() + "\n")
			os.Exit(1)
		}
	}
	if os.Getenv(apart) != "" || os.Getuid() != 0 {
		os.Exit(runAll(m))
	}
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Env = append(os.Environ(), apart+"=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	err := cmd.Start()
	if errors.Is(err, syscall.EPERM) { // a container that lets nobody do so
		os.Exit(runAll(m))
	}
	if err == nil {
		err = cmd.Wait()
	}
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended):
		os.Exit(max(1, ended.ExitCode()))
	case err != nil:
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}

// letGo shuts the namespace off, and takes the disks of other runs out of it: while it
// knew them they could not be unmounted for good.
func letGo() error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return err
	}
	all, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(all)) {
		at := strings.Fields(line)
		if len(at) < 3 || at[2] != "fuse.torture" {
			continue
		}
		if err := syscall.Unmount(at[1], syscall.MNT_DETACH); err != nil {
			return err
		}
	}
	return nil
}

// tether lets a program end with this one, however that ends.
func tether(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
