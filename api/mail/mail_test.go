package mail_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/mail"
)

func TestAStudentIsWarnedOnceAndToldWhenItWasWrong(t *testing.T) {
	t.Parallel()
	s := setup(t)
	held := s.holds("AAAA")
	s.sweep()
	s.wants("after four classes", 0)
	held = append(held, s.holds("A")...)
	s.at(s.clock().Add(-2 * time.Hour)) // 21 hours after the fifth
	s.sweep()
	s.wants("while the teacher may still correct it", 0)
	s.at(s.clock().Add(2 * time.Hour))
	s.sweep()
	s.wants("a day later", 1, "Dear Ada <b>& Co,", "M101 Maths", "0.0 %", "there in 0 of 5 classes through 6 March 2026", "The next 15 classes", "https://school.example/student", "in Maths is low")
	if to := s.box.got[0].Header.Get("To"); !strings.Contains(to, "ada@students.example") {
		t.Errorf("got it sent to %q", to)
	}
	s.sweep()
	s.holds("A")
	s.sweep()
	s.wants("the same again", 1)
	for _, se := range held {
		v := attendance.Verdict{Gesture: newID(t), Students: []attendance.ID{s.ada}, Status: attendance.Excused, Reason: "was in hospital"}
		if err := s.rules.Correct(t.Context(), attendance.Actor{ID: s.teacher.ID, Role: attendance.RoleAdmin}, se, v); err != nil {
			t.Fatal(err)
		}
	}
	s.sweep()
	s.wants("the register was corrected", 2, "no class counts for you yet. We had written 0.0 %.", "was corrected")
	s.sweep()
	s.wants("and that is said once", 2)
}

func TestNobodyIsWrittenToAtNight(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.holds("AAAAA")
	s.at(time.Date(2026, 3, 7, 21, 0, 0, 0, time.UTC))
	s.sweep()
	s.wants("at nine in the evening", 0)
	s.at(time.Date(2026, 3, 8, 6, 0, 0, 0, time.UTC))
	s.sweep()
	s.wants("at six in the morning", 1)
}

func TestAMailThatWaitedIntoTheNightWaitsOn(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.holds("AAAAA")
	if err := s.post.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.at(time.Date(2026, 3, 7, 23, 0, 0, 0, time.UTC))
	id := s.taken()[0]
	if wait, err := s.post.Send(t.Context(), id); err != nil || wait != 7*time.Hour {
		t.Fatalf("got %v, %v, want seven hours", wait, err)
	}
	s.at(s.clock().Add(7 * time.Hour))
	if _, err := s.post.Send(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	s.wants("in the morning", 1)
}

func TestWhoAskedForNoMailGetsNone(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.holds("AAAAA")
	if err := s.store.RefuseMail(t.Context(), s.ada, true); err != nil {
		t.Fatal(err)
	}
	s.sweep()
	s.wants("refused", 0)
	if err := s.store.RefuseMail(t.Context(), s.ada, false); err != nil {
		t.Fatal(err)
	}
	s.sweep()
	s.wants("wanted again", 1)
}

func TestASchoolThatSwitchedNoticesOffSendsNone(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.holds("AAAAA")
	s.settings(`{"on":false,"min_sessions":5,"hold_hours":22,"quiet_from":20,"quiet_to":6}`)
	s.sweep()
	s.wants("off", 0)
}

func TestSeveralCoursesAreOneLetter(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.holds("AAAAA")
	first := s.course
	s.course = newID(t)
	s.at(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	s.change(func(ctx context.Context, r attendance.Registrar) error {
		return errors.Join(
			r.PutCourse(ctx, attendance.CourseEntry{FeedCourse: attendance.FeedCourse{ID: s.course, Code: "P101", Name: "Physics", DefaultMinutes: 50}}),
			r.PutTeaching(ctx, attendance.FeedTeaching{ID: newID(t), Course: s.course, Teacher: s.teacher.ID, FromMS: 1}),
			r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: newID(t), Course: s.course, Student: s.ada, Roll: 1, FromMS: 1}),
		)
	})
	s.holds("PPPAA")
	if first == s.course {
		t.Fatal("the same course")
	}
	s.sweep()
	s.wants("two courses", 1, "M101 Maths", "P101 Physics", "60.0 %", "Your attendance is low")
}

