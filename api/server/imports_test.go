package server_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	module = "github.com/arise-attendance/arise/"
	root   = "../.."
)

// A rule holds the design's arrows in place. Paths of this module are written
// without its name; "x/..." also means all below x, "..." all that is ours.
type rule struct {
	says   string
	from   []string // packages it binds; every one of them must exist
	except []string // of these, the ones it does not bind
	needs  string   // must be imported directly
	never  []string // must not be reached, even through others
	only   []string // the only packages that may be imported directly; "std" is the standard library
	broken edge     // an import that would break it; of needs, one to take away
}

// An edge is one import.
type edge struct{ from, to string }

var rules = []rule{
	{
		says: "the pendrive carries neither Postgres nor its queue",
		from: []string{"edge"}, never: []string{"github.com/jackc/pgx/...", "github.com/riverqueue/..."},
		broken: edge{"edge/node", "github.com/jackc/pgx/v5"},
	},
	{
		says: "the pendrive carries nothing of the cloud's own",
		from: []string{"edge"}, never: []string{"api/campus/...", "api/online/...", "api/reports/...", "api/server/...", "db/postgres/...", "db/embedded/...", "jobs/..."},
		broken: edge{"edge/node", "api/campus"},
	},
	{
		says: "the domain imports the standard library only",
		from: []string{"api/attendance/..."}, only: []string{"std", "api/attendance/..."},
		broken: edge{"api/attendance", "github.com/google/uuid"},
	},
	{
		says: "what students call knows nothing but the rules and who asks",
		from: []string{"api/student", "api/signin"}, never: []string{"api/campus/...", "api/classroom/...", "api/server/...", "db/...", "jobs/..."},
		broken: edge{"api/student", "api/campus"},
	},
	{
		says: "an online class knows neither office nor room",
		from: []string{"api/online"}, never: []string{"api/campus/...", "api/classroom/...", "api/server/..."},
		broken: edge{"api/online", "api/classroom"},
	},
	{
		says: "reports know the rules, who asks, and how to draw",
		from: []string{"api/reports"}, never: []string{"api/campus/...", "api/classroom/...", "api/student/...", "api/server/...", "db/...", "jobs/..."},
		broken: edge{"api/reports", "api/campus"},
	},
	{
		says: "what is reviewed stands beside the office and the classroom",
		from: []string{"api/review"}, never: []string{"api/campus/...", "api/classroom/...", "api/student/...", "api/signin/...", "api/server/...", "db/...", "jobs/..."},
		broken: edge{"api/review", "api/campus"},
	},
	{
		says: "the office's figures import what they show with, and no more",
		from: []string{"api/insight"}, only: []string{"std", "api/attendance", "api/auth", "api/rest", "api/sheet", "github.com/danielgtaylor/huma/v2"},
		broken: edge{"api/insight", "api/campus"},
	},
	{
		says: "what a pendrive says of itself is told to it",
		from: []string{"api/pendrive"}, only: []string{"std", "api/attendance", "api/auth", "api/qr", "api/rest", "github.com/danielgtaylor/huma/v2"},
		broken: edge{"api/pendrive", "edge/node"},
	},
	{
		says: "operations never reach a store",
		from: []string{"api/reports", "api/pendrive", "api/classroom", "api/campus/...", "api/online", "api/student", "api/signin", "api/review", "api/insight", "api/rest"}, never: []string{"db/...", "jobs/...", "github.com/jackc/pgx/...", "database/sql"},
		broken: edge{"api/campus", "db/postgres"},
	},
	{
		says: "the pendrive is the first user of the generated client",
		from: []string{"edge/replay"}, needs: "openapi/client",
		broken: edge{"edge/replay", "openapi/client"},
	},
	{
		says: "the store does not know the queue",
		from: []string{"db/postgres"}, never: []string{"jobs/..."},
		broken: edge{"db/postgres", "jobs"},
	},
	{
		says: "the queue does not know the store",
		from: []string{"jobs"}, never: []string{"db/postgres/..."},
		broken: edge{"jobs", "db/postgres"},
	},
	{
		says: "only main starts the server",
		from: []string{"..."}, except: []string{"api", "api/server/..."}, never: []string{"api/server"},
		broken: edge{"edge/node", "api/server"},
	},
	{
		says: "the generated client stands alone",
		from: []string{"openapi/client"}, never: []string{"..."},
		broken: edge{"openapi/client", "api/attendance"},
	},
}

