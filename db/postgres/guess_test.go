package postgres_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/auth"
)

// tries begins tries until one has to wait, and says how many were let through.
func tries(t *testing.T, d *desk, account, address string) (int, time.Duration) {
	t.Helper()
	for n := range 20 {
		err := d.Brake().Begin(t.Context(), account, address)
		if wait := (auth.Wait{}); errors.As(err, &wait) {
			return n, wait.For.Round(time.Minute)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("got 20 tries, want a pause")
	return 0, 0
}

func (d *desk) wait(by time.Duration) { d.later.Add(int64(by)) }

func TestGuessingAnAccount(t *testing.T) {
	t.Parallel()
	t.Run("pauses grow to a quarter of an hour, and calm down again", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		for _, want := range []time.Duration{1, 2, 4, 8, 15, 15} {
			if n, wait := tries(t, d, "admin", "here"); n != auth.Tries || wait != want*time.Minute {
				t.Errorf("got %d tries and a pause of %s, want %d and %d minutes", n, wait, auth.Tries, want)
			}
			d.wait(want*time.Minute + time.Second)
		}
		d.wait(2 * time.Hour)
		if _, wait := tries(t, d, "admin", "here"); wait != time.Minute {
			t.Errorf("two hours later: got a pause of %s, want a minute", wait)
		}
	})
	t.Run("many addresses gain nothing", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		for i := range auth.Tries {
			if err := d.Brake().Begin(t.Context(), "admin", fmt.Sprint("address ", i)); err != nil {
				t.Fatal(err)
			}
		}
		if n, _ := tries(t, d, "admin", "one more"); n != 0 {
			t.Errorf("got %d tries, want a pause everywhere", n)
		}
		if err := d.Brake().Begin(t.Context(), "another", "one more"); err != nil {
			t.Errorf("another account: got %v, want no pause", err)
		}
	})
	t.Run("strangers do not shut an owner out where the secret was right", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		if err := errors.Join(d.Brake().Begin(t.Context(), "admin", "home"), d.Brake().Right(t.Context(), "admin", "home")); err != nil {
			t.Fatal(err)
		}
		tries(t, d, "admin", "elsewhere")
		if err := errors.Join(d.Brake().Begin(t.Context(), "admin", "home"), d.Brake().Right(t.Context(), "admin", "home")); err != nil {
			t.Errorf("at home: got %v, want no pause", err)
		}
		if n, _ := tries(t, d, "admin", "a third place"); n != 0 {
			t.Errorf("got %d tries at a third place after a sign-in at home, want the pause to stay", n)
		}
		if n, _ := tries(t, d, "admin", "home"); n != auth.Tries {
			t.Errorf("got %d tries at home, want %d there too", n, auth.Tries)
		}
		d.wait(40 * 24 * time.Hour)
		tries(t, d, "admin", "elsewhere")
		if n, _ := tries(t, d, "admin", "home"); n != 0 {
			t.Errorf("got %d tries after forty days, want the address forgotten", n)
		}
	})
	t.Run("right ones are free", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		for range 4 * auth.Tries {
			if err := errors.Join(d.Brake().Begin(t.Context(), "admin", "here"), d.Brake().Right(t.Context(), "admin", "here")); err != nil {
				t.Fatal(err)
			}
		}
	})
	t.Run("many at once get no more tries than one after another", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		var through atomic.Int32
		var all sync.WaitGroup
		for range 40 {
			all.Go(func() {
				err := d.Brake().Begin(t.Context(), "admin", "here")
				if err == nil {
					through.Add(1)
				} else if !errors.As(err, new(auth.Wait)) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := through.Load(); got != auth.Tries {
			t.Errorf("got %d tries, want %d", got, auth.Tries)
		}
	})
	t.Run("old tries are forgotten", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		tries(t, d, "somebody", "here")
		d.wait(100 * 24 * time.Hour)
		if err := errors.Join(d.Brake().Begin(t.Context(), "admin", "here"), d.Brake().Right(t.Context(), "admin", "here")); err != nil {
			t.Fatal(err)
		}
		var rows int
		if err := d.pool.QueryRow(t.Context(), "SELECT count(*) FROM guess").Scan(&rows); err != nil || rows != 2 {
			t.Errorf("got %d rows, %v, want the two of the latest", rows, err)
		}
	})
}
