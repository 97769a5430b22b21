package postgres_test

import (
	"fmt"
	"testing"
	"time"
)

func TestReplicasAddUpWhatIsAsked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one, two := d.Traffic(time.Minute), d.Traffic(time.Minute)
	window := d.now().UTC().Truncate(time.Minute)
	ask := func(of interface {
		IncrementBy(string, time.Time, int) error
	}, key string, n int,
	) {
		t.Helper()
		if err := of.IncrementBy(key, window, n); err != nil {
			t.Fatal(err)
		}
	}
	share := func() {
		t.Helper()
		if err := one.Share(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := two.Share(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := one.Share(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	count := func(want int, key string) {
		t.Helper()
		for name, tr := range map[string]interface {
			Get(string, time.Time, time.Time) (int, int, error)
		}{"one": one, "two": two} {
			now, before, err := tr.Get(key, window.Add(time.Minute), window)
			if now != 0 || before != want || err != nil {
				t.Errorf("%s of %s: got %d, %d, %v, want %d in the window before", key, name, now, before, err, want)
			}
		}
	}
	ask(one, "busy", 60)
	ask(two, "busy", 50)
	for i := range 300 {
		ask(one, fmt.Sprint("quiet ", i), 3)
	}
	share()
	count(110, "busy")
	ask(two, "busy", 7)
	share()
	share()
	count(117, "busy")
	var rows int
	if err := d.pool.QueryRow(t.Context(), "SELECT count(*) FROM traffic").Scan(&rows); err != nil || rows != 1 {
		t.Errorf("got %d rows, %v, want one for who asks much", rows, err)
	}
	d.wait(10 * time.Minute)
	window = window.Add(10 * time.Minute)
	ask(one, "another", 30)
	share()
	if err := d.pool.QueryRow(t.Context(), "SELECT count(*) FROM traffic").Scan(&rows); err != nil || rows != 1 {
		t.Errorf("ten minutes later: got %d rows, %v, want the old ones forgotten", rows, err)
	}
}
