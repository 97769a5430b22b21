//go:build !windows

package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	osuser "os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// A user is who the server runs as; the zero value is whoever we are.
type user struct {
	name    string
	cred    *syscall.Credential
	caps    []uintptr // capabilities needed to pass closed folders, Linux only
	warning string
}

// serverUser picks the unprivileged user when we are root, and sees that it can
// reach dirs. Postgres refuses to run as root, for good reason.
func serverUser(dirs ...string) (user, error) {
	if os.Geteuid() != 0 {
		return user{}, nil
	}
	for _, name := range []string{"postgres", "_postgres", "nobody"} {
		account, err := osuser.Lookup(name)
		if err != nil {
			continue
		}
		u, err := newUser(account)
		if err != nil {
			return user{}, err
		}
		for _, dir := range dirs {
			closed, err := u.closedParent(dir)
			if err != nil {
				return user{}, err
			}
			if closed == "" {
				continue
			}
			why := fmt.Sprintf("user %s cannot enter %s (chmod o+x %s would do)", name, closed, closed)
			if u.caps = passCaps(); u.caps == nil {
				return user{}, errors.New(why)
			}
			u.warning = why
		}
		return u, nil
	}
	return user{}, errors.New("root may not run Postgres and there is no user postgres or nobody: run as an ordinary user, or set DATABASE_URL")
}

func newUser(account *osuser.User) (user, error) {
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return user{}, fmt.Errorf("user %s: %w", account.Username, err)
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return user{}, fmt.Errorf("user %s: %w", account.Username, err)
	}
	// Root's supplementary groups must go; the account's own are optional.
	groups := []uint32{uint32(gid)}
	ids, _ := account.GroupIds()
	for _, id := range ids {
		if g, err := strconv.ParseUint(id, 10, 32); err == nil {
			groups = append(groups, uint32(g))
		}
	}
	return user{name: account.Username, cred: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid), Groups: groups}}, nil
}

// closedParent returns the topmost folder on the way to dir that the user cannot enter.
func (u user) closedParent(dir string) (string, error) {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", err
	}
	var closed string
	for ; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return "", err
		}
		if !u.enters(info) {
			closed = dir
		}
		if dir == filepath.Dir(dir) {
			return closed, nil
		}
	}
}

func (u user) enters(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	if st.Uid == u.cred.Uid {
		return info.Mode()&0o100 != 0
	}
	for _, g := range u.cred.Groups {
		if st.Gid == g {
			return info.Mode()&0o010 != 0
		}
	}
	return info.Mode()&0o001 != 0
}

// own gives files and whole folders to the user; what it already has is left alone.
func (u user) own(paths ...string) error {
	if u.cred == nil {
		return nil
	}
	for _, root := range paths {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := os.Lstat(path)
			if err != nil {
				return err
			}
			if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Uid == u.cred.Uid {
				return nil
			}
			return os.Lchown(path, int(u.cred.Uid), int(u.cred.Gid))
		})
		if err != nil {
			return fmt.Errorf("give %s to user %s: %w", root, u.name, err)
		}
	}
	return nil
}

// apply makes cmd run as the user, in a group of its own so that Ctrl-C reaches
// us first, and, if tied, so that it does not outlive us.
func (u user) apply(cmd *exec.Cmd, tied bool) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: u.cred}
	u.tie(cmd, tied)
}

// mode is a way to stop a server, by the signal that means it.
type mode = syscall.Signal

const (
	fast      = syscall.SIGINT
	immediate = syscall.SIGQUIT
)

func (cluster) signal(pid int, how mode) error {
	err := syscall.Kill(pid, how)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}
