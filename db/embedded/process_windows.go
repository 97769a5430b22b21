//go:build windows

package embedded

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// A user is who the server runs as: always us, and Postgres itself says so when
// that is an administrator.
type user struct{ warning string }

func serverUser(...string) (user, error) { return user{}, nil }

func (user) own(...string) error { return nil }

// apply keeps Ctrl-C from reaching the server before us. A server left by a
// killed program is stopped by the next Start.
func (user) apply(cmd *exec.Cmd, _ bool) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
}

// mode is a way to stop a server, by pg_ctl's name of it: Windows has no signals.
type mode string

const (
	fast      mode = "fast"
	immediate mode = "immediate"
)

func (c cluster) signal(pid int, how mode) error {
	if !running(pid) {
		return os.ErrProcessDone
	}
	out, err := exec.CommandContext(context.Background(), c.bin.path("pg_ctl"), "stop", "-D", c.data(), "-m", string(how), "-W").CombinedOutput()
	if err != nil {
		return fmt.Errorf("pg_ctl stop: %w: %s", err, lastLine(out))
	}
	return nil
}

func isPostmaster(pid int, _ string) bool { return running(pid) }

func running(pid int) bool {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return false
	}
	defer windows.CloseHandle(h)
	var code uint32
	const stillActive = 259
	return windows.GetExitCodeProcess(h, &code) == nil && code == stillActive
}