// A pendrive that held a class here may hold more of it.
func TestNobodyIsWarnedBeforeAPendriveWasHeardOf(t *testing.T) {
	t.Parallel()
	s := setup(t)
	held := s.holds("AAAAA")
	ctx := t.Context()
	if _, err := s.pool.Exec(ctx, `INSERT INTO node (id, kind, name, last_seen_at) VALUES ($1, 'edge', 'Room 1', $2)`, newID(t), s.clock().AddDate(0, 0, -3)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.pool.Exec(ctx, `UPDATE session SET node_id = (SELECT id FROM node WHERE kind = 'edge') WHERE id = $1`, held[3]); err != nil {
		t.Fatal(err)
	}
	s.sweep()
	s.wants("not heard of since the last classes", 0)
	if _, err := s.pool.Exec(ctx, `UPDATE node SET last_seen_at = $1, waiting = 3 WHERE kind = 'edge'`, s.clock()); err != nil {
		t.Fatal(err)
	}
	s.sweep()
	s.wants("heard of, with lines that wait", 0)
	if _, err := s.pool.Exec(ctx, `UPDATE node SET waiting = 0 WHERE kind = 'edge'`); err != nil {
		t.Fatal(err)
	}
	s.sweep()
	s.wants("heard of", 1)
}

func TestAMailServerThatIsAwayIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.holds("AAAAA")
	if err := s.post.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	id := s.taken()[0]
	s.box.saying(451)
	for range 11 {
		if _, err := s.post.Send(t.Context(), id); err == nil {
			t.Fatal("got no error, want one for the queue")
		}
	}
	if _, err := s.post.Send(t.Context(), id); err != nil {
		t.Fatalf("got %v, want it given up", err)
	}
	s.state(id, mail.Failed, 12, "451")
	s.box.saying(0)
	if err := s.store.Resend(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, err := s.post.Send(t.Context(), s.taken()[0]); err != nil {
		t.Fatal(err)
	}
	s.wants("sent again by hand", 1)
	if err := s.store.Resend(t.Context(), id); !errors.Is(err, mail.ErrNotFailed) {
		t.Errorf("got %v, want no third time", err)
	}
}

func TestAnAddressThatIsRefusedIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.holds("AAAAA")
	s.box.saying(550)
	s.sweep()
	list, err := s.store.Mails(t.Context(), mail.Which{State: mail.Failed, BeforeAt: s.clock().AddDate(1, 0, 0), Most: 10})
	if err != nil || len(list) != 1 || list[0].Attempts != 1 || !strings.Contains(list[0].Error, "on purpose") {
		t.Errorf("got %+v, %v, want one that failed, with the server's words", list, err)
	}
}

func TestAServerKilledWhileSendingDoesNotSendTwice(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.holds("AAAAA")
	if err := s.post.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	id := s.taken()[0]
	if m, err := s.store.Take(t.Context(), id); err != nil || m.State != mail.Sending { // and then it was killed
		t.Fatalf("got %s, %v", m.State, err)
	}
	if _, err := s.post.Send(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	s.wants("after the restart", 0)
	s.state(id, mail.Unsure, 2, "may have left")
}

func (s *school) state(id attendance.ID, state mail.State, attempts int, why string) {
	s.t.Helper()
	list, err := s.store.Mails(s.t.Context(), mail.Which{Student: s.ada, BeforeAt: s.clock().AddDate(1, 0, 0), Most: 10})
	if err != nil || len(list) != 1 || list[0].ID != id || list[0].State != state || list[0].Attempts != attempts || !strings.Contains(list[0].Error, why) {
		s.t.Errorf("got %+v, %v, want it %s after %d attempts: %s", list, err, state, attempts, why)
	}
}

func TestTheSameIsNotWrittenTwice(t *testing.T) {
	t.Parallel()
	s := setup(t)
	m := mail.Test("office@school.example", attendance.School{Name: "School"}, "1")
	for range 2 {
		if err := s.store.Queue(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(s.taken()); got != 1 {
		t.Errorf("got %d mails to send, want one", got)
	}
}

func TestOldLettersAreBlankedAndForgotten(t *testing.T) {
	t.Parallel()
	s := setup(t)
	if err := s.store.Queue(t.Context(), mail.Test("office@school.example", attendance.School{Name: "School"}, "1")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.post.Send(t.Context(), s.taken()[0]); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ days, lines, bodies int }{{89, 1, 1}, {2, 1, 0}, {308, 1, 0}, {2, 0, 0}} {
		s.at(s.clock().AddDate(0, 0, step.days))
		if err := s.store.ForgetMails(t.Context()); err != nil {
			t.Fatal(err)
		}
		var lines, bodies int
		if err := s.pool.QueryRow(t.Context(), `SELECT count(*), count(*) FILTER (WHERE body <> '') FROM mail`).Scan(&lines, &bodies); err != nil {
			t.Fatal(err)
		}
		if lines != step.lines || bodies != step.bodies {
			t.Errorf("%d days more: got %d lines with %d letters, want %d with %d", step.days, lines, bodies, step.lines, step.bodies)
		}
	}
}

func TestAMailServersAddressIsChecked(t *testing.T) {
	t.Parallel()
	const from = "office@school.example"
	for _, good := range []string{"smtp://u:p@mail.example:2525", "smtps://mail.example", "smtp+plain://127.0.0.1:1025"} {
		if _, err := mail.NewSMTP(good, from); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "mail.example:25", "http://mail.example", "smtp://", "smtp://mail.example:x"} {
		if _, err := mail.NewSMTP(bad, from); err == nil {
			t.Errorf("%q: got no error", bad)
		}
	}
	if _, err := mail.NewSMTP("smtp://mail.example", "nobody"); err == nil {
		t.Error("a sender without an address: got no error")
	}
}
