package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// stopLeftover deals with what a killed program left behind. The caller holds
// the folder's lock, so a live server here has no owner any more: it is
// stopped cleanly, because a server with unknown settings and binaries is not
// worth adopting when a fresh start takes 50 ms.
func (c cluster) stopLeftover(ctx context.Context, search []string) error {
	pid, ok := c.recordedPID()
	if !ok {
		return nil
	}
	c.bin, _ = find(ctx, search, c.madeBy()) // only Windows needs it to stop the server
	ctx, cancel := context.WithTimeout(ctx, fastFor+lastFor)
	defer cancel()
	how, patience := fast, time.NewTimer(fastFor)
	defer patience.Stop()
	tick := time.NewTicker(pollFor)
	defer tick.Stop()
	for sent := false; isPostmaster(pid, c.data()); {
		if !sent {
			if err := c.signal(pid, how); err != nil && !errors.Is(err, os.ErrProcessDone) {
				return fmt.Errorf("stop the Postgres a killed program left (process %d): %w", pid, err)
			}
			sent = true
		}
		select {
		case <-tick.C:
		case <-patience.C:
			how, sent = immediate, false
		case <-ctx.Done():
			return fmt.Errorf("a Postgres left by a killed program (process %d) does not stop: %w", pid, ctx.Err())
		}
	}
	return c.disown(pid)
}

// recordedPID reads the process the cluster says it is run by.
func (c cluster) recordedPID() (int, bool) {
	text, err := os.ReadFile(c.pidFile())
	if err != nil {
		return 0, false
	}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	pid, err := strconv.Atoi(string(bytes.TrimSpace(first)))
	if err != nil {
		return 0, false
	}
	return max(pid, -pid), true // a lone backend records its number negated
}

// disown makes a stale pid file harmless when its number belongs to some other
// process by now, as it usually does after a container restart: Postgres would
// refuse to start. Removing the file would also remove the shared memory key by
// which Postgres notices surviving children, so only the number is replaced, by
// ours: a pid file that names the server's own parent is taken for stale.
func (c cluster) disown(pid int) error {
	text, err := os.ReadFile(c.pidFile())
	if errors.Is(err, os.ErrNotExist) {
		return nil // stopped cleanly
	}
	if err != nil {
		return fmt.Errorf("read the server's pid file: %w", err)
	}
	_, rest, _ := bytes.Cut(text, []byte("\n"))
	text = append([]byte(strconv.Itoa(os.Getpid())+"\n"), rest...)
	if err := os.WriteFile(c.pidFile(), text, 0o600); err != nil {
		return fmt.Errorf("disown stale process %d: %w", pid, err)
	}
	return nil
}

func (c cluster) pidFile() string { return filepath.Join(c.data(), "postmaster.pid") }
