package torture

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// built is where the programs lie, as they ship; the mutants come beside them when
// they are wanted.
var built string

// runAll runs the tests with a folder for what they build.
func runAll(m *testing.M) int {
	dir, err := os.MkdirTemp("", "arise-torture")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	built = dir
	return m.Run()
}

// program builds one of ours, once; with a tag it is one that is wrong on purpose.
func program(t testing.TB, name, tag string) string {
	t.Helper()
	bin := filepath.Join(built, name+tag)
	programs.Lock()
	defer programs.Unlock()
	if _, err := os.Stat(bin); err == nil {
		return bin
	}
	cmd := exec.CommandContext(context.Background(), "go", "build", "-tags", tag, "-o", bin, "../../"+name)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // as they ship, whatever the tests run with
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", name, err, out)
	}
	return bin
}

var programs sync.Mutex

// long is the form that takes its time.
var long = os.Getenv("ARISE_TORTURE") == "long"

// times is how often to try something in each form.
func times(inShort, inLong int) int {
	if long {
		return inLong
	}
	return inShort
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

// last is the end of it, without the requests that went well.
func (o *output) last() string {
	var lines []string
	for line := range strings.Lines(o.String()) {
		if !strings.Contains(line, "level=INFO msg=request") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-40):], "")
}

// patience is how long anything may take that has to come; it is no promise to
// anybody, only the end of waiting.
const patience = 90 * time.Second

// eventually asks until there is no error; the wait between two questions is the
// only waiting there is.
func eventually(t testing.TB, what string, ask func() error) {
	t.Helper()
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ask()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s: %v", patience, what, err)
		}
		<-tick.C
	}
}
