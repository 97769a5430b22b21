package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

func (t *tx) Standings(ctx context.Context, session attendance.ID, students ...attendance.ID) ([]attendance.Standing, error) {
	var rows []dbsqlc.Standing
	var err error
	if len(students) == 0 {
		rows, err = t.q.Standings(ctx, session)
	} else {
		rows, err = t.q.StandingsOf(ctx, session, students)
	}
	if err != nil {
		return nil, fmt.Errorf("list standings: %w", err)
	}
	return standings(rows)
}

func (t *tx) StandingsAt(ctx context.Context, seats []attendance.Seat) ([]attendance.Standing, error) {
	if len(seats) == 0 {
		return nil, nil
	}
	sessions, students := make([]attendance.ID, len(seats)), make([]attendance.ID, len(seats))
	for i, s := range seats {
		sessions[i], students[i] = s.Session, s.Student
	}
	rows, err := t.q.StandingsAt(ctx, sessions, students)
	if err != nil {
		return nil, fmt.Errorf("list standings: %w", err)
	}
	return standings(rows)
}

func standings(rows []dbsqlc.Standing) ([]attendance.Standing, error) {
	out := make([]attendance.Standing, len(rows))
	for i, r := range rows {
		out[i] = attendance.Standing{
			Session: r.SessionID, Student: r.StudentID, Status: attendance.Status(r.Status),
			Method: attendance.Method(r.Method), Reason: r.Reason, At: moment(r.At), Conflict: r.Conflict,
		}
		if err := json.Unmarshal(r.State, &out[i].State); err != nil {
			return nil, fmt.Errorf("decode state of %s in %s: %w", r.StudentID, r.SessionID, err)
		}
	}
	return out, nil
}

func (t *tx) CourseStandings(ctx context.Context, course attendance.ID) ([]attendance.Standing, error) {
	rows, err := t.q.CourseStandings(ctx, course)
	out := make([]attendance.Standing, len(rows))
	for i, r := range rows {
		out[i] = attendance.Standing{
			Session: r.SessionID, Student: r.StudentID, Status: attendance.Status(r.Status),
			Method: attendance.Method(r.Method), Reason: r.Reason, At: moment(r.At), Conflict: r.Conflict,
		}
	}
	return out, err
}

func (t *tx) PutStandings(ctx context.Context, st []attendance.Standing) error {
	st = lastOfEach(st)
	if len(st) == 0 {
		return nil
	}
	var p dbsqlc.PutStandingsParams
	for _, s := range st {
		state, err := json.Marshal(s.State)
		if err != nil {
			return fmt.Errorf("encode state: %w", err)
		}
		p.SessionIds = append(p.SessionIds, s.Session)
		p.StudentIds = append(p.StudentIds, s.Student)
		p.States = append(p.States, state)
		p.Statuses = append(p.Statuses, string(s.Status))
		p.Methods = append(p.Methods, string(s.Method))
		p.Reasons = append(p.Reasons, s.Reason)
		p.Ats = append(p.Ats, s.At)
		p.Conflicts = append(p.Conflicts, s.Conflict)
		t.touch(s.Session)
	}
	if err := t.q.PutStandings(ctx, p); err != nil {
		return fmt.Errorf("put standings: %w", err)
	}
	return nil
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

// Marks implements attendance.Marks.
func (t *tx) Marks(ctx context.Context, course attendance.ID) (map[attendance.ID]map[attendance.ID]attendance.Status, error) {
	rows, err := t.q.CourseMarks(ctx, course)
	if err != nil {
		return nil, fmt.Errorf("list marks: %w", err)
	}
	out := make(map[attendance.ID]map[attendance.ID]attendance.Status, len(rows))
	for _, r := range rows {
		cells := make(map[attendance.ID]attendance.Status, len(r.StudentIds))
		for i, student := range r.StudentIds {
			cells[student] = attendance.Status(r.Statuses[i])
		}
		out[r.SessionID] = cells
	}
	return out, nil
}
