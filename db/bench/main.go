// Command bench runs the benchmarks behind what was promised and prints one table:
// what was measured, how much it may be, what the machine could do at best, and
// whether the promise is kept. One that is not is shown and fails nothing: another
// machine, or a busy one, is no defect.
//
//	go run ./db/bench         measures; lines and table stay in bin
//	go run ./db/bench FILE    reads lines that were kept
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

const (
	keptLines = "bin/bench.out"
	keptTable = "bin/bench.txt"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) > 0 {
		f, err := os.Open(args[0])
		if err != nil {
			return err
		}
		defer f.Close()
		return table(f, os.Stdout)
	}
	failed := measure(ctx)
	lines, err := os.Open(keptLines)
	if err != nil {
		return errors.Join(failed, err)
	}
	defer lines.Close()
	out, err := os.Create(keptTable)
	if err != nil {
		return errors.Join(failed, err)
	}
	return errors.Join(failed, table(lines, io.MultiWriter(os.Stdout, out)), out.Close())
}

// measure runs one package after the other: two at once would slow each other.
func measure(ctx context.Context) error {
	if err := os.MkdirAll("bin", 0o755); err != nil { //nolint:gosec // what everybody may read
		return err
	}
	f, err := os.Create(keptLines)
	if err != nil {
		return err
	}
	out := io.MultiWriter(os.Stdout, f)
	fmt.Fprintf(out, "date: %s\ncommit: %s\nload: %s\n", time.Now().Format(time.RFC3339), said(ctx, "git", "describe", "--always", "--dirty"), load())
	for _, of := range benchmarks() {
		cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", of.pattern(), "-benchtime", "2s", "-timeout", "10m", "./"+of.pkg) //nolint:gosec // of rows
		cmd.Stdout, cmd.Stderr = out, os.Stderr
		if failed := cmd.Run(); failed != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", of.pkg, failed))
		}
	}
	fmt.Fprintf(out, "load-at-the-end: %s\n", load())
	return errors.Join(err, f.Close())
}

// suite is what a package measures.
type suite struct {
	pkg   string
	names []string
}

func (s suite) pattern() string { return "^Benchmark(" + strings.Join(s.names, "|") + ")$" }

// benchmarks are those behind the rows, each once.
func benchmarks() []suite {
	var out []suite
	for _, r := range rows {
		pkg, name, _ := strings.Cut(r.of, ".")
		name, _, _ = strings.Cut(name, "/")
		if len(out) == 0 || out[len(out)-1].pkg != pkg {
			out = append(out, suite{pkg: pkg})
		}
		s := &out[len(out)-1]
		if len(s.names) == 0 || s.names[len(s.names)-1] != name {
			s.names = append(s.names, name)
		}
	}
	return out
}

// load is how many programs want to run, where the system says so.
func load() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "?"
	}
	return strings.Join(strings.Fields(string(raw))[:3], " ")
}

func said(ctx context.Context, name string, args ...string) string {
	raw, err := exec.CommandContext(ctx, name, args...).Output()
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(string(raw))
}
