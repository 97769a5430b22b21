package main

import (
	"slices"
	"strings"
	"testing"
)

// lines are what `go test -bench` prints, with some of what goes wrong.
const lines = `date: 2026-11-22
goos: linux
pkg: github.com/arise-attendance/arise/db/postgres
cpu: Some CPU
postgres: 17.1
BenchmarkSchool/dashboard-2   	 100	 8.0 p95-ms	 6.0 sql-p95-ms	 4.0 ms	 3.5 sql-ms
BenchmarkSchool/overview-2    	 100	 120.5 p95-ms	 16.0 ms	 10.0 sql-ms
    bench_test.go:40: something about it
BenchmarkLongMonth-2       	   1	3500000000 ns/op
BenchmarkReplay-2  	 10	 7000 facts/s	 9000 bare-facts/s
BenchmarkReplay-2  	 10	 9000 facts/s	 10000 bare-facts/s
BenchmarkReplay-2  	 10	 8000 facts/s	 9500 bare-facts/s
--- FAIL: BenchmarkBroken
pkg: github.com/arise-attendance/arise/db/sqlite
BenchmarkMarks-2   	 10	 4000 marks/s
BenchmarkStart/cut-2   	 10	 9 worst-s
pkg: github.com/arise-attendance/arise/edge
BenchmarkStart-2   	 10	 1.5 worst-s	 45 peak-MB
pkg: github.com/arise-attendance/arise/api/server
BenchmarkBacklog-2   	 1	 12000 facts/s	 40 p99-ms
PASS
`

func TestEachPromiseIsComparedWithWhatWasMeasured(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := table(strings.NewReader(lines), &out); err != nil {
		t.Fatal(err)
	}
	var got []string
	for l := range strings.Lines(out.String()) {
		got = append(got, strings.Join(strings.Fields(l), " "))
	}
	for _, want := range []string{
		"student's dashboard, 8 readers, p95 8 ms <= 15 ms 6 ms 1.33 kept",
		"overview, 8 readers, p95 120 ms <= 100 ms - - missed",
		"dashboard, beside its SQL 4 ms <= 1.3 x bare 3.5 ms 1.14 kept",
		"overview, beside its SQL 16.0 ms <= 1.3 x bare 10.0 ms 1.60 missed",
		"month of 400 classes and 300 students 3.5 s <= 3 s - - missed",
		"upload of a pendrive 8000/s >= 0.7 x bare 9500/s 0.84 kept",
		"durable marks on a pendrive, 200 clients 4000/s >= 0.5 x bare - - not measured",
		"pendrive's start with a year's marks, the worst 1.5 s <= 3 s - - kept",
		"its memory 45.0 MB <= 60 MB - - kept",
		"upload over a line of 200 ms 12000/s - - - -",
		"leaderboard of 600 - - - - not measured",
		"date: 2026-11-22", "cpu: Some CPU", "postgres: 17.1",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("want a line %q", want)
		}
	}
	if t.Failed() {
		t.Log(out.String())
	}
}

func TestEachBenchmarkRunsOnce(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range benchmarks() {
		if seen[s.pkg] {
			t.Errorf("%s runs twice: keep its rows together", s.pkg)
		}
		seen[s.pkg] = true
		for _, name := range s.names {
			if seen[s.pkg+name] {
				t.Errorf("%s %s runs twice: keep its rows together", s.pkg, name)
			}
			seen[s.pkg+name] = true
		}
	}
}
