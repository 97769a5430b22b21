package postgres_test

import (
	"context"
	"errors"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

// ear hears what changed.
func (s *school) ear(t *testing.T) <-chan attendance.ID {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	heard, ended := make(chan attendance.ID, 100), make(chan error, 1)
	go func() { ended <- s.Listen(ctx, func(id attendance.ID) { heard <- id }) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("got %v at the end, want nil", err)
		}
	})
	if first := <-heard; !first.IsZero() {
		t.Errorf("got %s first, want the zero ID: anything may have been missed", first)
	}
	return heard
}

func TestAChangeIsHeardOnceAndOnlyIfItCommits(t *testing.T) {
	t.Parallel()
	s := setup(t, 3, postgres.Options{})
	heard := s.ear(t)
	a := s.open(t)
	if got := <-heard; got != a.ID {
		t.Errorf("got %s, want %s", got, a.ID)
	}
	note := noteOf(t, s, a.ID, newID(t))
	err := s.InTx(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
		_, err := tx.Append(ctx, []attendance.Fact{note})
		return errors.Join(err, errOnPurpose)
	})
	if !errors.Is(err, errOnPurpose) {
		t.Fatal(err)
	}
	if _, err := s.serve.Mark(t.Context(), s.rao(), a.ID, attendance.Verdict{Gesture: newID(t), Students: s.students, Status: attendance.Present}); err != nil {
		t.Fatal(err)
	}
	b := s.session(t)
	if first, second := <-heard, <-heard; first != a.ID || second != b {
		t.Errorf("got %s and %s, want three marks as one signal and nothing of what failed", first, second)
	}
}

func TestTheEarComesBack(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, postgres.Options{})
	heard := s.ear(t)
	if _, err := s.pool.Exec(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN arise_live' AND datname = current_database()"); err != nil {
		t.Fatal(err)
	}
	if got := <-heard; !got.IsZero() {
		t.Errorf("got %s, want the zero ID after a new connection", got)
	}
	se := s.open(t)
	if got := <-heard; got != se.ID {
		t.Errorf("got %s, want %s", got, se.ID)
	}
}
