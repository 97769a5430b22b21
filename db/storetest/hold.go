package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// opened is a session of DBMS that Rao has just started.
func (r *room) opened(t *testing.T) attendance.Session {
	t.Helper()
	return must(r.serve.Open(r.ctx, r.rao(), attendance.Order{Course: r.DBMS.ID, Kind: attendance.Offline, Topic: "Joins"}))(t)
}

// refolds wants the stored session and standings to be the fold of the stored facts.
func (r *room) refolds(t *testing.T, session attendance.ID) {
	t.Helper()
	se, standings, err := attendance.Fold(r.facts(t, session, attendance.Which{}))
	if err != nil {
		t.Fatal(err)
	}
	sameSession(t, r.read(t, session), se)
	got := r.standings(t, session)
	if len(got) != len(standings) {
		t.Fatalf("got %d standings, want %d", len(got), len(standings))
	}
	for i := range got {
		sameStanding(t, got[i], standings[i])
	}
}

var holding = map[string]func(*testing.T, *room){
	"the same order twice is one session": func(t *testing.T, r *room) {
		o := attendance.Order{Session: newID(t), Course: r.DBMS.ID, Kind: attendance.Offline, Room: " B12 "}
		first := must(r.serve.Open(r.ctx, r.rao(), o))(t)
		r.clock.pass(time.Minute)
		second := must(r.serve.Open(r.ctx, r.rao(), o))(t)
		same(t, "session", second.ID, o.Session)
		same(t, "opened at", second.OpenedAt.Equal(first.OpenedAt), true)
		same(t, "room", second.Room, "B12")
		same(t, "lasts the course's time and grace", first.ClosesAt.Sub(first.OpenedAt), 50*time.Minute+attendance.Grace)
		same(t, "facts", len(r.facts(t, o.Session, attendance.Which{})), 1)
		r.refolds(t, o.Session)
	},
	"a session's id cannot be taken for another course": func(t *testing.T, r *room) {
		s := r.opened(t)
		_, err := r.serve.Open(r.ctx, r.rao(), attendance.Order{Session: s.ID, Course: r.Maths.ID, Kind: attendance.Offline})
		var invalid attendance.Invalid
		if !errors.As(err, &invalid) || invalid.Field != "session_id" {
			t.Errorf("got %v, want Invalid session_id", err)
		}
	},
	"a second session of a course names the one that runs": func(t *testing.T, r *room) {
		s := r.opened(t)
		_, err := r.serve.Open(r.ctx, r.rao(), attendance.Order{Course: r.DBMS.ID, Kind: attendance.Offline})
		var running attendance.Running
		if !errors.As(err, &running) || running.Session != s.ID {
			t.Errorf("got %v, want Running %s", err, s.ID)
		}
		other := must(r.serve.Open(r.ctx, as(r.Bose), attendance.Order{Course: r.Maths.ID, Kind: attendance.Offline}))(t)
		same(t, "the other course's", other.Course, r.Maths.ID)
		same(t, "the first goes on", r.read(t, s.ID).OpenAt(r.clock.Now()), true)
	},
	"only who holds the course may open, extend and end": func(t *testing.T, r *room) {
		_, err := r.serve.Open(r.ctx, as(r.Sen), attendance.Order{Course: r.DBMS.ID, Kind: attendance.Offline})
		forbidden(t, err)
		s := r.opened(t)
		_, err = r.serve.Extend(r.ctx, as(r.Bose), s.ID, newID(t))
		forbidden(t, err)
		_, err = r.serve.Close(r.ctx, as(r.Bose), s.ID)
		forbidden(t, err)
		same(t, "facts", len(r.facts(t, s.ID, attendance.Which{})), 1)
	},
	"a repeated step extends once, another step once more": func(t *testing.T, r *room) {
		s := r.opened(t)
		step := newID(t)
		for range 3 {
			r.clock.pass(time.Second)
			got := must(r.serve.Extend(r.ctx, r.rao(), s.ID, step))(t)
			same(t, "end", got.ClosesAt.Sub(s.ClosesAt), attendance.ExtendBy)
		}
		got := must(r.serve.Extend(r.ctx, r.rao(), s.ID, newID(t)))(t)
		same(t, "end", got.ClosesAt.Sub(s.ClosesAt), 2*attendance.ExtendBy)
		r.refolds(t, s.ID)
	},
	"ending twice is ending once, and nothing extends it after": func(t *testing.T, r *room) {
		s := r.opened(t)
		r.clock.pass(10 * time.Minute)
		first := must(r.serve.Close(r.ctx, r.rao(), s.ID))(t)
		same(t, "lasted", first.ClosedAt.Sub(s.OpenedAt), 10*time.Minute)
		r.clock.pass(time.Minute)
		second := must(r.serve.Close(r.ctx, r.rao(), s.ID))(t)
		same(t, "closed at", second.ClosedAt.Equal(first.ClosedAt), true)
		for _, step := range []attendance.ID{newID(t), {}} {
			if _, err := r.serve.Extend(r.ctx, r.rao(), s.ID, step); !errors.Is(err, attendance.ErrClosed) {
				t.Errorf("got %v, want ErrClosed", err)
			}
		}
		same(t, "facts", len(r.facts(t, s.ID, attendance.Which{})), 2)
		r.refolds(t, s.ID)
	},
	"a session whose time is up is ended at that time, once": func(t *testing.T, r *room) {
		s := r.opened(t)
		same(t, "due early", must(r.serve.CloseDue(r.ctx))(t), 0)
		r.clock.pass(3 * time.Hour)
		same(t, "due", must(r.serve.CloseDue(r.ctx))(t), 1)
		same(t, "due again", must(r.serve.CloseDue(r.ctx))(t), 0)
		same(t, "closed at its end", r.read(t, s.ID).ClosedAt.Equal(s.ClosesAt), true)
		same(t, "a new one may begin", r.opened(t).ID != s.ID, true)
		r.refolds(t, s.ID)
	},
	"a session of another server is neither extended nor ended here": func(t *testing.T, r *room) {
		s := r.session(t, r.DBMS.ID, 0)
		s.Node, s.OpenedAt, s.ClosesAt = r.foreign(t), r.clock.Now(), r.clock.Now().Add(time.Hour)
		r.put(t, s)
		if _, err := r.serve.Close(r.ctx, r.rao(), s.ID); !errors.Is(err, attendance.ErrNotOwner) {
			t.Errorf("got %v, want ErrNotOwner", err)
		}
		r.clock.pass(2 * time.Hour)
		same(t, "due", must(r.serve.CloseDue(r.ctx))(t), 0)
	},
	"a restarted server orders its facts after those it made before": func(t *testing.T, r *room) {
		s := r.opened(t)
		r.clock.pass(-24 * time.Hour) // somebody set the clock back
		again := r.service(t)
		must(again.Mark(r.ctx, r.rao(), s.ID, r.verdict(t, attendance.Present, 0)))(t)
		all := r.facts(t, s.ID, attendance.Which{})
		same(t, "facts", len(all), 2)
		same(t, "the first by order is the opening", all[0].Kind, attendance.SessionOpened)
	},
}

// foreign is a node that is not this server.
func (r *room) foreign(t *testing.T) attendance.ID {
	t.Helper()
	if !r.Other.IsZero() {
		return r.Other
	}
	return newID(t)
}

func forbidden(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, attendance.ErrForbidden) {
		t.Errorf("got %v, want ErrForbidden", err)
	}
}
