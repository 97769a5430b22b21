package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	startFor = 5 * time.Minute // a crash with much WAL to replay is slow, not broken
	fastFor  = 60 * time.Second
	lastFor  = 10 * time.Second
	logMax   = 8 << 20 // bytes of postgres.log before it starts anew
	pollFor  = 10 * time.Millisecond
)

// errRetry marks a failed launch that the same call may succeed in later.
var errRetry = errors.New("server not ready for another launch")

// run launches the server, waits until it answers and sees to role and database.
func (s *Server) run(ctx context.Context, tcp bool, database string) error {
	ctx, cancel := context.WithTimeout(ctx, startFor)
	defer cancel()
	tick := time.NewTicker(pollFor)
	defer tick.Stop()
	for {
		err := s.launch(ctx, tcp, database)
		if err == nil || !errors.Is(err, errRetry) {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		}
	}
}

func (s *Server) launch(ctx context.Context, tcp bool, database string) error {
	s.port = 0
	if tcp {
		port, err := freePort(ctx)
		if err != nil {
			return err
		}
		s.port = port
	}
	log, from, err := s.cluster.openLog()
	if err != nil {
		return err
	}
	defer log.Close()
	if err := s.spawn(ctx, log); err != nil {
		return err
	}
	if err := s.ready(ctx, database); err != nil {
		select {
		case <-s.done:
			return s.cluster.whyEnded(from)
		default:
			return errors.Join(err, s.stop())
		}
	}
	return nil
}

// spawn starts the process on a thread that lives as long as it: Linux sends
// the death signal when that thread, not the program, ends.
func (s *Server) spawn(ctx context.Context, log *os.File) error {
	// The context bounds the start; its end must not kill the server.
	s.cmd = s.cluster.command(context.WithoutCancel(ctx), "postgres", s.cluster.serverArgs(s.port)...).Cmd
	s.cmd.Stdout, s.cmd.Stderr = log, log
	s.done = make(chan struct{})
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := s.cmd.Start()
		started <- err
		if err == nil {
			_ = s.cmd.Wait() // the log says why; callers watch done
			close(s.done)
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("run %s: %w", s.cmd.Path, err)
	}
	return nil
}

// ready waits until the server answers, then makes the role and the database.
func (s *Server) ready(ctx context.Context, database string) error {
	tick := time.NewTicker(pollFor)
	defer tick.Stop()
	for {
		conn, err := pgx.Connect(ctx, s.url(superuser, "postgres"))
		if err == nil {
			defer conn.Close(context.WithoutCancel(ctx))
			if pid, _ := s.cluster.recordedPID(); pid != s.cmd.Process.Pid {
				return fmt.Errorf("process %d answers in place of ours", pid)
			}
			return s.furnish(ctx, conn, database)
		}
		if refused := new(pgconn.PgError); errors.As(err, &refused) && refused.Code == "28P01" {
			return fmt.Errorf("%s no longer holds the password of this cluster: %w", s.cluster.password(), err)
		}
		select {
		case <-tick.C:
		case <-s.done:
			return err
		case <-ctx.Done():
			return fmt.Errorf("wait for the server: %w", errors.Join(ctx.Err(), err))
		}
	}
}

func (s *Server) furnish(ctx context.Context, conn *pgx.Conn, database string) error {
	var role, db bool
	const ask = `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1), EXISTS (SELECT FROM pg_database WHERE datname = $2)`
	if err := conn.QueryRow(ctx, ask, Role, database).Scan(&role, &db); err != nil {
		return fmt.Errorf("look for role and database: %w", err)
	}
	if !role {
		// DDL takes no parameters, so the literal is quoted here.
		quoted := "'" + strings.ReplaceAll(s.password, "'", "''") + "'"
		if _, err := conn.Exec(ctx, `CREATE ROLE `+Role+` LOGIN CREATEDB PASSWORD `+quoted); err != nil {
			return fmt.Errorf("make role: %w", err)
		}
	}
	if !db {
		if _, err := conn.Exec(ctx, `CREATE DATABASE `+pgx.Identifier{database}.Sanitize()+` OWNER `+Role); err != nil {
			return fmt.Errorf("make database: %w", err)
		}
	}
	return nil
}

// stop asks for a fast stop, which rolls back and disconnects; a server that
// does not manage in a minute is stopped at once and recovers at its next start.
func (s *Server) stop() error {
	for _, step := range []struct {
		how  mode
		wait time.Duration
	}{{fast, fastFor}, {immediate, lastFor}} {
		if err := s.cluster.signal(s.cmd.Process.Pid, step.how); err != nil {
			break // gone already, or not to be reached politely
		}
		select {
		case <-s.done:
			return nil
		case <-time.After(step.wait):
			s.log.Warn("postgres is slow to stop", "dir", s.cluster.dir)
		}
	}
	select {
	case <-s.done:
		return nil
	default:
	}
	if err := s.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill postgres: %w", err)
	}
	<-s.done
	return nil
}

// openLog opens the server's log and tells where this run begins in it.
func (c cluster) openLog() (*os.File, int64, error) {
	how := os.O_CREATE | os.O_APPEND | os.O_WRONLY
	if info, err := os.Stat(c.log()); err == nil && info.Size() > logMax {
		how |= os.O_TRUNC
	}
	f, err := os.OpenFile(c.log(), how, 0o600)
	if err != nil {
		return nil, 0, fmt.Errorf("open the server's log: %w", err)
	}
	from, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		_ = f.Close()
		return nil, 0, fmt.Errorf("find the end of the server's log: %w", err)
	}
	return f, from, nil
}

// whyEnded turns what the server wrote since from into an error.
func (c cluster) whyEnded(from int64) error {
	text, err := os.ReadFile(c.log())
	if err != nil {
		return fmt.Errorf("postgres ended at once and its log cannot be read: %w", err)
	}
	said := text[min(from, int64(len(text))):]
	why := lastLine(said)
	for line := range strings.Lines(string(said)) {
		if strings.Contains(line, "FATAL:") || strings.Contains(line, "PANIC:") {
			why = strings.TrimSpace(line)
			break
		}
	}
	err = fmt.Errorf("postgres ended at once (%s): %s", c.log(), why)
	// A killed postmaster's children need a moment to notice; a free port may be taken by another program.
	if strings.Contains(string(said), "pre-existing shared memory block") || strings.Contains(string(said), "Address already in use") {
		return fmt.Errorf("%w: %w", errRetry, err)
	}
	return err
}

func freePort(ctx context.Context) (int, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
