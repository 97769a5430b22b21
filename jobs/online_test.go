package jobs_test

import (
	"context"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

// forgetting is the store, and tells when it was asked to forget.
type forgetting struct {
	*postgres.Store
	done chan<- error
}

func (f forgetting) ForgetSignals(ctx context.Context) error {
	err := f.Store.ForgetSignals(ctx)
	f.done <- err
	return err
}

func TestOldSignalsAreForgottenWithoutBeingAsked(t *testing.T) {
	t.Parallel()
	s := setup(t)
	class := attendance.Derive("a class of last year")
	const tries = `INSERT INTO online_try (session_id, key, failures, at) VALUES ($1, sha256('x'), 3, now() - interval '31 days'), ($1, sha256('y'), 3, now())`
	if _, err := s.pool.Exec(t.Context(), tries, class); err != nil {
		t.Fatal(err)
	}
	s.work(t)
	select {
	case err := <-s.forgot:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("nobody asked the store to forget")
	}
	var left int
	if err := s.pool.QueryRow(t.Context(), `SELECT count(*) FROM online_try`).Scan(&left); err != nil || left != 1 {
		t.Errorf("got %d counts, %v, want the new one only", left, err)
	}
}
