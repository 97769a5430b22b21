package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// session is one that began some minutes from a fixed morning, for an hour.
func (r *room) session(t *testing.T, course attendance.ID, minutes int) attendance.Session {
	t.Helper()
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).Add(time.Duration(minutes) * time.Minute)
	return attendance.Session{
		ID: newID(t), Course: course, Node: r.Node, Teacher: r.Rao.ID, Kind: attendance.Offline,
		Topic: "Joins", Room: "B12", OpenedAt: at, ClosesAt: at.Add(time.Hour),
		Opened: attendance.Stamp{WallMS: at.UnixMilli(), Segment: newID(t), MonoMS: 7, HLC: attendance.HLCAt(at)},
		Policy: attendance.DefaultPolicy(),
	}
}

func (r *room) put(t *testing.T, all ...attendance.Session) {
	t.Helper()
	r.in(t, func(ctx context.Context, tx attendance.Tx) error {
		for _, s := range all {
			if err := tx.PutSession(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *room) read(t *testing.T, id attendance.ID) attendance.Session {
	t.Helper()
	return see(t, r, func(ctx context.Context, tx attendance.Tx) (attendance.Session, error) { return tx.Session(ctx, id) })
}

// sameSession compares times by the instant: a store may give another zone.
func sameSession(t *testing.T, got, want attendance.Session) {
	t.Helper()
	for _, at := range []struct {
		what      string
		got, want *time.Time
	}{
		{"opened at", &got.OpenedAt, &want.OpenedAt},
		{"closes at", &got.ClosesAt, &want.ClosesAt},
		{"closed at", &got.ClosedAt, &want.ClosedAt},
	} {
		if !at.got.Equal(*at.want) {
			t.Errorf("%s: got %v, want %v", at.what, *at.got, *at.want)
		}
		*at.got, *at.want = time.Time{}, time.Time{}
	}
	same(t, "session", got, want)
}

func sessionID(s attendance.Session) attendance.ID { return s.ID }

var sessions = map[string]func(*testing.T, *room){
	"some that are here and some that are not are put together": func(t *testing.T, r *room) {
		first, second := r.session(t, r.DBMS.ID, 0), r.session(t, r.Maths.ID, 0)
		r.put(t, first)
		first.ClosesAt = first.ClosesAt.Add(time.Minute)
		r.in(t, func(ctx context.Context, tx attendance.Tx) error { return tx.PutSession(ctx, second, first) })
		sameSession(t, r.read(t, first.ID), first)
		sameSession(t, r.read(t, second.ID), second)
		r.in(t, func(ctx context.Context, tx attendance.Tx) error { return tx.PutSession(ctx) })
	},
	"a session is read as it was put": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		r.put(t, s)
		sameSession(t, r.read(t, s.ID), s)
		bare := s
		bare.ID, bare.Topic, bare.Room, bare.Kind = newID(t), "", "", attendance.Online
		bare.ClosedAt = s.OpenedAt.Add(time.Minute)
		r.put(t, bare)
		sameSession(t, r.read(t, bare.ID), bare)
	},
	"an unknown session is not found": func(t *testing.T, r *room) {
		notFound(t, r, func(ctx context.Context, tx attendance.Tx) error { _, err := tx.Session(ctx, newID(t)); return err })
	},
	"a session's end only moves out": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		later, earlier := s, s
		later.ClosesAt = s.ClosesAt.Add(10 * time.Minute)
		earlier.ClosesAt = s.ClosesAt.Add(-10 * time.Minute)
		r.put(t, s, later, earlier, s)
		sameSession(t, r.read(t, s.ID), later)
	},
	"a session's closing only moves in, and never opens again": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		first, second := s, s
		first.ClosedAt, second.ClosedAt = s.OpenedAt.Add(20*time.Minute), s.OpenedAt.Add(30*time.Minute)
		r.put(t, second, first, s, second)
		sameSession(t, r.read(t, s.ID), first)
	},
	"all else of a session is kept from the first time": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		other := s
		other.Course, other.Topic, other.Room, other.Kind = r.Maths.ID, "another", "C1", attendance.Online
		other.OpenedAt, other.Teacher = s.OpenedAt.Add(time.Minute), r.Bose.ID
		other.Policy.LateAfterMin, other.Opened.MonoMS = 1, 99
		r.put(t, s, other)
		sameSession(t, r.read(t, s.ID), s)
	},
	"locking gives those that exist, in any order, with repeats": func(t *testing.T, r *room) {
		a, b := r.session(t, r.DBMS.ID, 0), r.session(t, r.Maths.ID, 1)
		r.put(t, a, b)
		r.in(t, func(ctx context.Context, tx attendance.Tx) error {
			got, err := tx.LockSessions(ctx, []attendance.ID{b.ID, newID(t), a.ID, b.ID})
			same(t, "locked", len(got), 2)
			same(t, "topic", got[a.ID].Topic, a.Topic)
			same(t, "course", got[b.ID].Course, r.Maths.ID)
			return err
		})
		r.in(t, func(ctx context.Context, tx attendance.Tx) error {
			got, err := tx.LockSessions(ctx, nil)
			same(t, "locked of none", len(got), 0)
			return err
		})
	},
	"a course's sessions come oldest first": func(t *testing.T, r *room) {
		a, b, c := r.session(t, r.DBMS.ID, 0), r.session(t, r.DBMS.ID, 90), r.session(t, r.DBMS.ID, 180)
		other := r.session(t, r.Maths.ID, 10)
		r.put(t, c, a, other, b)
		got := see(t, r, func(ctx context.Context, tx attendance.Tx) ([]attendance.Session, error) {
			return tx.Sessions(ctx, r.DBMS.ID)
		})
		sameList(t, "sessions", names(got, sessionID), []attendance.ID{a.ID, b.ID, c.ID})
	},
	"running are all that have no end, even when their time is up": func(t *testing.T, r *room) {
		a, b, ended := r.session(t, r.DBMS.ID, 90), r.session(t, r.Maths.ID, 0), r.session(t, r.DBMS.ID, 30)
		ended.ClosedAt = ended.ClosesAt
		r.put(t, a, b, ended)
		got := see(t, r, func(ctx context.Context, tx attendance.Tx) ([]attendance.Session, error) { return tx.Running(ctx) })
		sameList(t, "running", names(got, sessionID), []attendance.ID{b.ID, a.ID})
	},
	"a rewrite replaces a session even backwards, with its standings": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		s.ClosedAt = s.OpenedAt.Add(time.Minute)
		r.put(t, s)
		r.in(t, func(ctx context.Context, tx attendance.Tx) error {
			return tx.PutStandings(ctx, []attendance.Standing{
				{Session: s.ID, Student: r.Students[0].ID, Status: attendance.Present},
				{Session: s.ID, Student: r.Students[1].ID, Status: attendance.Absent},
			})
		})
		back := s
		back.OpenedAt, back.ClosesAt, back.ClosedAt = s.OpenedAt.Add(-time.Hour), s.ClosesAt.Add(-time.Hour), time.Time{}
		r.in(t, func(ctx context.Context, tx attendance.Tx) error {
			return tx.Rewrite(ctx, back, []attendance.Standing{{Session: s.ID, Student: r.Students[1].ID, Status: attendance.Late}})
		})
		sameSession(t, r.read(t, s.ID), back)
		got := r.standings(t, s.ID)
		same(t, "standings", len(got), 1)
		same(t, "student", got[0].Student, r.Students[1].ID)
		same(t, "status", got[0].Status, attendance.Late)
	},
}
