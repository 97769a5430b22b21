package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/attendance/office"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/db/postgres"
)

// term makes a semester with one course, which has one student.
func (s store) term(t testing.TB, name string) (term attendance.ID, c attendance.CourseEntry) {
	t.Helper()
	term, c = newID(t), course(newID(t), name)
	c.Term = term
	pupil := student(newID(t), 7)
	s.change(t, func(ctx context.Context, r attendance.Registrar) error {
		return errors.Join(
			r.PutTerm(ctx, attendance.Term{ID: term, Name: name}), r.PutCourse(ctx, c), r.PutStudent(ctx, pupil),
			r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: newID(t), Course: c.ID, Student: pupil.ID, Roll: 7, FromMS: 1}),
		)
	})
	return term, c
}

// drive makes a pendrive through the office.
func (s store) drive(t testing.TB, name string, h attendance.Holding) attendance.ID {
	t.Helper()
	claim := attendance.ClaimHash{Hash: auth.HashClaim(name), Until: time.Now().Add(time.Hour)}
	id, err := s.office().MakeNode(t.Context(), attendance.Node{Name: name, Holds: h}, claim)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestADriveOfASemesterFollowsItsCourses(t *testing.T) {
	t.Parallel()
	s := open(t, postgres.Options{})
	monsoon, inside := s.term(t, "Monsoon")
	spring, elsewhere := s.term(t, "Spring")
	mine, theirs := s.follow(s.drive(t, "mine", attendance.Holding{Terms: []attendance.ID{monsoon}})), s.follow(s.drive(t, "theirs", attendance.Holding{Terms: []attendance.ID{spring}}))
	holds := func(when string, f *follower, courses, students int) {
		t.Helper()
		f.pull(t)
		if c, st := f.count(attendance.CourseRow), f.count(attendance.StudentRow); c != courses || st != students {
			t.Errorf("%s: got %d courses and %d students, want %d and %d", when, c, st, courses, students)
		}
	}
	holds("at first", mine, 1, 1)
	holds("at first", theirs, 1, 1)

	added := course(newID(t), "NEW")
	added.Term = monsoon
	s.change(t, func(ctx context.Context, r attendance.Registrar) error { return r.PutCourse(ctx, added) })
	if p, err := s.Feed(t.Context(), mine.node, mine.generation, mine.rev, mine.cursor); err != nil || len(p.Changes) != 1 {
		t.Errorf("a new course: got %d changes, %v, want one, without a snapshot", len(p.Changes), err)
	}
	holds("a new course", mine, 2, 1)

	elsewhere.Term = monsoon
	s.change(t, func(ctx context.Context, r attendance.Registrar) error { return r.PutCourse(ctx, elsewhere) })
	holds("a course moved in", mine, 3, 2)
	holds("a course moved out", theirs, 0, 0)

	inside.Term = attendance.ID{}
	s.change(t, func(ctx context.Context, r attendance.Registrar) error { return r.PutCourse(ctx, inside) })
	holds("a course of no semester any more", mine, 2, 1)
	s.change(t, func(ctx context.Context, r attendance.Registrar) error {
		return r.Remove(ctx, attendance.CourseRow, added.ID.String())
	})
	holds("a course removed", mine, 1, 1)

	if err := s.office().ChangeNode(t.Context(), mine.node, office.NodeChange{Holds: &attendance.Holding{Courses: []attendance.ID{inside.ID}, Terms: []attendance.ID{spring}}}); err != nil {
		t.Fatal(err)
	}
	holds("other courses", mine, 1, 1)
	if _, ok := mine.rows["course"+inside.ID.String()]; !ok {
		t.Error("got another course than the one that was named")
	}
}

func TestADriveExistsTwiceOnceAnOlderLogGoesOn(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, postgres.Options{})
	n, code := s.offer(t, "Room 1")
	if _, err := s.Claim(t.Context(), code, make([]byte, 32), "1", time.Now()); err != nil {
		t.Fatal(err)
	}
	first, second := newID(t), newID(t)
	advance := func(incarnation attendance.ID, seq int64) {
		t.Helper()
		if err := s.InUpload(t.Context(), func(ctx context.Context, tx attendance.Inbound) error {
			return tx.AdvanceStream(ctx, n.ID, incarnation, attendance.Stream{Seq: seq})
		}); err != nil {
			t.Fatal(err)
		}
	}
	twice := func(when string, want bool) {
		t.Helper()
		if got, err := s.FleetNode(t.Context(), n.ID); err != nil || got.Twice != want {
			t.Errorf("%s: got twice %v, %v, want %v", when, got.Twice, err, want)
		}
	}
	advance(first, 1)
	twice("one log", false)
	advance(second, 1)
	advance(second, 2)
	twice("a drive that was set back and began again", false)
	advance(first, 2)
	twice("both go on", true)
	if _, again := s.offer(t, "Room 1"); again == code {
		t.Error("the code stayed")
	}
	twice("waiting for the one that stays", false)
}

func TestTheLedgerNamesWhatAPendriveGotAndLost(t *testing.T) {
	t.Parallel()
	s := setup(t, 0, postgres.Options{})
	a, in := s.term(t, "A")
	b, _ := s.term(t, "B")
	id := s.drive(t, "mine", attendance.Holding{Courses: []attendance.ID{in.ID}, Terms: []attendance.ID{a}})
	whole := &attendance.Holding{Courses: []attendance.ID{in.ID}, Terms: []attendance.ID{b}}
	if err := s.office().ChangeNode(t.Context(), id, office.NodeChange{Holds: whole}); err != nil {
		t.Fatal(err)
	}
	if err := s.Heard(t.Context(), id, attendance.Vitals{Version: "2"}); err != nil {
		t.Fatal(err)
	}
	if got, want := kinds(s.ledger(t, id)), "node.added node.changed node_course.added node_term.added node_term.removed node_term.added"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestWhatAPendriveSaysOfItselfIsKept(t *testing.T) {
	t.Parallel()
	s := open(t, postgres.Options{})
	id := s.pair(t, "Room 1").ID
	waiting, ahead := 12, -3*time.Hour
	said := func(v attendance.Vitals, waiting int, ahead time.Duration, version string) {
		t.Helper()
		if err := s.Heard(t.Context(), id, v); err != nil {
			t.Fatal(err)
		}
		n, err := s.FleetNode(t.Context(), id)
		if err != nil || n.Waiting != waiting || n.Ahead != ahead || n.Version != version || time.Since(n.SeenAt) > time.Minute {
			t.Errorf("got %+v, %v, want %d waiting, %v, version %s", n, err, waiting, ahead, version)
		}
	}
	said(attendance.Vitals{Waiting: &waiting, Ahead: &ahead, Version: "1.2"}, 12, -3*time.Hour, "1.2")
	said(attendance.Vitals{}, 12, -3*time.Hour, "1.2")
	none, near := 0, -3*time.Hour+time.Second
	said(attendance.Vitals{Waiting: &none}, 0, -3*time.Hour, "1.2")
	said(attendance.Vitals{Ahead: &near}, 0, -3*time.Hour, "1.2") // within a minute: not worth a write
}
