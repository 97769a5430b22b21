package embedded

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

const (
	socketPort = 5432 // only names the socket file: each folder has its own
	socketMax  = 103  // bytes of a socket's path: Linux takes 107, macOS 103
	superuser  = "postgres"
)

// A cluster is the folder and what it is run with:
//
//	lock          held by the program whose server this is
//	password      of both roles when the server listens on the loopback, 0600
//	data/ run/    cluster and socket, 0700, the server user's
//	postgres.log  what the server says
type cluster struct {
	dir      string
	durable  bool
	settings []string
	strand   bool
	bin      binaries
	user     user
}

func (c cluster) data() string     { return filepath.Join(c.dir, "data") }
func (c cluster) run() string      { return filepath.Join(c.dir, "run") }
func (c cluster) log() string      { return filepath.Join(c.dir, "postgres.log") }
func (c cluster) password() string { return filepath.Join(c.dir, "password") }

func (c cluster) socketFits() bool {
	return runtime.GOOS != "windows" && len(c.run())+len("/.s.PGSQL.5432") <= socketMax
}

// madeBy returns the major version that made the cluster, 0 if there is none.
func (c cluster) madeBy() int {
	version, err := os.ReadFile(filepath.Join(c.data(), "PG_VERSION"))
	if err != nil {
		return 0
	}
	return versionIn(string(version))
}

// prepare makes everything the server needs, once, and hands it to the server's user.
func (c cluster) prepare(ctx context.Context) (password string, err error) {
	if err := os.MkdirAll(c.run(), 0o700); err != nil {
		return "", fmt.Errorf("make socket folder: %w", err)
	}
	if password, err = c.secret(); err != nil {
		return "", err
	}
	if err := c.user.own(c.run(), c.password()); err != nil {
		return "", err
	}
	if c.madeBy() == 0 {
		if err := c.initdb(ctx); err != nil {
			return "", err
		}
	}
	return password, c.user.own(c.data())
}

// secret returns the password of the cluster, made on first use.
func (c cluster) secret() (string, error) {
	kept, err := os.ReadFile(c.password())
	if err == nil && len(kept) > 0 {
		return strings.TrimSpace(string(kept)), nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("read database password: %w", err)
	}
	password := rand.Text()
	if err := os.WriteFile(c.password(), []byte(password+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("keep database password: %w", err)
	}
	return password, nil
}

// initdb makes the cluster beside its place and renames it in, so that a kill
// half way never leaves something that looks like a cluster.
func (c cluster) initdb(ctx context.Context) error {
	fresh := c.data() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("clear a half-made cluster: %w", err)
	}
	if err := os.Mkdir(fresh, 0o700); err != nil {
		return fmt.Errorf("make cluster folder: %w", err)
	}
	if err := c.user.own(fresh); err != nil {
		return err
	}
	args := []string{
		"-D", fresh, "-U", superuser, "--pwfile", c.password(), "--encoding=UTF8",
		"--auth-local=trust", "--auth-host=scram-sha-256", // trust: the socket's folder is the lock
	}
	args = append(args, c.locale()...)
	if c.durable {
		args = append(args, "--data-checksums")
	} else {
		args = append(args, "--no-sync")
	}
	if out, err := c.command(ctx, "initdb", args...).combined(); err != nil {
		return fmt.Errorf("make the cluster with %s: %w: %s", c.bin.path("initdb"), err, lastLine(out))
	}
	if err := os.Rename(fresh, c.data()); err != nil {
		return fmt.Errorf("put the new cluster in place: %w", err)
	}
	return nil
}

// locale sorts and folds by code point with Unicode's rules, the same on
// every machine: an index must not change its order with the C library.
func (c cluster) locale() []string {
	switch {
	case c.bin.major >= 17:
		return []string{"--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"}
	case runtime.GOOS == "linux":
		return []string{"--locale=C.UTF-8"}
	default:
		return []string{"--locale=C"}
	}
}

// serverArgs are the settings of a run; none of them is written to the cluster.
func (c cluster) serverArgs(port int) []string {
	set := []string{"timezone=UTC", "jit=off", "logging_collector=off", "log_destination=stderr"}
	if port == 0 {
		set = append(set, "listen_addresses=", "unix_socket_directories="+c.run(), fmt.Sprintf("port=%d", socketPort))
	} else {
		set = append(set, "listen_addresses=127.0.0.1", "unix_socket_directories=", fmt.Sprintf("port=%d", port))
	}
	if !c.durable {
		set = append(set, "fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off",
			"max_connections=200", "max_wal_size=256MB", "wal_level=minimal", "max_wal_senders=0")
	}
	args := []string{"-D", c.data()}
	for _, s := range append(set, c.settings...) {
		args = append(args, "-c", s)
	}
	return args
}

// command runs a program of this Postgres as the server's user, untouched by
// PG* variables that were meant for somebody's client.
func (c cluster) command(ctx context.Context, name string, args ...string) command {
	cmd := exec.CommandContext(ctx, c.bin.path(name), args...)
	cmd.Dir = c.dir
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "PG") && !strings.HasPrefix(v, "LC_") && !strings.HasPrefix(v, "LANG") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	c.user.apply(cmd, !c.strand)
	return command{cmd}
}

type command struct{ *exec.Cmd }

// combined runs the command on a thread of its own: on Linux the death signal
// is tied to the thread that started the process.
func (c command) combined() ([]byte, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return c.CombinedOutput()
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
