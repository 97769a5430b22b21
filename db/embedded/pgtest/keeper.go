package pgtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/db/embedded"
	"github.com/arise-attendance/arise/db/embedded/internal/filelock"
)

const (
	serverVar = "ARISE_TEST_DATABASE_URL"
	keeperVar = "ARISE_TEST_KEEPER" // the folder to keep; set in the keeper only

	idleFor = 30 * time.Second // longer than compiling the next package takes
	layout  = "2"              // change it with what a keeper does
)

// A nest is the shared folder. Its lock files stay for ever, empty; the cluster
// goes away with its keeper.
//
//	clients   shared by running test processes, alone by a keeper going down
//	starter   held by the process that looks for a keeper or starts one
//	url       how to reach the server, written when it answers
//	cluster/  embedded's, with the lock that says a keeper lives
type nest string

func (n nest) file(name string) string { return filepath.Join(string(n), name) }

// clients is this process's mark that it is running; the system removes it.
// It is only written: a variable keeps the collector from closing the file.
var clients *filelock.Lock //nolint:unused

// join returns the URL of the shared server, starting it if nobody has.
func join() (string, error) {
	if other := os.Getenv(serverVar); other != "" {
		if u, err := url.Parse(other); err != nil || u.Scheme == "" {
			return "", errors.New(serverVar + " is no postgres:// URL")
		}
		return other, nil
	}
	n, err := place()
	if err != nil {
		return "", err
	}
	if clients, err = filelock.Shared(n.file("clients")); err != nil {
		return "", err
	}
	turn, err := filelock.Exclusive(n.file("starter"))
	if err != nil {
		return "", err
	}
	defer turn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), adminFor)
	defer cancel()
	if url, ok := n.answers(ctx); ok {
		return url, nil
	}
	return n.start(ctx)
}

// answers returns the URL of the server when there is one.
func (n nest) answers(ctx context.Context) (string, bool) {
	text, err := os.ReadFile(n.file("url"))
	if err != nil {
		return "", false
	}
	conn, err := pgx.Connect(ctx, string(text))
	if err != nil {
		return "", false
	}
	return string(text), conn.Close(ctx) == nil
}

// start runs a keeper and waits until it has a server, or why it has none.
func (n nest) start(ctx context.Context) (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	if err := os.Remove(n.file("url")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	log, err := os.OpenFile(n.file("keeper.log"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	defer log.Close()
	// Not tied to ctx, nor to our output: `go test` waits for whoever holds that.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), exe)
	cmd.Env = append(os.Environ(), keeperVar+"="+string(n))
	cmd.Stdout, cmd.Stderr = log, log
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("start keeper: %w", err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // its log says why it ended
		close(ended)
	}()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if url, ok := n.answers(ctx); ok {
			return url, nil
		}
		select {
		case <-tick.C:
		case <-ended:
			text, _ := os.ReadFile(n.file("keeper.log"))
			return "", fmt.Errorf("no shared Postgres: %s", strings.TrimSpace(string(text)))
		case <-ctx.Done():
			return "", fmt.Errorf("wait for the shared Postgres: %w", ctx.Err())
		}
	}
}

// A test program started with keeperVar is no test program but a keeper. This
// runs before main because no package of ours owns every TestMain.
func init() {
	dir := os.Getenv(keeperVar)
	if dir == "" {
		return
	}
	if err := nest(dir).keep(context.Background(), idleFor); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// keep owns the server until no test has run for idle, the server has ended,
// or somebody removed the folder.
func (n nest) keep(ctx context.Context, idle time.Duration) (err error) {
	// Held to the very end: a test that starts meanwhile waits for us to be gone.
	var alone *filelock.Lock
	defer func() {
		if alone != nil {
			err = errors.Join(err, alone.Close())
		}
	}()
	s, err := embedded.Start(ctx, embedded.Options{Dir: n.file("cluster"), Settings: []string{"max_connections=300"}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close(), os.RemoveAll(n.file("cluster/data"))) }()
	// Renamed in, so that nobody reads half of it.
	if err := os.WriteFile(n.file("url.new"), []byte(s.URL("postgres")), 0o600); err != nil {
		return err
	}
	if err := os.Rename(n.file("url.new"), n.file("url")); err != nil {
		return err
	}
	defer os.Remove(n.file("url"))
	tick := time.NewTicker(min(idle, time.Second))
	defer tick.Stop()
	busyAt := time.Now()
	for {
		select {
		case <-s.Done():
			return errors.New("the shared Postgres ended by itself")
		case <-tick.C:
		}
		if _, err := os.Stat(n.file("url")); err != nil {
			return nil //nolint:nilerr // the folder was removed: so are we
		}
		lock, free, err := filelock.TryExclusive(n.file("clients"))
		switch {
		case err != nil:
			return err
		case !free:
			busyAt = time.Now()
		case time.Since(busyAt) >= idle:
			alone = lock
			return nil
		default:
			if err := lock.Close(); err != nil {
				return err
			}
		}
	}
}

// place returns the shared folder of this user and this kind of server.
func place() (nest, error) {
	sum := sha256.Sum256([]byte(layout + strings.Join(embedded.Local(), ":")))
	dir := filepath.Join(memory(), fmt.Sprintf("arise-test-%d-%s", os.Getuid(), hex.EncodeToString(sum[:4])))
	if err := os.Mkdir(dir, 0o711); err != nil && !errors.Is(err, os.ErrExist) { //nolint:gosec // the server's user passes through
		return "", err
	}
	// The name can be guessed and the parent is everybody's: take only our own folder.
	info, err := os.Lstat(dir)
	if err != nil {
		return "", err
	}
	if !info.IsDir() || !ours(info) {
		return "", fmt.Errorf("%s belongs to somebody else", dir)
	}
	return nest(dir), nil
}
