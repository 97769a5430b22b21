package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// StandingsAt implements attendance.Tx. Whoever made or locked a session is alone in
// it until the transaction ends: where nothing stands, nothing will but what it puts.
func (t *tx) StandingsAt(ctx context.Context, seats []attendance.Seat) ([]attendance.Standing, error) {
	if t.vacant == nil {
		t.vacant = make(map[attendance.Seat]bool, len(seats))
	}
	var sessions, students []attendance.ID
	for _, s := range seats {
		_, locked := t.sessions[s.Session]
		if locked || t.made[s.Session] {
			t.vacant[s] = true
		}
		if !t.empty[s.Session] {
			sessions, students = append(sessions, s.Session), append(students, s.Student)
		}
	}
	if len(sessions) == 0 {
		return nil, nil
	}
	rows, err := t.q.StandingsAt(ctx, sessions, students)
	if err != nil {
		return nil, fmt.Errorf("list standings: %w", err)
	}
	for _, r := range rows {
		delete(t.vacant, attendance.Seat{Session: r.SessionID, Student: r.StudentID})
	}
	return standings(rows)
}

func (t *tx) PutStandings(ctx context.Context, st []attendance.Standing) error {
	var first, next []attendance.Standing
	for _, s := range lastOfEach(st) {
		seat := attendance.Seat{Session: s.Session, Student: s.Student}
		if t.vacant[seat] && !t.careful {
			first = append(first, s)
		} else {
			next = append(next, s)
		}
		delete(t.vacant, seat)
		delete(t.empty, s.Session)
		t.touch(s.Session)
	}
	if len(first) > 0 {
		if err := t.q.AddStandings(ctx, dbsqlc.AddStandingsParams(standingRows(first))); err != nil {
			return fmt.Errorf("add standings: %w", err)
		}
	}
	if len(next) == 0 {
		return nil
	}
	if err := t.q.PutStandings(ctx, standingRows(next)); err != nil {
		return fmt.Errorf("put standings: %w", err)
	}
	return nil
}

func standingRows(st []attendance.Standing) dbsqlc.PutStandingsParams {
	n := len(st)
	p := dbsqlc.PutStandingsParams{
		SessionIds: make([]attendance.ID, n), StudentIds: make([]attendance.ID, n), States: make([][]byte, n), Statuses: make([]string, n),
		Methods: make([]string, n), Reasons: make([]string, n), Ats: make([]time.Time, n), Conflicts: make([]bool, n),
	}
	const usual = 256 // bytes of a state
	states := make([]byte, 0, n*usual)
	for i, s := range st {
		from := len(states)
		states = s.State.AppendJSON(states)
		p.States[i] = states[from:]
		p.SessionIds[i], p.StudentIds[i] = s.Session, s.Student
		p.Statuses[i], p.Methods[i], p.Reasons[i] = string(s.Status), string(s.Method), s.Reason
		p.Ats[i], p.Conflicts[i] = s.At, s.Conflict
	}
	return p
}

// lastOfEach drops all but the last standing of one student in one session: an
// upsert refuses to touch a row twice (error 21000).
func lastOfEach(st []attendance.Standing) []attendance.Standing {
	last := make(map[attendance.Seat]int, len(st))
	for i, s := range st {
		last[attendance.Seat{Session: s.Session, Student: s.Student}] = i
	}
	if len(last) == len(st) {
		return st
	}
	at := make([]int, 0, len(last))
	for _, i := range last {
		at = append(at, i)
	}
	slices.Sort(at)
	out := make([]attendance.Standing, len(at))
	for j, i := range at {
		out[j] = st[i]
	}
	return out
}
