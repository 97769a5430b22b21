package jobs_test

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/attendance/office"
	"github.com/arise-attendance/arise/api/auth"
)

// waiting is when jobs of a kind are to run.
func (s *school) waiting(t *testing.T, kind string) []time.Time {
	t.Helper()
	rows, err := s.pool.Query(t.Context(), "SELECT scheduled_at FROM river_job WHERE kind = $1 ORDER BY scheduled_at", kind)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []time.Time
	for rows.Next() {
		var at time.Time
		if err := rows.Scan(&at); err != nil {
			t.Fatal(err)
		}
		out = append(out, at)
	}
	return out
}

func TestASessionOfTheCloudWillBeClosedOnTime(t *testing.T) {
	t.Parallel()
	s := setup(t)
	se, err := s.serve.Open(t.Context(), s.teacher, attendance.Order{Course: s.course, Kind: attendance.Offline})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.waiting(t, "close_session"); len(got) != 1 || !got[0].Equal(se.ClosesAt) {
		t.Errorf("opened: got %v, want %v", got, se.ClosesAt)
	}
	se, err = s.serve.Extend(t.Context(), s.teacher, se.ID, attendance.ID{})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.waiting(t, "close_session"); len(got) != 2 || !got[1].Equal(se.ClosesAt) {
		t.Errorf("extended: got %v, want the later %v as well", got, se.ClosesAt)
	}
}

func TestWhatIsNotStoredHasNoJob(t *testing.T) {
	t.Parallel()
	s := setup(t)
	errOnPurpose := errors.New("on purpose")
	err := s.store.InTx(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
		return errors.Join(s.serve.Adopt(ctx, tx, []attendance.Fact{s.opening(t, s.cloud, time.Hour, time.Minute)}), errOnPurpose)
	})
	if !errors.Is(err, errOnPurpose) {
		t.Fatal(err)
	}
	if got := append(s.waiting(t, "close_session"), s.waiting(t, "settle_inbox")...); len(got) != 0 {
		t.Errorf("got %d jobs, want none", len(got))
	}
}

func TestASessionWhoseTimeIsUpIsClosed(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.work(t)
	f := s.opening(t, s.cloud, 2*time.Hour, time.Hour)
	if err := s.store.InTx(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
		return s.serve.Adopt(ctx, tx, []attendance.Fact{f})
	}); err != nil {
		t.Fatal(err)
	}
	s.until(t, "the session is closed", func() bool { return !s.session(t, f.Session).ClosedAt.IsZero() })
	if got := s.session(t, f.Session); !got.ClosedAt.Equal(got.ClosesAt) {
		t.Errorf("got closed at %v, want at %v, when its time was up", got.ClosedAt, got.ClosesAt)
	}
}

func TestSessionsThatWereDueWhenTheServerWasAwayAreClosed(t *testing.T) {
	t.Parallel()
	s := setup(t)
	f := s.opening(t, s.cloud, 2*time.Hour, time.Hour)
	if err := s.store.InTx(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
		return s.serve.Adopt(ctx, tx, []attendance.Fact{f})
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.pool.Exec(t.Context(), "DELETE FROM river_job"); err != nil { // only the safety net is left
		t.Fatal(err)
	}
	s.work(t)
	s.until(t, "the session is closed", func() bool { return !s.session(t, f.Session).ClosedAt.IsZero() })
}

func TestAScanThatCameBeforeItsSessionIsPlaced(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.work(t)
	var nodes [2]attendance.ID
	for i, name := range []string{"one", "two"} {
		desk := office.Office{Registry: s.store, Now: time.Now, NewID: func() (attendance.ID, error) { return attendance.NewID(time.Now(), rand.Reader) }}
		var err error
		if nodes[i], err = desk.PairNode(t.Context(), name, nil, attendance.ClaimHash{Hash: auth.HashClaim(name), Until: time.Now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	opening := s.opening(t, nodes[0], time.Hour, 50*time.Minute)
	scan := fact(t, nodes[1], 50*time.Minute, attendance.Fact{
		Kind: attendance.MarkSeen, Session: opening.Session, Student: s.student,
		Class: attendance.Evidence, Status: attendance.Present, Method: attendance.Biometric,
	})
	if got := s.upload(t, nodes[1], scan); len(got.Results) != 1 || got.Results[0].Code != string(attendance.WhyUnknownSession) {
		t.Fatalf("got %+v, want unknown_session", got.Results)
	}
	s.upload(t, nodes[0], opening)
	s.until(t, "the scan counts", func() bool {
		var st []attendance.Standing
		err := s.store.View(t.Context(), func(ctx context.Context, tx attendance.Tx) (err error) {
			st, err = tx.Standings(ctx, opening.Session)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return len(st) == 1 && st[0].Status.Attended()
	})
	if got := s.waiting(t, "close_session"); len(got) > 1 { // the periodic one
		t.Errorf("got %d jobs to close, want none for a pendrive's session", len(got)-1)
	}
}

// upload sends the first line of a drive.
func (s *school) upload(t *testing.T, node attendance.ID, f attendance.Fact) attendance.Receipt {
	t.Helper()
	var out attendance.Receipt
	err := s.store.InUpload(t.Context(), func(ctx context.Context, tx attendance.Inbound) (err error) {
		out, err = s.serve.Replay(ctx, tx, attendance.Upload{
			Node: node, Incarnation: newID(t), Facts: []attendance.Sent{{Seq: 1, ID: f.ID, Body: f.Body}},
			Clock: attendance.Sample{WallMS: time.Now().UnixMilli()},
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
