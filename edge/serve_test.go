package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/server/porttest"
)

// alone is a pendrive of no school on a folder of its own.
func alone(t *testing.T, env ...string) *drive {
	t.Helper()
	d := &drive{t: t, http: newBrowser(t), env: append([]string{"ARISE_EDGE_DATA=" + t.TempDir(), "ARISE_EDGE_LISTEN=127.0.0.1:0"}, env...)}
	t.Cleanup(d.pull)
	return d
}

// again starts the program on the same folder while it runs.
func (d *drive) again(args ...string) (said string, err error) {
	d.t.Helper()
	bin, err := built()
	if err != nil {
		d.t.Fatal(err)
	}
	cmd := exec.CommandContext(d.t.Context(), bin, args...)
	cmd.Env = d.env
	var both bytes.Buffer
	cmd.Stdout, cmd.Stderr = &both, &both
	err = cmd.Run()
	return both.String(), err
}

// desk gives a program a desktop whose browser writes down what it is to open.
func desk(t *testing.T) (env []string, opened func() string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the browser of this system cannot be stood in for")
	}
	dir := t.TempDir()
	note := filepath.Join(dir, "opened")
	script := "#!/bin/sh\necho \"$1\" >>" + note + ".new\nmv " + note + ".new " + note + "\n"
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "DISPLAY=:99"}, func() string {
		raw, err := os.ReadFile(note)
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(raw))
	}
}

func TestTheBrowserOpensWhereThereIsADesktop(t *testing.T) {
	t.Parallel()
	env, opened := desk(t)
	d := alone(t, env...)
	d.plugIn()
	eventually(t, "the browser is at the teacher's page", func() bool { return opened() == d.base })
	silent := alone(t, append(env, "ARISE_EDGE_OPEN=0")...)
	silent.plugIn()
	if said, err := silent.again(); err != nil || !strings.Contains(said, silent.base) {
		t.Errorf("got %q, %v", said, err)
	}
	if got := opened(); got != d.base {
		t.Errorf("got %q, want nothing opened where it is not wanted", got)
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(60 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("not within a minute: " + what)
		}
	}
}

func TestASecondStartShowsTheFirst(t *testing.T) {
	t.Parallel()
	env, opened := desk(t)
	d := alone(t, append(env, "ARISE_EDGE_OPEN=0")...)
	d.plugIn()
	d.env = append(d.env, "ARISE_EDGE_OPEN=1")
	said, err := d.again("serve")
	if err != nil || !strings.Contains(said, "runs already: "+d.base+"\n") {
		t.Fatalf("got %q, %v, want it to name %s and to end well", said, err, d.base)
	}
	if got := opened(); got != d.base {
		t.Errorf("opened %q, want %s", got, d.base)
	}
	if code := d.call("GET", "/api/health", nil, nil); code != http.StatusOK {
		t.Errorf("the first: got %d", code)
	}
	if said, err := d.again("status"); err != nil || !strings.Contains(said, d.stands().Instance) {
		t.Errorf("status asks the one that runs: got %q, %v", said, err)
	}
	// A pulled plug leaves word of a program that is gone; the port is another's now.
	d.pull()
	folder := strings.TrimPrefix(d.env[0], "ARISE_EDGE_DATA=")
	word, err := os.ReadFile(filepath.Join(folder, "running.json"))
	if err != nil || !strings.Contains(string(word), d.base) {
		t.Fatalf("got %q, %v, want word of where it was", word, err)
	}
	other := alone(t, "ARISE_EDGE_LISTEN="+strings.TrimPrefix(d.base, "http://"))
	other.plugIn()
	if said, err := d.again("status"); err != nil || strings.Contains(said, other.stands().Instance) {
		t.Errorf("status after the plug: got %q, %v, want this folder's", said, err)
	}
	d.env = append(d.env, "ARISE_EDGE_OPEN=0")
	d.plugIn()
	if d.base == other.base || d.stands().Medium.Folder != folder {
		t.Errorf("started again: got %s with %s", d.base, d.stands().Medium.Folder)
	}
}

