//go:build !linux && !windows

package embedded

import (
	"os/exec"
	"strconv"
	"strings"
)

// tie does nothing: without a death signal, the next Start stops what is left.
func (user) tie(*exec.Cmd, bool) {}

// passCaps returns nil: only Linux has capabilities to lend.
func passCaps() []uintptr { return nil }

// isPostmaster asks ps, which shows the data folder among the arguments.
func isPostmaster(pid int, data string) bool {
	out, err := exec.Command("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output() //nolint:noctx // immediate
	return err == nil && strings.Contains(string(out), "postgres") && strings.Contains(string(out), data)
}
