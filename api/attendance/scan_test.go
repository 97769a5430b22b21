package attendance_test

import (
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

func (b bench) poll(t *testing.T, address string) bool {
	t.Helper()
	_, active, err := b.Poll(b.ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	return active
}

func (b bench) beat(t *testing.T, address string, queue int) {
	t.Helper()
	if err := b.Beat(b.ctx, address, attendance.Beat{Queue: &queue}); err != nil {
		t.Fatal(err)
	}
}

func (b bench) touch(t *testing.T, address string, roll int, want attendance.Answer) {
	t.Helper()
	if got := must(b.Touch(b.ctx, address, roll))(t); got != want {
		t.Errorf("roll %d at %s: got answer %d, want %d", roll, address, got, want)
	}
}

func (b bench) end(t *testing.T, s attendance.Session) {
	t.Helper()
	must(b.Close(b.ctx, b.by, s.ID))(t)
}

func TestAScannerThatCannotKnowItsClassGetsNoneHoweverOftenItAsks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.opened(t, 1)
	b.opened(t, 2)
	for range 3 {
		for _, address := range []string{"10.0.0.1", "10.0.0.2"} {
			if b.poll(t, address) {
				t.Fatalf("%s: got a session, want none: two run and it is bound to neither", address)
			}
			b.pass(5 * time.Second)
		}
	}
}

func TestAFingerReadForOneClassIsNotCreditedToTheNext(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.opened(t, 1)
	b.poll(t, "10.0.0.1") // shows the first course for five seconds more
	b.end(t, first)
	b.pass(time.Second)
	second := b.opened(t, 2)
	b.touch(t, "10.0.0.1", 7, attendance.Parked)
	if got := b.shows(t, second, 3); got != attendance.Unmarked {
		t.Errorf("roll 7 of the other course: got %q, want no mark", got)
	}
	if b.aside(t) != 1 {
		t.Errorf("got %d parked, want the finger kept for the teacher", b.aside(t))
	}
	b.poll(t, "10.0.0.1")
	b.touch(t, "10.0.0.1", 7, attendance.Accepted)
}

func TestAQueueIsCreditedOnlyToTheClassItWasBuiltIn(t *testing.T) {
	t.Parallel()
	const here = "10.0.0.1"
	for _, tc := range []struct {
		name   string
		before func(b bench, t *testing.T) attendance.Session
		want   attendance.Answer
	}{
		{"built in the class it was told of, from empty", func(b bench, t *testing.T) attendance.Session {
			b.beat(t, here, 0)
			s := b.opened(t, 1)
			b.poll(t, here)
			return s
		}, attendance.Accepted},
		{"never seen before", func(b bench, t *testing.T) attendance.Session {
			s := b.opened(t, 1)
			b.poll(t, here)
			return s
		}, attendance.Parked},
		{"not told of the class", func(b bench, t *testing.T) attendance.Session {
			b.beat(t, here, 0)
			return b.opened(t, 1)
		}, attendance.Parked},
		{"kept over from the class before", func(b bench, t *testing.T) attendance.Session {
			b.beat(t, here, 0)
			first := b.opened(t, 1)
			b.poll(t, here)
			b.end(t, first)
			s := b.opened(t, 1)
			b.poll(t, here)
			return s
		}, attendance.Parked},
		{"said to be empty between two classes", func(b bench, t *testing.T) attendance.Session {
			b.beat(t, here, 0)
			first := b.opened(t, 1)
			b.poll(t, here)
			b.end(t, first)
			b.poll(t, here)
			b.beat(t, here, 0)
			s := b.opened(t, 1)
			b.poll(t, here)
			return s
		}, attendance.Accepted},
		{"brought along from another drive's class", func(b bench, t *testing.T) attendance.Session {
			b.beat(t, here, 0) // last week
			b.pass(7 * 24 * time.Hour)
			s := b.opened(t, 1)
			b.poll(t, here)
			return s
		}, attendance.Parked},
		{"brought along, and said so", func(b bench, t *testing.T) attendance.Session {
			b.beat(t, here, 0)
			b.beat(t, here, 5)
			s := b.opened(t, 1)
			b.poll(t, here)
			return s
		}, attendance.Parked},
		{"grown during the class, and said so", func(b bench, t *testing.T) attendance.Session {
			b.beat(t, here, 0)
			s := b.opened(t, 1)
			b.poll(t, here)
			b.beat(t, here, 5)
			return s
		}, attendance.Accepted},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			s := tc.before(b, t)
			got := must(b.Flush(b.ctx, here, []int{7, 7, 8}))(t)
			if got[7] != tc.want || got[8] != tc.want {
				t.Errorf("got %v, want all %d", got, tc.want)
			}
			want := attendance.Unmarked
			if tc.want == attendance.Accepted {
				want = attendance.Present
			}
			if got := b.shows(t, s, 1); got != want {
				t.Errorf("roll 7: got %q, want %q", got, want)
			}
			if kept := b.aside(t) + len(standings(t, b.store, s.ID)); kept != 2 {
				t.Errorf("got %d rolls kept, want both", kept)
			}
		})
	}
}