func TestATakenPortIsSaidAndTheNextOneTaken(t *testing.T) {
	t.Parallel()
	port := porttest.Free(t)
	for _, taken := range []string{":%d", "127.0.0.1:%d"} { // all of it, or the half that a browser here meets
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", fmt.Sprintf(taken, port))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		d := alone(t, fmt.Sprintf("ARISE_EDGE_LISTEN=:%d", port))
		d.plugIn()
		var said strings.Builder
		for !strings.Contains(said.String(), "Ctrl-C") {
			line, err := d.said.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			said.WriteString(line)
		}
		st := d.stands()
		want := fmt.Sprintf("Another program has port %d, so this pendrive is at port %d.", port, st.Network.Port)
		if st.Network.Wanted != port || st.Network.Port <= port || st.Network.Port > port+20 || !strings.HasSuffix(d.base, fmt.Sprint(":", st.Network.Port)) {
			t.Errorf("got %+v at %s, want the next port after %d", st.Network, d.base, port)
		}
		if !strings.Contains(said.String(), want) || len(st.Attention) == 0 || !strings.Contains(strings.Join(st.Attention, "\n"), want) {
			t.Errorf("the window says %q, the page %q, want %q", said.String(), st.Attention, want)
		}
		d.pull()
		l.Close()
	}
}

func TestAnAddressThatIsNotOursIsAnError(t *testing.T) {
	t.Parallel()
	d := alone(t, "ARISE_EDGE_LISTEN=203.0.113.9:5000")
	if said, err := d.again(); err == nil || !strings.Contains(said, "ARISE_EDGE_LISTEN") {
		t.Errorf("got %q, %v, want the way out", said, err)
	}
}

func TestTheLogIsKeptBesideTheRegisterAndRotates(t *testing.T) {
	t.Parallel()
	d := alone(t)
	folder := strings.TrimPrefix(d.env[0], "ARISE_EDGE_DATA=")
	full := bytes.Repeat([]byte("an earlier line of the log of this pendrive, as many as there is room for\n"), 1<<20/74)
	if err := os.WriteFile(filepath.Join(folder, "edge.log"), full, 0o600); err != nil {
		t.Fatal(err)
	}
	d.plugIn()
	for range 20 {
		d.call("POST", "/api/teacher/login", map[string]string{"course_code": "none", "pin": "123456"}, nil)
	}
	logs, err := filepath.Glob(filepath.Join(folder, "edge*.log"))
	if err != nil || len(logs) != 2 {
		t.Fatalf("got %v, %v, want the full one put aside and a new one", logs, err)
	}
	now, err := os.ReadFile(filepath.Join(folder, "edge.log"))
	if err != nil || len(now) == 0 || len(now) > 1<<19 || !strings.Contains(string(now), "/api/teacher/login") {
		t.Errorf("got %d bytes %.300q, %v, want what was asked since", len(now), now, err)
	}
	if strings.Contains(string(now), "123456") {
		t.Error("the log holds a PIN")
	}
	for _, f := range logs {
		if info, err := os.Stat(f); err != nil || runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: got %v, %v, want it ours alone", f, info.Mode(), err)
		}
	}
}

func TestWhereADesktopIs(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		system string
		env    []string
		want   bool
	}{
		{"windows", nil, true},
		{"darwin", nil, true},
		{"darwin", []string{"SSH_CONNECTION=192.168.4.2 1 192.168.4.3 22"}, false},
		{"linux", nil, false},
		{"linux", []string{"DISPLAY="}, false},
		{"linux", []string{"DISPLAY=:0"}, true},
		{"linux", []string{"WAYLAND_DISPLAY=wayland-0"}, true},
		{"linux", []string{"DISPLAY=:0", "CI=true"}, false},
	} {
		if got := desktop(row.system, row.env); got != row.want {
			t.Errorf("%s %v: got %t, want %t", row.system, row.env, got, row.want)
		}
	}
}
