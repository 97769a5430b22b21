package torture

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// drive is the real program on one medium: a disk of ours, or a plain folder.
type drive struct {
	t     testing.TB
	place string
	bin   string
	env   []string // more of its settings

	booted func() // called when it is started

	disk   *Disk  // nil: folder is plain
	folder string // where the medium is mounted, or lies
	undo   func()

	cmd   *exec.Cmd
	said  *output
	ended chan struct{}
	base  string
	jar   http.CookieJar
	http  *http.Client
}

// newDrive has never been started. The data folder is one that the program makes
// itself, so that its name has to survive as well.
func newDrive(t testing.TB, place, cloud, claim string, disk *Disk) *drive {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	d := &drive{t: t, place: place, bin: program(t, "edge", ""), disk: disk, jar: jar, folder: filepath.Join(t.TempDir(), "medium")}
	d.env = []string{"CLOUD_SERVER_URL=" + cloud, "ARISE_EDGE_CLAIM=" + claim, "SYNC_INTERVAL_SECONDS=1"}
	t.Cleanup(func() {
		if disk != nil {
			disk.Cut()
		}
		d.kill()
		d.unplug()
		if t.Failed() && d.said != nil {
			t.Logf("%s said at last:\n%s", d.place, d.said.last())
		}
	})
	return d
}

var (
	errDark  = errors.New("the power went")
	errEnded = errors.New("the program ended")
)

// boot starts the program and waits until it says where it listens. It fails with
// errDark when the power goes before that, and with errEnded when the program gives up.
func (d *drive) boot() error {
	d.t.Helper()
	if d.disk != nil && d.undo == nil {
		d.undo = mount(d.t, d.disk, d.folder)
	}
	d.said, d.ended = &output{}, make(chan struct{})
	d.cmd = exec.Command(d.bin, "serve")
	d.cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + built, "ARISE_EDGE_DATA=" + filepath.Join(d.folder, "data"),
		"ARISE_EDGE_LISTEN=127.0.0.1:0", "ARISE_EDGE_ALLOW_LEGACY=1",
	}, d.env...)
	d.cmd.Stderr = d.said
	tether(d.cmd)
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	if d.booted != nil {
		d.booted()
	}
	listens := make(chan string, 1)
	go func(cmd *exec.Cmd, said *output, ended chan struct{}) {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			_, _ = said.Write(append(lines.Bytes(), '\n'))
			if _, at, ok := strings.Cut(lines.Text(), "http://"); ok && len(listens) == 0 {
				listens <- "http://" + strings.TrimRight(strings.Fields(at)[0], "/.,")
			}
		}
		_ = cmd.Wait() // how it ended is told by what it said
		close(ended)
	}(d.cmd, d.said, d.ended)
	var dark chan struct{}
	if d.disk != nil {
		dark = d.disk.dark
	}
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	select {
	case d.base = <-listens:
	case <-dark:
		return errDark
	case <-d.ended:
		return fmt.Errorf("%w: %s", errEnded, d.said)
	case <-timeout.C:
		return fmt.Errorf("it does not listen within %v: %s", patience, d.said)
	}
	d.http = &http.Client{Jar: d.jar, Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	return nil
}

// kill is kill -9. What hangs on a dark disk is let go once the signal is sent.
func (d *drive) kill() {
	if d.cmd == nil {
		return
	}
	_ = d.cmd.Process.Kill() // it may have ended
	if d.disk != nil {
		d.disk.Wreck()
	}
	<-d.ended
	d.cmd = nil
	if d.http != nil {
		d.http.CloseIdleConnections()
	}
}

// dieAt kills the program when the power goes: whoever waits for its answer learns
// that there is none.
func (d *drive) dieAt(dark <-chan struct{}) (dead <-chan struct{}) {
	cmd, ended, gone := d.cmd, d.ended, make(chan struct{})
	go func() {
		defer close(gone)
		select {
		case <-dark:
			_ = cmd.Process.Kill() // it may have ended
			d.disk.Wreck()
			<-ended
		case <-ended:
		}
	}()
	return gone
}

// gone reports whether the program has ended.
func (d *drive) gone() bool {
	select {
	case <-d.ended:
		return true
	default:
		return false
	}
}

func (d *drive) unplug() {
	if d.undo != nil {
		d.undo()
		d.undo = nil
	}
}

// call sends a request. Zero: there was no whole answer.
func (d *drive) call(client *http.Client, method, path string, body, into any) int {
	raw, err := json.Marshal(body)
	if err != nil {
		d.t.Error(err)
		return 0
	}
	req, err := http.NewRequestWithContext(context.Background(), method, d.base+path, bytes.NewReader(raw))
	if err != nil {
		d.t.Error(err)
		return 0
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	if raw, err = io.ReadAll(resp.Body); err != nil {
		return 0
	}
	if into != nil && len(raw) > 0 && json.Unmarshal(raw, into) != nil && resp.StatusCode < 400 {
		return 0
	}
	return resp.StatusCode
}

// browser speaks as the teacher.
func (d *drive) browser(method, path string, body, into any) int {
	return d.call(d.http, method, path, body, into)
}

// device is a client that calls from an address of its own, as a scanner does.
func device(from string) *http.Client {
	dial := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 5 * time.Second}
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16, DialContext: dial.DialContext}}
}

// signedIn reports whether the teacher may speak; the cookie outlives the program.
func (d *drive) signIn(code string) bool {
	at, err := url.Parse(d.base)
	if err != nil {
		d.t.Error(err)
		return false
	}
	if len(d.jar.Cookies(at)) > 0 {
		return true
	}
	return d.browser(http.MethodPost, "/api/teacher/login", map[string]string{"course_code": code, "pin": pin}, nil) == http.StatusOK
}
