//go:build linux

package embedded

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// tie has the kernel stop the server, cleanly, when the thread that started it ends.
func (u user) tie(cmd *exec.Cmd, tied bool) {
	if tied {
		cmd.SysProcAttr.Pdeathsig = fast
	}
	if u.caps == nil {
		return
	}
	// A lent capability takes effect with an exec, too late to find a program
	// behind a closed folder: the shell takes it and execs the program.
	cmd.SysProcAttr.AmbientCaps = u.caps
	cmd.Args = append([]string{"/bin/sh", "-c", `exec "$0" "$@"`, cmd.Path}, cmd.Args[1:]...)
	cmd.Path, cmd.Dir = "/bin/sh", "/"
}

// Capabilities that let a user pass folders closed to it: the first only to
// read, the second, all a container's root has, also to write.
const (
	capDACReadSearch = 2
	capDACOverride   = 1
)

// passCaps returns the smallest capability root can lend the server to reach a
// data folder or binaries below a 0700 parent, such as a checkout in /root or
// in a temporary folder. nil: we have none to lend.
func passCaps() []uintptr {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return nil
	}
	_, after, _ := bytes.Cut(status, []byte("CapPrm:\t"))
	line, _, _ := bytes.Cut(after, []byte("\n"))
	have, err := strconv.ParseUint(string(line), 16, 64)
	if err != nil {
		return nil
	}
	for _, c := range []uintptr{capDACReadSearch, capDACOverride} {
		if have&(1<<c) != 0 {
			return []uintptr{c}
		}
	}
	return nil
}

// isPostmaster says whether pid still is the server of data: a server works in
// its data folder, and a dead or foreign process shows no such folder.
func isPostmaster(pid int, data string) bool {
	cwd, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "cwd"))
	if err != nil {
		return false
	}
	real, err := filepath.EvalSymlinks(data)
	return err == nil && cwd == real
}
