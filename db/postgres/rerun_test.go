package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

// enough is where the count of commits must get to for one to succeed.
const enough = 1000

// losing makes the database refuse commits that store facts, as if another
// transaction had won the race, for as long as lose says.
func losing(t *testing.T) *school {
	t.Helper()
	s := setup(t, 2, postgres.Options{})
	_, err := s.pool.Exec(t.Context(), fmt.Sprintf(`
CREATE SEQUENCE commits;
CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF nextval('commits') <= %d THEN
		RAISE EXCEPTION 'lost a race' USING ERRCODE = 'serialization_failure';
	END IF;
	RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER lose AFTER INSERT ON fact DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lose();
SELECT setval('commits', %[1]d)`, enough))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// lose makes the next commits fail; the result fails the test if they did not.
func (s *school) lose(t *testing.T, n int) (lost func()) {
	t.Helper()
	if _, err := s.pool.Exec(t.Context(), "SELECT setval('commits', $1)", enough-n); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		var got int
		if err := s.pool.QueryRow(t.Context(), "SELECT last_value FROM commits").Scan(&got); err != nil || got <= enough {
			t.Fatalf("got %d of %d runs, %v, want all of them and one more", got-enough+n, n, err)
		}
	}
}

func TestARepeatedTapIsOneGestureThoughTheTransactionRanAgain(t *testing.T) {
	t.Parallel()
	s := losing(t)
	lost := s.lose(t, 2)
	se := s.open(t)
	lost()
	a, b := s.students[0], s.students[1]
	v := attendance.Verdict{Gesture: newID(t), Students: []attendance.ID{a, a, b}, Status: attendance.Present}
	lost = s.lose(t, 2)
	if got, err := s.serve.Mark(t.Context(), s.rao(), se.ID, v); err != nil || got != (attendance.Marked{Applied: 2, Skipped: 1}) {
		t.Errorf("got %+v %v, want 2 applied", got, err)
	}
	lost()
	made := len(s.facts(t, se.ID))
	got, err := s.serve.Mark(t.Context(), s.rao(), se.ID, v)
	if after := len(s.facts(t, se.ID)); err != nil || got != (attendance.Marked{Skipped: 3}) || after != made {
		t.Errorf("again: got %+v %v and %d facts, want nothing new", got, err, after-made)
	}
}

func TestARepeatedExtensionMovesTheEndOnceThoughTheTransactionRanTwice(t *testing.T) {
	t.Parallel()
	s := losing(t)
	se := s.open(t)
	extended := func(what string, step attendance.ID, by time.Duration) {
		t.Helper()
		got, err := s.serve.Extend(t.Context(), s.rao(), se.ID, step)
		if want := se.ClosesAt.Add(by); err != nil || !got.ClosesAt.Equal(want) {
			t.Errorf("%s: got an end at %v %v, want %v", what, got.ClosesAt, err, want)
		}
	}
	step := newID(t)
	lost := s.lose(t, 1)
	extended("run twice", step, attendance.ExtendBy)
	lost()
	extended("asked again", step, attendance.ExtendBy)
	extended("another request", newID(t), 2*attendance.ExtendBy)
	lost = s.lose(t, 1)
	extended("a request without a name, run twice", attendance.ID{}, 3*attendance.ExtendBy)
	lost()
}

func TestARepeatedOpeningIsOneSessionThoughTheTransactionRanTwice(t *testing.T) {
	t.Parallel()
	s := losing(t)
	now := noon
	s.serve = serviceAt(t, s, &now)
	o := attendance.Order{Session: newID(t), Course: s.course, Kind: attendance.Offline}
	lost := s.lose(t, 1)
	first, err := s.serve.Open(t.Context(), s.rao(), o)
	if err != nil {
		t.Fatal(err)
	}
	lost()
	now = now.Add(time.Minute)
	if again, err := s.serve.Open(t.Context(), s.rao(), o); err != nil || inUTC(again) != first {
		t.Errorf("got %+v %v, want %+v", again, err, first)
	}
	var running attendance.Running
	_, err = s.serve.Open(t.Context(), s.rao(), attendance.Order{Course: s.course, Kind: attendance.Offline})
	if !errors.As(err, &running) || running.Session != first.ID {
		t.Errorf("a second one: got %v, want to be told of the first", err)
	}
	sessions := view(t, s.store, func(ctx context.Context, tx attendance.Tx) ([]attendance.Session, error) {
		return tx.Sessions(ctx, s.course)
	})
	if made := len(s.facts(t, first.ID)); len(sessions) != 1 || made != 1 {
		t.Errorf("got %d sessions, %d facts, want 1 and 1", len(sessions), made)
	}
}
