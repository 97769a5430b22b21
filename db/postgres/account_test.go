package postgres_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/db/postgres"
)

func (s store) account(t testing.TB, username string) auth.Account {
	t.Helper()
	a := person(t, username)
	if err := s.AddAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	return a
}

func person(t testing.TB, username string) auth.Account {
	t.Helper()
	return auth.Account{ID: newID(t), Username: username, PasswordHash: "$argon2id$", CreatedAt: time.Now()}
}

func TestAUsernameIsOneInUpperAndLowerCase(t *testing.T) {
	t.Parallel()
	s := open(t, postgres.Options{})
	asha := s.account(t, "Asha")
	if got, err := s.AccountNamed(t.Context(), "aSHA"); err != nil || got.ID != asha.ID || got.Username != "Asha" {
		t.Errorf("got %+v, %v, want Asha", got, err)
	}
	var bad attendance.Taken
	if err := s.AddAccount(t.Context(), person(t, "asha")); !errors.As(err, &bad) || bad.Field != "username" {
		t.Errorf("the same name: got %v, want it to name the field", err)
	}
	s.account(t, "Binod")
	if err := s.ArchiveAccount(t.Context(), asha.ID); err != nil {
		t.Fatal(err)
	}
	s.account(t, "asha") // the name is free again
	if _, err := s.Account(t.Context(), asha.ID); !errors.Is(err, attendance.ErrNotFound) {
		t.Errorf("an archived account: got %v, want not found", err)
	}
}

func TestTheLastAccountStays(t *testing.T) {
	t.Parallel()
	s := open(t, postgres.Options{})
	all := []auth.Account{s.account(t, "a"), s.account(t, "b"), s.account(t, "c")}
	var wg sync.WaitGroup
	var refused atomic.Int32
	for _, a := range all {
		wg.Go(func() {
			err := s.ArchiveAccount(t.Context(), a.ID)
			if errors.Is(err, auth.ErrLastAccount) {
				refused.Add(1)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if left, err := s.Accounts(t.Context()); err != nil || len(left) != 1 || refused.Load() != 1 {
		t.Errorf("got %d accounts, %d refusals, %v, want 1 of each", len(left), refused.Load(), err)
	}
	if err := s.ArchiveAccount(t.Context(), newID(t)); !errors.Is(err, attendance.ErrNotFound) {
		t.Errorf("a stranger: got %v, want not found", err)
	}
}

func TestOneLinkMakesOneAccount(t *testing.T) {
	t.Parallel()
	var later atomic.Int64
	s := open(t, postgres.Options{Now: func() time.Time { return time.Now().Add(time.Duration(later.Load())) }})
	links := [][]byte{auth.HashKey([]byte("one")), auth.HashKey([]byte("two")), auth.HashKey([]byte("late"))}
	for i, l := range links {
		until := time.Now().Add(time.Hour)
		if i == 2 {
			until = time.Now().Add(-time.Second)
		}
		if offered, err := s.OfferSetup(t.Context(), l, until); err != nil || !offered {
			t.Fatalf("got %v, %v, want an offer", offered, err)
		}
	}
	for name, l := range map[string][]byte{"unknown": auth.HashKey([]byte("x")), "too old": links[2]} {
		if err := s.SetUp(t.Context(), l, person(t, "x")); !errors.Is(err, auth.ErrLink) {
			t.Errorf("%s: got %v, want %v", name, err, auth.ErrLink)
		}
	}
	var wg sync.WaitGroup
	var made atomic.Int32
	for i, l := range links[:2] {
		wg.Go(func() {
			err := s.SetUp(t.Context(), l, person(t, string(rune('a'+i))))
			if err == nil {
				made.Add(1)
			} else if !errors.Is(err, auth.ErrSetUp) {
				t.Errorf("got %v, want %v", err, auth.ErrSetUp)
			}
		})
	}
	wg.Wait()
	if all, err := s.Accounts(t.Context()); err != nil || len(all) != 1 || made.Load() != 1 {
		t.Errorf("got %d accounts of %d makers, %v, want one", len(all), made.Load(), err)
	}
	if offered, err := s.OfferSetup(t.Context(), auth.HashKey([]byte("new")), time.Now().Add(time.Hour)); err != nil || offered {
		t.Errorf("got %v, %v, want no link for a school with an account", offered, err)
	}
	if first, err := s.FirstAccount(t.Context(), person(t, "admin")); err != nil || first {
		t.Errorf("got %v, %v, want no second first account", first, err)
	}
}
