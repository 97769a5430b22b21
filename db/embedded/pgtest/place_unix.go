//go:build !windows

package pgtest

import (
	"io/fs"
	"os"
	"os/exec"
	"syscall"
)

// detach lets the keeper outlive us and our terminal.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

func ours(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Getuid()
}
