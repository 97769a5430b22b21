package sqlite

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// hot is what a mark reads, kept in memory: a class of sixty fingers would ask the
// file the same ten questions sixty times. Whoever has the turn owns it. It shows
// what the connection sees, so a member of a group that is undone takes back what
// it touched, and a group that is lost takes all.
type hot struct {
	rosters   map[attendance.ID]attendance.Roster
	sessions  map[attendance.ID]attendance.Session
	running   []attendance.Session // nil: not read
	standings map[attendance.ID]map[attendance.ID]attendance.Standing
	devices   []attendance.Device // nil: not read
	settings  map[string]json.RawMessage
	holds     map[attendance.ID]holds // by teacher

	// ids of every fact in either table, so that a new one needs no looking up.
	ids map[attendance.ID]struct{}
}

// holds are a teacher's courses. They change at midnight, not within a second.
type holds struct {
	at      time.Time
	courses []attendance.Course
}

const (
	holdsFor = time.Second
	mostHot  = 64 // sessions: those of a morning
)

func newHot() hot {
	h := hot{ids: map[attendance.ID]struct{}{}}
	h.forget()
	return h
}

// forget drops everything that can be read again.
func (h *hot) forget() {
	h.forgetRoster()
	h.sessions = map[attendance.ID]attendance.Session{}
	h.standings = map[attendance.ID]map[attendance.ID]attendance.Standing{}
	h.running, h.devices = nil, nil
}

// forgetRoster drops what comes with the feed.
func (h *hot) forgetRoster() {
	h.rosters = map[attendance.ID]attendance.Roster{}
	h.holds = map[attendance.ID]holds{}
	h.settings = nil
}

// forgetSession drops a session's row, which others may have moved.
func (h *hot) forgetSession(id attendance.ID) {
	delete(h.sessions, id)
	h.running = nil
}

// undo drops what a member of a group touched.
func (h *hot) undo(t *tx) {
	for id := range t.touched {
		h.forgetSession(id)
		delete(h.standings, id)
	}
	for _, id := range t.added {
		delete(h.ids, id)
	}
	h.devices = nil
	if t.roster {
		h.forget()
	}
}

// load reads the ids of all facts.
func (h *hot) load(ctx context.Context, read ...func(context.Context) ([]attendance.ID, error)) error {
	for _, all := range read {
		ids, err := all(ctx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			h.ids[id] = struct{}{}
		}
	}
	return nil
}

// seats are all standings of a session, by student.
func (t *tx) seats(ctx context.Context, session attendance.ID) (map[attendance.ID]attendance.Standing, error) {
	h := &t.s.hot
	if got, ok := h.standings[session]; ok {
		return got, nil
	}
	rows, err := t.q.Standings(ctx, session)
	if err != nil {
		return nil, err
	}
	out := make(map[attendance.ID]attendance.Standing, len(rows))
	for _, r := range rows {
		if out[r.StudentID], err = standing(r); err != nil {
			return nil, err
		}
	}
	if len(h.standings) >= mostHot {
		clear(h.standings)
	}
	h.standings[session] = out
	return out, nil
}

// session is a session's row.
func (t *tx) session(ctx context.Context, id attendance.ID) (attendance.Session, error) {
	h := &t.s.hot
	if got, ok := h.sessions[id]; ok {
		return got, nil
	}
	r, err := t.q.Session(ctx, id)
	if err != nil {
		return attendance.Session{}, missing(err, "session", id)
	}
	s, err := session(r)
	if err != nil {
		return s, err
	}
	if len(h.sessions) >= mostHot {
		clear(h.sessions)
	}
	h.sessions[id] = s
	return s, nil
}

// Running implements attendance.Tx.
func (t *tx) Running(ctx context.Context) ([]attendance.Session, error) {
	h := &t.s.hot
	if h.running == nil {
		all, err := sessions(t.q.Running(ctx))
		if err != nil {
			return nil, err
		}
		h.running = all
	}
	return slices.Clone(h.running), nil
}

// Devices implements attendance.Tx.
func (t *tx) Devices(ctx context.Context) ([]attendance.Device, error) {
	h := &t.s.hot
	if h.devices == nil {
		rows, err := t.q.Devices(ctx)
		if err != nil {
			return nil, err
		}
		h.devices = each(rows, device)
	}
	return slices.Clone(h.devices), nil
}

// Settings implements attendance.Tx: those that the feed brought.
func (t *tx) Settings(ctx context.Context) (map[string]json.RawMessage, error) {
	h := &t.s.hot
	if h.settings == nil || t.roster {
		rows, err := t.q.Settings(ctx)
		if err != nil {
			return nil, err
		}
		h.settings = make(map[string]json.RawMessage, len(rows))
		for _, r := range rows {
			h.settings[r.Name] = json.RawMessage(r.Value)
		}
	}
	return maps.Clone(h.settings), nil
}

// CoursesOf implements attendance.Tx.
func (t *tx) CoursesOf(ctx context.Context, teacher attendance.ID) ([]attendance.Course, error) {
	h, now := &t.s.hot, t.s.opt.Now()
	if got, ok := h.holds[teacher]; ok && !t.roster {
		if age := now.Sub(got.at); age >= 0 && age < holdsFor {
			return slices.Clone(got.courses), nil
		}
	}
	rows, err := t.q.CoursesOf(ctx, teacher, now.UnixMilli())
	if err != nil {
		return nil, err
	}
	out := each(rows, course)
	if !t.roster {
		h.holds[teacher] = holds{at: now, courses: slices.Clone(out)}
	}
	return out, nil
}

// Roster implements attendance.Tx. Callers read it and no more.
func (t *tx) Roster(ctx context.Context, course attendance.ID) (attendance.Roster, error) {
	h := &t.s.hot
	if got, ok := h.rosters[course]; ok && !t.roster {
		return slices.Clip(got), nil
	}
	rows, err := t.q.Roster(ctx, course)
	if err != nil {
		return nil, err
	}
	out := attendance.Roster(each(rows, member))
	if !t.roster {
		h.rosters[course] = out
	}
	return slices.Clip(out), nil
}
