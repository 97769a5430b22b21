// Package embedded starts and stops a real Postgres that belongs to one
// program: `api serve` without DATABASE_URL, and the tests. It owns a folder,
// the server's process and the way to reach it; it knows no table and must
// not import the stores.
//
// The promises that shape the code:
//   - a program killed with -9 never strands its data: the server goes down
//     with the program where the system can do that, and the next Start stops
//     whatever is left before it opens the folder;
//   - two programs never open one folder: a lock tells a neighbour from a leftover;
//   - root may call it, although Postgres refuses root: the server then runs as
//     an unprivileged user;
//   - the server is reached through a socket in a folder of mode 0700, or
//     through the loopback with a random password, never from outside.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/arise-attendance/arise/db/embedded/internal/filelock"
)

// Role is the login in every URL. It may create databases and is no superuser,
// so that nothing comes to need rights a hosted Postgres would not give.
const Role = "arise"

// ErrInUse means another program runs a server on the folder.
var ErrInUse = errors.New("another program is using this Postgres folder")

// Options say where and how the server keeps its data.
type Options struct {
	Dir      string   // folder of the cluster, made if missing
	Database string   // made on first start; default "arise"
	Durable  bool     // false: for tests, fast, and emptied at each start
	BinDir   string   // folder of the postgres binary; empty: look in Search
	Search   []string // folders to look in; nil: this machine's, then the fetched one
	Settings []string // more "name=value" server settings
	Log      *slog.Logger

	tcp    bool // tests: do not use a unix socket
	strand bool // tests: let the server outlive the program
}

// A Server is a running Postgres.
type Server struct {
	cluster  cluster
	password string
	port     int // 0: unix socket
	lock     *filelock.Lock
	cmd      *exec.Cmd
	done     chan struct{} // closed when the process has ended
	log      *slog.Logger

	close sync.Once
	err   error
}

// Start opens the cluster in o.Dir, making it on first use, and returns when
// the server answers. ctx bounds the start only. The error names the remedy
// where there is one: ErrNoPostgres, ErrInUse, a folder that cannot be entered.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Database == "" {
		o.Database = "arise"
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("find folder of the embedded Postgres: %w", err)
	}
	if err := os.MkdirAll(dir, 0o711); err != nil { //nolint:gosec // the server's user passes through; the data below is 0700
		return nil, fmt.Errorf("make folder of the embedded Postgres: %w", err)
	}
	lock, free, err := filelock.TryExclusive(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, err
	}
	if !free {
		return nil, fmt.Errorf("%s: %w", dir, ErrInUse)
	}
	s, err := open(ctx, o, dir)
	if err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("start embedded Postgres: %w", err)
	}
	s.lock = lock
	return s, nil
}

func open(ctx context.Context, o Options, dir string) (*Server, error) {
	if o.BinDir != "" {
		o.Search = []string{o.BinDir}
	} else if o.Search == nil {
		o.Search = everywhere()
	}
	c := cluster{dir: dir, durable: o.Durable, settings: o.Settings, strand: o.strand}
	if err := c.stopLeftover(ctx, o.Search); err != nil {
		return nil, err
	}
	if !o.Durable {
		if err := os.RemoveAll(c.data()); err != nil {
			return nil, fmt.Errorf("empty the test cluster: %w", err)
		}
	}
	var err error
	if c.bin, err = find(ctx, o.Search, c.madeBy()); err != nil {
		return nil, err
	}
	if c.user, err = serverUser(dir, c.bin.dir); err != nil {
		return nil, err
	}
	if c.user.warning != "" {
		o.Log.Warn("postgres may read every file", "because", c.user.warning)
	}
	password, err := c.prepare(ctx)
	if err != nil {
		return nil, err
	}
	s := &Server{cluster: c, password: password, log: o.Log}
	if err := s.run(ctx, o.tcp || !c.socketFits(), o.Database); err != nil {
		return nil, err
	}
	s.log.Info("postgres started", "version", c.bin.major, "binaries", c.bin.dir, "dir", dir)
	return s, nil
}

// URL returns how to reach database as Role. It may hold a password: never log it.
func (s *Server) URL(database string) string {
	return s.url(Role, database)
}

// Done is closed when the server has ended, by Close or by itself.
func (s *Server) Done() <-chan struct{} { return s.done }

// Binaries returns the folder of the running Postgres' programs; pg_dump is
// there when Postgres came from a package.
func (s *Server) Binaries() string { return s.cluster.bin.dir }

// Close stops the server as politely as it allows and gives the folder back.
// Calling it again returns the first result.
func (s *Server) Close() error {
	s.close.Do(func() {
		s.err = s.stop()
		if err := s.lock.Close(); s.err == nil {
			s.err = err
		}
		s.log.Info("postgres stopped", "dir", s.cluster.dir)
	})
	return s.err
}

func (s *Server) url(role, database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(role), Path: "/" + database}
	q := url.Values{"sslmode": {"disable"}}
	if s.port == 0 {
		q.Set("host", s.cluster.run())
		q.Set("port", strconv.Itoa(socketPort))
	} else {
		u.User = url.UserPassword(role, s.password)
		u.Host = "127.0.0.1:" + strconv.Itoa(s.port)
	}
	u.RawQuery = q.Encode()
	return u.String()
}
