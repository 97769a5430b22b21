package phone_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
	"github.com/arise-attendance/arise/edge/phone"
)

// clock is set by a test.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

type bundle struct {
	*phone.Book
	store *sqlite.Store
	clock *clock
}

func setup(t *testing.T) bundle {
	t.Helper()
	c := &clock{at: time.Date(2026, 11, 19, 10, 0, 0, 0, time.UTC)}
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{Now: c.now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return bundle{Book: reopen(t, s, c), store: s, clock: c}
}

func reopen(t *testing.T, s *sqlite.Store, c *clock) *phone.Book {
	t.Helper()
	b, err := phone.Open(t.Context(), s, attendance.World{Now: c.now, Rand: rand.Reader}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// pair lets a browser in.
func (b bundle) pair(t *testing.T, before string) string {
	t.Helper()
	token, _ := b.Invite()
	secret, _, err := b.Accept(t.Context(), token, before, "agent", "192.168.4.31")
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

func (b bundle) knows(secret string) (context.Context, bool) {
	return b.Known(context.Background(), secret, "192.168.4.31")
}

func TestALinkLetsOnePhoneInOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	token, until := b.Invite()
	if want := b.clock.now().Add(5 * time.Minute); !until.Equal(want) {
		t.Errorf("good until %v, want %v", until, want)
	}
	for _, wrong := range []string{"", "nonsense"} {
		if _, _, err := b.Accept(t.Context(), wrong, "", "", ""); !errors.Is(err, phone.ErrInvite) {
			t.Errorf("%q: got %v, want it refused", wrong, err)
		}
	}
	secret, _, err := b.Accept(t.Context(), token, "", "agent", "192.168.4.31")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Accept(t.Context(), token, "", "", ""); !errors.Is(err, phone.ErrInvite) {
		t.Errorf("again: got %v, want it refused", err)
	}
	for s, want := range map[string]bool{secret: true, "": false, "x": false, token: false} {
		if _, got := b.knows(s); got != want {
			t.Errorf("%q: got known %t, want %t", s, got, want)
		}
	}
}

func TestALinkIsShortLivedAndTheNewestOneCounts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	old, _ := b.Invite()
	b.clock.pass(5 * time.Minute)
	if _, _, err := b.Accept(t.Context(), old, "", "", ""); !errors.Is(err, phone.ErrInvite) {
		t.Errorf("after five minutes: got %v, want it refused", err)
	}
	first, _ := b.Invite()
	second, _ := b.Invite()
	if _, _, err := b.Accept(t.Context(), first, "", "", ""); !errors.Is(err, phone.ErrInvite) {
		t.Errorf("the older: got %v, want it refused", err)
	}
	if _, _, err := b.Accept(t.Context(), second, "", "", ""); err != nil {
		t.Errorf("the newer: got %v", err)
	}
}

func TestARevokedPhoneIsOutAtOnceAndForGood(t *testing.T) {
	t.Parallel()
	b := setup(t)
	kept := b.pair(t, "")
	b.clock.pass(time.Second)
	gone := b.pair(t, "")
	open, _ := b.knows(gone)
	others, _ := b.knows(kept)
	if len(b.List()) != 2 {
		t.Fatalf("got %+v, want two", b.List())
	}
	id := b.List()[0].ID // the newest
	if err := b.Revoke(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := b.Revoke(t.Context(), id); !errors.Is(err, attendance.ErrNotFound) {
		t.Errorf("again: got %v, want not found", err)
	}
	if _, ok := b.knows(gone); ok || open.Err() == nil {
		t.Errorf("the revoked one: known %t, what it has open: %v", ok, open.Err())
	}
	if _, ok := b.knows(kept); !ok || others.Err() != nil {
		t.Errorf("the other: known %t, what it has open: %v", ok, others.Err())
	}
	again := reopen(t, b.store, b.clock)
	for s, want := range map[string]bool{kept: true, gone: false} {
		if _, got := again.Known(t.Context(), s, ""); got != want {
			t.Errorf("after a restart: got known %t, want %t", got, want)
		}
	}
}

func TestAPhoneIsListedOnceAndForgottenAfterATerm(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.pair(t, "")
	second := b.pair(t, first)
	if _, ok := b.knows(first); ok || len(b.List()) != 1 {
		t.Errorf("got %+v, want the browser once", b.List())
	}
	b.clock.pass(2 * time.Hour)
	if _, ok := b.Known(t.Context(), second, "10.0.0.9"); !ok {
		t.Fatal("it is not known any more")
	}
	stored, err := b.store.Phones(t.Context())
	if err != nil || len(stored) != 1 || stored[0].Address != "10.0.0.9" || !stored[0].SeenAt.Equal(b.clock.now()) {
		t.Errorf("got %+v, %v, want when and where it was seen", stored, err)
	}
	b.clock.pass(90 * 24 * time.Hour)
	if _, ok := b.knows(second); ok || len(b.List()) != 0 {
		t.Error("it is known for ever")
	}
}