func TestImports(t *testing.T) {
	t.Parallel()
	all := load(t)
	for _, r := range rules {
		t.Run(r.says, func(t *testing.T) {
			t.Parallel()
			if found := r.violations(all); len(found) > 0 {
				t.Fatal(strings.Join(found, "\n"))
			}
			// A rule nothing could break would hold nothing.
			if found := r.violations(all.with(r.broken, r.needs == "")); len(found) == 0 {
				t.Errorf("changing %s -> %s breaks nothing", r.broken.from, r.broken.to)
			}
		})
	}
}

// graph maps a package to what it imports directly.
type graph struct {
	imports map[string][]string
	std     map[string]bool
}

// load asks the go tool for every package of the module and all it depends on, tests left out.
func load(t *testing.T) graph {
	t.Helper()
	// The go tool remembers a test's result until a file that the test itself
	// looked at changes; what `go list` looks at does not count.
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "node_modules" || path != root && strings.HasPrefix(d.Name(), ".")) {
			return filepath.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Imports,Standard", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		if failed := new(exec.ExitError); errors.As(err, &failed) {
			t.Fatalf("go list: %s", failed.Stderr)
		}
		t.Fatal(err)
	}
	g := graph{imports: map[string][]string{}, std: map[string]bool{}}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
			Standard   bool
		}
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return g
		}
		if err != nil {
			t.Fatal(err)
		}
		g.imports[p.ImportPath], g.std[p.ImportPath] = p.Imports, p.Standard
	}
}

// with returns the graph with one import more, or one less.
func (g graph) with(e edge, more bool) graph {
	changed := graph{imports: map[string][]string{}, std: g.std}
	for from, to := range g.imports {
		changed.imports[from] = to
	}
	from, to := full(e.from), full(e.to)
	left := slices.DeleteFunc(slices.Clone(g.imports[from]), func(p string) bool { return p == to })
	if more {
		left = append(left, to)
	}
	changed.imports[from] = left
	return changed
}

func (r rule) violations(g graph) (found []string) {
	for _, pattern := range r.from {
		bound := 0
		for p := range g.imports {
			if !matches(pattern, p) || matchesAny(r.except, p) {
				continue
			}
			bound++
			found = append(found, r.check(g, p)...)
		}
		if bound == 0 {
			found = append(found, "there is no package "+pattern)
		}
	}
	slices.Sort(found)
	return found
}

func (r rule) check(g graph, p string) (found []string) {
	direct := g.imports[p]
	if r.needs != "" && !slices.Contains(direct, full(r.needs)) {
		found = append(found, short(p)+" does not import "+r.needs)
	}
	if r.only != nil {
		for _, to := range direct {
			if !matchesAny(r.only, to) && (!g.std[to] || !slices.Contains(r.only, "std")) {
				found = append(found, short(p)+" imports "+short(to))
			}
		}
	}
	if r.never != nil {
		for to, via := range g.reached(p) {
			if matchesAny(r.never, to) && (via == p || !matchesAny(r.never, via)) {
				found = append(found, short(p)+" reaches "+short(to)+" through "+short(via))
			}
		}
	}
	return found
}

// reached returns every package p depends on and the package it was first met through.
func (g graph) reached(p string) map[string]string {
	via := map[string]string{}
	for queue := []string{p}; len(queue) > 0; queue = queue[1:] {
		for _, to := range g.imports[queue[0]] {
			if _, seen := via[to]; !seen && to != p {
				via[to] = queue[0]
				queue = append(queue, to)
			}
		}
	}
	return via
}

func matchesAny(patterns []string, p string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return matches(pattern, p) })
}

func matches(pattern, p string) bool {
	if pattern == "..." {
		return strings.HasPrefix(p, module)
	}
	if below, ok := strings.CutSuffix(pattern, "/..."); ok {
		return p == full(below) || strings.HasPrefix(p, full(below)+"/")
	}
	return p == full(pattern)
}

// full adds our module to a path that is neither outside it nor the standard library's.
func full(p string) string {
	first, _, _ := strings.Cut(p, "/")
	switch first {
	case "api", "db", "edge", "jobs", "openapi", "queries", "web":
		return module + p
	}
	return p
}

func short(p string) string { return strings.TrimPrefix(p, module) }
