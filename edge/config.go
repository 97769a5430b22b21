package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/settings"
	"github.com/arise-attendance/arise/api/stick"
	"github.com/arise-attendance/arise/edge/node"
	"github.com/arise-attendance/arise/web"
)

var table = settings.Table{
	Prefix: "ARISE_", Others: []string{"ARISE_DATA", "ARISE_DEMO", "ARISE_ZONE", "ARISE_ALLOW_LEGACY", "ARISE_TEST_"},
	Settings: []settings.Setting{
		{Name: "ARISE_EDGE_LISTEN", Default: ":5000", Meaning: "address to listen on in the classroom's network; where its port is taken, the next free one"},
		{Name: "ARISE_EDGE_HOME", Meaning: "folder of edge.env, the sealed roster and data, where the program itself is elsewhere; not in edge.env"},
		{Name: "ARISE_EDGE_DATA", Meaning: "folder of the register; unset: data beside the program"},
		{Name: "CLOUD_SERVER_URL", Meaning: "where to send marks, such as https://school.example; unset: where it was paired"},
		{Name: "SYNC_INTERVAL_SECONDS", Default: "300", Meaning: "longest wait between two syncs; 0: only when asked"},
		{Name: "ARISE_EDGE_CLAIM", Meaning: "claim code from the office, used on first start"},
		{Name: "ARISE_EDGE_ALLOW_LEGACY", Default: "0", Meaning: "1: accept original scanners; they sign nothing"},
		{Name: "ARISE_EDGE_OPEN", Meaning: "0: do not open the browser; unset: open it where there is a desktop"},
		{Name: "ARISE_EDGE_ZONE", Default: "Asia/Kolkata", Meaning: "the campus's time zone, for dates that people read"},
	},
}

// envFile lies beside the program, so that a pendrive carries its own settings.
const envFile = stick.EnvFile

// configure reads the whole table, so that every mistake is told at once. What the
// environment sets wins over the file.
func configure(dir string, environ []string, stderr io.Writer) (node.Config, error) {
	for _, line := range environ {
		if home, ok := strings.CutPrefix(line, "ARISE_EDGE_HOME="); ok && home != "" {
			dir = home
		}
	}
	lines, err := readEnv(filepath.Join(dir, envFile))
	errs := []error{err}
	v, err := table.Read(append(lines, environ...))
	errs = append(errs, err)
	c := node.Config{
		Listen: v["ARISE_EDGE_LISTEN"], Data: v["ARISE_EDGE_DATA"], Cloud: strings.TrimRight(v["CLOUD_SERVER_URL"], "/"),
		Claim: v["ARISE_EDGE_CLAIM"], Version: rest.Version, Portals: web.Handler(),
		World: world(), Volume: node.Volume,
		Log: slog.New(slog.NewTextHandler(stderr, nil)),
	}
	if c.Data == "" {
		c.Data = filepath.Join(dir, "data")
	}
	c.Sealed = filepath.Join(dir, stick.RosterFile)
	if c.Cloud != "" {
		if u, err := url.Parse(c.Cloud); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			errs = append(errs, fmt.Errorf("CLOUD_SERVER_URL: %q is not an address such as https://school.example", c.Cloud))
		}
	}
	seconds, err := v.Int("SYNC_INTERVAL_SECONDS", 0, 24*60*60)
	errs = append(errs, err)
	c.Every = time.Duration(seconds) * time.Second
	if c.Legacy, err = v.Bool("ARISE_EDGE_ALLOW_LEGACY"); err != nil {
		errs = append(errs, err)
	}
	c.Open, err = v.Bool("ARISE_EDGE_OPEN")
	errs = append(errs, err)
	if v["ARISE_EDGE_OPEN"] == "" {
		c.Open = desktop(runtime.GOOS, environ)
	}
	if c.Zone, err = time.LoadLocation(v["ARISE_EDGE_ZONE"]); err != nil {
		errs = append(errs, fmt.Errorf("ARISE_EDGE_ZONE: %w: use a name such as Asia/Kolkata", err))
	}
	return c, errors.Join(errs...)
}

// readEnv reads NAME=value lines; # begins a comment, and quotes around a value go.
func readEnv(path string) ([]string, error) {
	f, err := os.Open(path) //nolint:gosec // the file beside the program
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	defer f.Close()
	var lines []string
	s := bufio.NewScanner(f)
	for n := 1; s.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(s.Text(), "\ufeff")) // Notepad begins a file with it
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(strings.TrimPrefix(line, "export "), "=")
		if !ok {
			return nil, fmt.Errorf("%s, line %d: want NAME=value", path, n)
		}
		value = strings.TrimSpace(value)
		if len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
			value = value[1 : len(value)-1]
		}
		lines = append(lines, strings.TrimSpace(name)+"="+value)
	}
	return lines, s.Err()
}

// world is this computer's time, steadied, and its chance.
func world() attendance.World {
	w := attendance.Steady(time.Now, node.Uptime)
	w.Rand = rand.Reader
	return w
}
