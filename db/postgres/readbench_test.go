package postgres_test

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"
)

// All callers read one screen this long, so many times.
const (
	crowdFor   = time.Second / 2
	crowdTurns = 4
)

// leastTurns are asked of a slow screen as well.
const leastTurns = 24

// BenchmarkSchool reads the screens of twenty thousand students, eight hundred
// courses, forty thousand sessions and two million marks: how long one takes alone,
// how many times as long as its bare statements, and how long each of eight callers
// waits who read it at the same time.
func BenchmarkSchool(b *testing.B) {
	s := counted(b, 1)
	var version string
	if err := s.pool.QueryRow(b.Context(), "SHOW server_version").Scan(&version); err != nil {
		b.Fatal(err)
	}
	fmt.Println("postgres:", version) // a condition: db/bench shows it
	r, words := reading(b, s, nil), reading(b, s, &said{})
	all := screens()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		b.Run(name, func(b *testing.B) {
			statements := words.asked(b, all[name])
			r.alone(b, all[name], statements)
			r.crowd(b, all[name], statements)
			b.ReportMetric(0, "ns/op") // of both, by turns
		})
	}
}

// alone answers a screen and asks its statements bare, by turns, so that whatever
// else the machine does slows both.
func (r *reader) alone(b *testing.B, sc screen, statements []statement) {
	var whole, bare []time.Duration
	turn := func() {
		begun := time.Now()
		if err := r.answer(b.Context(), sc); err != nil {
			b.Fatal(err)
		}
		half := time.Now()
		if err := r.bare(b.Context(), statements); err != nil {
			b.Fatal(err)
		}
		whole, bare = append(whole, half.Sub(begun)), append(bare, time.Since(half))
	}
	for range 8 { // Postgres plans a statement anew the first five times
		turn()
	}
	whole, bare = nil, nil
	for b.Loop() {
		turn()
	}
	for len(whole) < leastTurns {
		turn()
	}
	// The quarter that was disturbed least by whatever else the machine does.
	b.ReportMetric(ms(rank(whole, 25)), "ms")
	b.ReportMetric(ms(rank(bare, 25)), "sql-ms")
	b.ReportMetric(float64(rank(whole, 25))/float64(rank(bare, 25)), "x-sql")
}

// crowd lets all callers read a screen again and again, over the network, and by
// turns ask its statements bare.
func (r *reader) crowd(b *testing.B, sc screen, statements []statement) {
	var whole, bare []time.Duration
	for range crowdTurns {
		whole = append(whole, together(b, func(i int) error { return r.read(b.Context(), sc, i) })...)
		bare = append(bare, together(b, func(int) error { return r.bare(b.Context(), statements) })...)
	}
	b.ReportMetric(ms(rank(whole, 50)), "p50-ms")
	b.ReportMetric(ms(rank(whole, 95)), "p95-ms")
	b.ReportMetric(ms(rank(bare, 95)), "sql-p95-ms")
}

// together lets all callers do something for a while, and returns how long each time
// took.
func together(b *testing.B, do func(caller int) error) []time.Duration {
	took := make([][]time.Duration, callers)
	var wg sync.WaitGroup
	until := time.Now().Add(crowdFor)
	for i := range callers {
		wg.Go(func() {
			for begun := time.Now(); begun.Before(until); begun = time.Now() {
				if err := do(i); err != nil {
					b.Error(err)
					return
				}
				took[i] = append(took[i], time.Since(begun))
			}
		})
	}
	wg.Wait()
	return slices.Concat(took...)
}

// rank is a percentile.
func rank(all []time.Duration, percent int) time.Duration {
	slices.Sort(all)
	return all[(len(all)-1)*percent/100]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
