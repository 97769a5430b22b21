//go:build windows

package pgtest

import (
	"io/fs"
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// detach lets the keeper outlive us and our terminal.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP | windows.DETACHED_PROCESS}
}

// ours: temporary folders on Windows are each user's own.
func ours(fs.FileInfo) bool { return true }
