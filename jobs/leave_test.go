package jobs_test

import (
	"context"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// leave is an open one of the student, around now.
func (s *school) leave(t *testing.T) attendance.Request {
	t.Helper()
	var out attendance.Request
	err := s.store.InReview(t.Context(), func(ctx context.Context, tx attendance.Reviews) (err error) {
		out, err = s.serve.Ask(ctx, tx, attendance.Actor{ID: s.student, Role: attendance.RoleStudent}, attendance.Request{
			Kind: attendance.AskLeave, Student: s.student, Courses: []attendance.ID{s.course}, Reason: "Fever",
			From: time.Now().Add(-24 * time.Hour), To: time.Now().Add(24 * time.Hour),
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (s *school) approve(t *testing.T, r attendance.Request) {
	t.Helper()
	err := s.store.InReview(t.Context(), func(ctx context.Context, tx attendance.Reviews) error {
		_, err := s.serve.Decide(ctx, tx, s.teacher, r.ID, attendance.Decision{Approve: true})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// shows is what stands of the student in a session.
func (s *school) shows(t *testing.T, session attendance.ID) attendance.Status {
	t.Helper()
	var st []attendance.Standing
	err := s.store.View(t.Context(), func(ctx context.Context, tx attendance.Tx) (err error) {
		st, err = tx.Standings(ctx, session)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(st) == 0 {
		return attendance.Unmarked
	}
	return st[0].Status
}

func TestALeaveHoldsInAClassThatIsOpenedLaterAndYieldsToAFinger(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.approve(t, s.leave(t))
	if _, err := s.pool.Exec(t.Context(), `DELETE FROM river_job WHERE kind = 'apply_leave'`); err != nil {
		t.Fatal(err) // it ran before the class
	}
	s.work(t)
	se, err := s.serve.Open(t.Context(), s.teacher, attendance.Order{Course: s.course, Kind: attendance.Offline})
	if err != nil {
		t.Fatal(err)
	}
	s.until(t, "the leave shows", func() bool { return s.shows(t, se.ID) == attendance.Excused })
	scan := fact(t, s.cloud, 0, attendance.Fact{
		Kind: attendance.MarkSeen, Session: se.ID, Student: s.student,
		Class: attendance.Evidence, Status: attendance.Present, Method: attendance.Biometric,
	})
	err = s.store.InTx(t.Context(), func(ctx context.Context, tx attendance.Tx) error {
		return s.serve.Adopt(ctx, tx, []attendance.Fact{scan})
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.shows(t, se.ID); got != attendance.Present {
		t.Errorf("got %q, want the finger", got)
	}
}

// An approval and an opening that do not see each other: each has a job that looks
// after both are stored.
func TestAnApprovalAndAnOpeningThatMissEachOtherMeet(t *testing.T) {
	t.Parallel()
	s := setup(t)
	r := s.leave(t)
	var se attendance.Session
	err := s.store.InReview(t.Context(), func(ctx context.Context, tx attendance.Reviews) error {
		if _, err := s.serve.Decide(ctx, tx, s.teacher, r.ID, attendance.Decision{Approve: true}); err != nil {
			return err
		}
		var err error // stored while the approval is not yet
		se, err = s.serve.Open(t.Context(), s.teacher, attendance.Order{Course: s.course, Kind: attendance.Offline})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.pool.Exec(t.Context(), `DELETE FROM river_job WHERE kind = 'apply_leave' AND args ? 'session'`); err != nil {
		t.Fatal(err) // it ran before the approval was stored, and saw none
	}
	if got := s.shows(t, se.ID); got != attendance.Unmarked {
		t.Fatalf("got %q, want nothing yet", got)
	}
	s.work(t)
	s.until(t, "the leave shows", func() bool { return s.shows(t, se.ID) == attendance.Excused })
}
