package embedded

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sort"
	"strconv"
	"strings"
)

// oldest is the first Postgres that knows CREATE DATABASE … STRATEGY.
const oldest = 15

// ErrNoPostgres tells the operator what to install.
var ErrNoPostgres = errors.New("no Postgres 15 or newer found: install it (Debian: apt-get install postgresql, " +
	"macOS: brew install postgresql@17), run `make tools`, or set DATABASE_URL")

// binaries is one installed Postgres.
type binaries struct {
	dir   string
	major int
}

func (b binaries) path(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(b.dir, name)
}

// Local lists where this machine keeps Postgres, best first: PATH, then
// what packages and installers use, newest version first.
func Local() []string {
	var dirs []string
	if p, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			p = real
		}
		dirs = append(dirs, filepath.Dir(p))
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin",
		"/usr/libexec/postgresql*",
		"/opt/homebrew/opt/postgresql@*/bin",
		"/usr/local/opt/postgresql@*/bin",
		"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
		`C:\Program Files\PostgreSQL\*\bin`,
	} {
		found, _ := filepath.Glob(pattern) // the patterns are constant and well formed
		sort.Slice(found, func(i, j int) bool { return versionIn(found[i]) > versionIn(found[j]) })
		dirs = append(dirs, found...)
	}
	return dirs
}

// Fetched lists where `make tools` puts the binaries of npm's
// @embedded-postgres below root or one of its parents.
func Fetched(root string) []string {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil
	}
	var dirs []string
	for {
		dirs = append(dirs, filepath.Join(root, ".tools", "node_modules", "@embedded-postgres", platform(), "native", "bin"))
		parent := filepath.Dir(root)
		if parent == root {
			return dirs
		}
		root = parent
	}
}

// everywhere is the default search: local binaries, then the ones fetched
// for the checkout we run in or the one this program was built in.
func everywhere() []string {
	dirs := append(Local(), Fetched(".")...)
	if exe, err := os.Executable(); err == nil {
		dirs = append(dirs, Fetched(filepath.Dir(exe))...)
	}
	return dirs
}

// find returns the first usable Postgres in dirs. A cluster can only be
// opened by the major version that made it, so want narrows the search; 0 means any.
func find(ctx context.Context, dirs []string, want int) (binaries, error) {
	var newest int
	for _, dir := range dirs {
		b := binaries{dir: dir}
		if _, err := os.Stat(b.path("initdb")); err != nil {
			continue
		}
		if err := hydrate(dir); err != nil {
			return b, err
		}
		out, err := exec.CommandContext(ctx, b.path("postgres"), "--version").Output()
		if err != nil {
			continue
		}
		b.major = versionIn(string(out))
		newest = max(newest, b.major)
		if b.major == want || want == 0 && b.major >= oldest {
			return b, nil
		}
	}
	if want != 0 && newest != 0 {
		return binaries{}, fmt.Errorf("the data was made by Postgres %d and only %d is installed: install postgresql-%d", want, newest, want)
	}
	return binaries{}, ErrNoPostgres
}

var number = regexp.MustCompile(`\d+`)

// versionIn reads 15 from "postgres (PostgreSQL) 15.18" or "/usr/lib/postgresql/15/bin".
func versionIn(s string) int {
	n, _ := strconv.Atoi(number.FindString(s))
	return n
}

// platform names npm's package for this machine.
func platform() string {
	system, cpu := runtime.GOOS, runtime.GOARCH
	if cpu == "amd64" {
		cpu = "x64"
	}
	return system + "-" + cpu
}

// hydrate restores the library links a fetched Postgres needs: npm cannot
// carry symbolic links, and the package's own install script does not run
// under --ignore-scripts. Binaries without such a list are left alone.
func hydrate(bin string) error {
	root := filepath.Dir(filepath.Dir(bin)) // the package: paths start with "native/"
	list, err := os.ReadFile(filepath.Join(root, "native", "pg-symlinks.json"))
	if err != nil {
		return nil //nolint:nilerr // not a fetched Postgres
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(list, &links); err != nil {
		return fmt.Errorf("read the links of the fetched Postgres: %w", err)
	}
	for _, l := range links {
		if !filepath.IsLocal(l.Source) || !filepath.IsLocal(l.Target) || strings.Contains(l.Target, "..") {
			return fmt.Errorf("link %q of the fetched Postgres leaves its folder", l.Target)
		}
		rel, err := filepath.Rel(filepath.Dir(l.Target), l.Source)
		if err != nil {
			return err
		}
		if err := os.Symlink(rel, filepath.Join(root, l.Target)); err != nil && !errors.Is(err, os.ErrExist) {
			return fmt.Errorf("link a library of the fetched Postgres: %w", err)
		}
	}
	return nil
}
