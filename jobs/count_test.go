package jobs_test

import (
	"context"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/jobs"
)

// counted waits until the student's cells are as wanted; nobody signals a count.
func (s *school) counted(t *testing.T, want string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for got := ""; got != want; {
		select {
		case <-look.C:
		case <-ctx.Done():
			t.Fatalf("got %q, want %q", got, want)
		}
		if err := s.pool.QueryRow(t.Context(), "SELECT coalesce(max(cells), '') FROM student_count").Scan(&got); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAClassThatEndedIsCounted(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.work(t)
	se, err := s.serve.Open(t.Context(), s.teacher, attendance.Order{Course: s.course, Kind: attendance.Offline})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.serve.Close(t.Context(), s.teacher, se.ID); err != nil {
		t.Fatal(err)
	}
	s.counted(t, "A")
	v := attendance.Verdict{Gesture: newID(t), Status: attendance.Duty, Students: []attendance.ID{s.student}}
	if _, err := s.serve.Mark(t.Context(), s.teacher, se.ID, v); err != nil {
		t.Fatal(err)
	}
	s.counted(t, "D")
}

func TestWhatNobodyHadCountedIsCountedOnceTheQueueRuns(t *testing.T) {
	t.Parallel()
	s := setup(t)
	se, err := s.serve.Open(t.Context(), s.teacher, attendance.Order{Course: s.course, Kind: attendance.Offline})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.serve.Close(t.Context(), s.teacher, se.ID); err != nil {
		t.Fatal(err)
	}
	if got := s.waiting(t, "count_course"); len(got) == 0 {
		t.Fatal("want the end of a class to enqueue a count")
	}
	if _, err := s.pool.Exec(t.Context(), "DELETE FROM river_job"); err != nil { // only the safety net is left
		t.Fatal(err)
	}
	s.work(t)
	s.counted(t, "A")
}

func TestEveryCourseCanBeCountedAgain(t *testing.T) {
	t.Parallel()
	s := setup(t)
	se, err := s.serve.Open(t.Context(), s.teacher, attendance.Order{Course: s.course, Kind: attendance.Offline})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.serve.Close(t.Context(), s.teacher, se.ID); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := s.pool.Exec(t.Context(), "UPDATE student_count SET cells = 'X'"); err != nil {
			t.Fatal(err)
		}
		if n, err := s.store.NoteAll(t.Context()); err != nil || n != 1 {
			t.Fatalf("got %d courses, %v, want 1", n, err)
		}
		if err := jobs.CountAll(t.Context(), s.serve, s.store); err != nil {
			t.Fatal(err)
		}
		s.counted(t, "A")
	}
}
