package torture

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// seedsOf are the seeds to run a fault with: those that once failed, for ever; then
// the first few, which are the same each time, or in the long form new ones, from
// ARISE_TORTURE_SEED on if it is set.
func seedsOf(t *testing.T, fault string, n int) []uint64 {
	t.Helper()
	file, err := os.Open("testdata/seeds.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var out []uint64
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "#")
		name, number, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok || name != fault {
			continue
		}
		seed, err := strconv.ParseUint(strings.TrimSpace(number), 10, 64)
		if err != nil {
			t.Fatalf("seeds.txt: %v", err)
		}
		out = append(out, seed)
	}
	first := uint64(1)
	if long {
		first = firstSeed
		t.Logf("%s: seeds from %d", fault, first)
	}
	for i := range uint64(n) {
		out = append(out, first+i)
	}
	return out
}

var firstSeed = func() uint64 {
	if n, err := strconv.ParseUint(os.Getenv("ARISE_TORTURE_SEED"), 10, 64); err == nil {
		return n
	}
	return uint64(time.Now().Unix())
}()
