package main

import (
	"strings"
	"testing"
)

// said is what `go test -bench` prints, with some of what goes wrong.
const said = `goos: linux
pkg: example/a
cpu: Some CPU
postgres: 17.1
BenchmarkSchool/dashboard-2   	 100	 8.0 p95-ms	 4.0 ms	 3.5 sql-ms
BenchmarkSchool/overview-2    	 100	 120.5 p95-ms	 16.0 ms	 10.0 sql-ms
    bench_test.go:40: something about it
BenchmarkLongRegister-2       	   1	3500000000 ns/op
BenchmarkReplay-2  	 10	 7000 facts/s	 9000 bare-facts/s
BenchmarkReplay-2  	 10	 9000 facts/s	 10000 bare-facts/s
BenchmarkReplay-2  	 10	 8000 facts/s	 9500 bare-facts/s
--- FAIL: BenchmarkBroken
PASS
`

func TestEachPromiseIsComparedWithWhatWasMeasured(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := run(strings.NewReader(said), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	for start, rest := range map[string]string{
		"student's dashboard, 8 callers, p95": "8 ms at most 15 ms 0.53 kept",
		"overview, 8 callers, p95":            "120 ms at most 100 ms 1.21 missed",
		"dashboard, beside its bare SQL":      "4 ms at most 1.3 × 3.5 ms 1.14 kept",
		"overview, beside its bare SQL":       "16.0 ms at most 1.3 × 10.0 ms 1.60 missed",
		"register of 400 classes":             "3.5 s at most 3 s 1.17 missed",
		"upload of a pendrive":                "8000 facts/s at least 0.7 × 9500 facts/s 0.84 kept",
		"leaderboard of 600":                  "not measured -",
		"300 check-ins within 5 s, p99":       "not measured -",
	} {
		found := false
		for _, l := range lines {
			if words := strings.Join(strings.Fields(l), " "); strings.HasPrefix(words, start) && strings.HasSuffix(words, rest) {
				found = true
			}
		}
		if !found {
			t.Errorf("%s: want a line that ends in %q", start, rest)
		}
	}
	if !strings.Contains(out.String(), "cpu: Some CPU\npostgres: 17.1") {
		t.Errorf("want the conditions first:\n%s", out.String())
	}
	if t.Failed() {
		t.Log(out.String())
	}
}
