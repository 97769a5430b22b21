package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/arise-attendance/arise/api/pendrive"
)

// runningFile lies beside the register while a program has it open, and says where
// that program is found: the folder may be started twice, and its port is not
// always the same.
const runningFile = "running.json"

type running struct {
	URL      string `json:"url"`
	Instance string `json:"instance"`
}

// sign leaves word of where we are. Whoever holds the register may write here.
func (n *Node) sign() error {
	raw, err := json.Marshal(running{URL: n.Here(), Instance: n.instance})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(n.config.Data, runningFile), append(raw, '\n'), 0o600); err != nil {
		return fmt.Errorf("leave word of where the program is: %w", err)
	}
	return nil
}

// unsign takes the word back, also one that a pulled plug left behind. The file
// stays: a folder that changes is what FAT does worst.
func (n *Node) unsign() {
	path := filepath.Join(n.config.Data, runningFile)
	if _, err := os.Stat(path); err != nil {
		return // nobody left word
	}
	// On a drive that takes no writes an old word stays, and whoever reads it asks.
	_ = os.WriteFile(path, []byte("{}\n"), 0o600)
}

// Running finds the program that has a folder open, and asks how it stands. It
// asks again for so long, for one that is being started; 0: it asks once.
func Running(ctx context.Context, data string, within time.Duration) (pendrive.EdgeStatus, error) {
	st, err := runningNow(ctx, data)
	if err == nil || within <= 0 {
		return st, err
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return st, err
		case <-tick.C:
		}
		if st, err = runningNow(ctx, data); err == nil {
			return st, nil
		}
	}
}

// runningNow asks once.
func runningNow(ctx context.Context, data string) (pendrive.EdgeStatus, error) {
	var at running
	raw, err := os.ReadFile(filepath.Join(data, runningFile)) //nolint:gosec // the folder that was named
	if err != nil {
		return pendrive.EdgeStatus{}, err
	}
	if err := json.Unmarshal(raw, &at); err != nil {
		return pendrive.EdgeStatus{}, err
	}
	if at.Instance == "" {
		return pendrive.EdgeStatus{}, errors.New("it ended in order")
	}
	st, err := Ask(ctx, at.URL)
	if err == nil && st.Instance != at.Instance { // left by a pulled plug; the port is another's now
		err = errors.New("another program answers there")
	}
	return st, err
}

// Ask is how the program at an address stands.
func Ask(ctx context.Context, at string) (pendrive.EdgeStatus, error) {
	var st pendrive.EdgeStatus
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at+"/api/edge/status", nil)
	if err != nil {
		return st, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return st, err
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&st); err != nil {
		return st, err
	}
	if st.Instance == "" {
		return st, errors.New("another program answers there")
	}
	return st, nil
}
