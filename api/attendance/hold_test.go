package attendance

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestARepeatedExtensionMovesTheEndOnceThoughTheTransactionRanTwice(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.opened(t, 1)
	step := small('x', 1)
	for _, b.tries = range []int{1, 0} { // a serialisation failure, then the browser asks again
		got := must[Session](t)(b.Extend(b.ctx, b.by, s.ID, step))
		if want := s.ClosesAt.Add(ExtendBy); !got.ClosesAt.Equal(want) {
			t.Errorf("got an end at %v, want %v", got.ClosesAt, want)
		}
	}
	got := must[Session](t)(b.Extend(b.ctx, b.by, s.ID, small('x', 2)))
	if want := s.ClosesAt.Add(2 * ExtendBy); !got.ClosesAt.Equal(want) {
		t.Errorf("another request: got an end at %v, want %v", got.ClosesAt, want)
	}
}

func TestARepeatedOpeningIsOneSession(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.tries = 1
	o := Order{Session: small('S', 7), Course: small('C', 1), Kind: Offline}
	first := must[Session](t)(b.Service.Open(b.ctx, b.by, o))
	b.pass(time.Minute)
	if again := must[Session](t)(b.Service.Open(b.ctx, b.by, o)); again != first {
		t.Errorf("got %+v, want %+v", again, first)
	}
	var running Running
	if _, err := b.Service.Open(b.ctx, b.by, Order{Course: small('C', 1), Kind: Offline}); !errors.As(err, &running) || running.Session != first.ID {
		t.Errorf("a second one: got %v, want to be told of the first", err)
	}
	if len(b.sessions) != 1 || len(b.log) != 1 {
		t.Errorf("got %d sessions, %d facts, want 1 and 1", len(b.sessions), len(b.log))
	}
}

func TestAClassLastsExactlyWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := must[Session](t)(b.Service.Open(b.ctx, b.by, Order{Course: small('C', 1), Kind: Online, For: 50 * time.Minute}))
	if got := s.ClosesAt.Sub(s.OpenedAt); got != 50*time.Minute {
		t.Errorf("online: got %v, want 50m", got)
	}
	s = must[Session](t)(b.Service.Open(b.ctx, b.by, Order{Course: small('C', 2), Kind: Offline}))
	if got := s.ClosesAt.Sub(s.OpenedAt); got != 60*time.Minute+Grace {
		t.Errorf("in a room: got %v, want the course's 60m and the grace", got)
	}
}

func TestASessionEndsOnceAndNeverAfterItsTime(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.opened(t, 1)
	b.pass(10 * time.Minute)
	want := noon.Add(10 * time.Minute)
	for range 2 {
		if got := must[Session](t)(b.Service.Close(b.ctx, b.by, s.ID)); !got.ClosedAt.Equal(want) {
			t.Errorf("got closed at %v, want %v", got.ClosedAt, want)
		}
		b.pass(time.Minute)
	}
	if _, err := b.Extend(b.ctx, b.by, s.ID, ID{}); !errors.Is(err, ErrClosed) {
		t.Errorf("extend after the end: got %v, want closed", err)
	}
	late := b.opened(t, 2)
	b.pass(5 * time.Hour)
	if n := must[int](t)(b.CloseDue(b.ctx)); n != 1 {
		t.Errorf("got %d closed, want 1", n)
	}
	if got := b.sessions[late.ID]; !got.ClosedAt.Equal(late.ClosesAt) {
		t.Errorf("got closed at %v, want when its time was up, %v", got.ClosedAt, late.ClosesAt)
	}
	if n := must[int](t)(b.CloseDue(b.ctx)); n != 0 {
		t.Errorf("again: got %d closed, want none", n)
	}
}

func TestTextIsLimitedByCharactersAndHoldsNoZero(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		in, want string
		ok       bool
	}{
		"trimmed":                      {"  Algebra \n", "Algebra", true},
		"200 letters":                  {strings.Repeat("a", 200), strings.Repeat("a", 200), true},
		"201 letters":                  {strings.Repeat("a", 201), "", false},
		"200 letters of three bytes":   {strings.Repeat("ग", 200), strings.Repeat("ग", 200), true},
		"201 letters of three bytes":   {strings.Repeat("ग", 201), "", false},
		"a zero no database can store": {"a\x00b", "", false},
		"bytes that are no text":       {"a\xffb", "", false},
	} {
		got, err := text("topic", tc.in)
		var bad Invalid
		if got != tc.want || (err == nil) != tc.ok || err != nil && !errors.As(err, &bad) {
			t.Errorf("%s: got %q %v, want %q", name, got, err, tc.want)
		}
	}
}
