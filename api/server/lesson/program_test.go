// Package lesson holds whole lessons with the built programs, a real Postgres
// and real sockets: what a school does in a day, and what goes wrong on bad ones.
// Nothing of ours is imported here but what a client would use.
package lesson

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// bin is where TestMain built both programs.
var bin string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "arise-lesson")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		build := exec.Command("go", "build", "-o", dir+string(filepath.Separator), "../..", "../../../edge")
		build.Env = append(os.Environ(), "CGO_ENABLED=0") // as they ship, whatever the tests run with
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build the programs: %v\n%s", err, out)
			return 1
		}
		bin = dir
		return m.Run()
	}())
}

// program is one of ours, running.
type program struct {
	t    testing.TB
	cmd  *exec.Cmd
	out  *output
	done chan struct{}
}

// output collects what a program says.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// start runs a program with nothing of our environment but what is named.
func start(t testing.TB, name string, env []string, args ...string) *program {
	t.Helper()
	return startAt(t, filepath.Join(bin, name), env, args...)
}

// startAt starts a program that lies anywhere.
func startAt(t testing.TB, name string, env []string, args ...string) *program {
	t.Helper()
	p := &program{t: t, out: &output{}, done: make(chan struct{})}
	p.cmd = exec.Command(name, args...)
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, env...)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is asked of ProcessState
		close(p.done)
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("%s said:\n%s", name, p.out)
		}
	})
	return p
}

// kill is what a pulled plug does to a process.
func (p *program) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.done
}

// stop is Ctrl-C; a program that does not end within its promise is a failure.
func (p *program) stop() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGINT); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Fatal(err)
	}
	select {
	case <-p.done:
	case <-time.After(30 * time.Second):
		p.t.Errorf("got no end within 30 s of Ctrl-C; it said:\n%s", p.out)
		p.kill()
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		p.t.Errorf("got exit code %d after Ctrl-C, want 0; it said:\n%s", code, p.out)
	}
}

// answers waits until an address gives 200.
func (p *program) answers(url string) {
	p.t.Helper()
	eventually(p.t, 60*time.Second, url+" answers", func() error {
		select {
		case <-p.done:
			p.t.Fatalf("the program ended; it said:\n%s", p.out)
		default:
		}
		resp, err := http.Get(url)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("status %d", resp.StatusCode)
		}
		return nil
	})
}

// eventually asks until there is no error; the wait between two questions is the
// only waiting there is.
func eventually(t testing.TB, within time.Duration, what string, ask func() error) {
	t.Helper()
	deadline := time.Now().Add(within)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ask()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s: %v", within, what, err)
		}
		<-tick.C
	}
}
