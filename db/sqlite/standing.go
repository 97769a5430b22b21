package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite/internal/dbsqlc"
)

func standing(r dbsqlc.Standing) (attendance.Standing, error) {
	st := attendance.Standing{
		Session: r.SessionID, Student: r.StudentID, Status: attendance.Status(r.Status),
		Method: attendance.Method(r.Method), Reason: r.Reason, At: attendance.FromMS(r.AtMs), Conflict: r.Conflict,
	}
	if err := json.Unmarshal([]byte(r.State), &st.State); err != nil {
		return st, fmt.Errorf("read the standing of %s in %s: %w", r.StudentID, r.SessionID, err)
	}
	return st, nil
}

func (t *tx) Standings(ctx context.Context, session attendance.ID, students ...attendance.ID) ([]attendance.Standing, error) {
	all, err := t.seats(ctx, session)
	if err != nil {
		return nil, err
	}
	if len(students) == 0 {
		students = slices.Collect(maps.Keys(all))
	}
	ids := slices.Clone(students)
	slices.SortFunc(ids, attendance.ID.Compare)
	out := make([]attendance.Standing, 0, len(ids))
	for _, id := range slices.Compact(ids) {
		if st, ok := all[id]; ok {
			out = append(out, st)
		}
	}
	return out, nil
}

func (t *tx) StandingsAt(ctx context.Context, seats []attendance.Seat) ([]attendance.Standing, error) {
	var out []attendance.Standing
	for _, seat := range seats {
		all, err := t.seats(ctx, seat.Session)
		if err != nil {
			return nil, err
		}
		if st, ok := all[seat.Student]; ok {
			out = append(out, st)
		}
	}
	return out, nil
}

func (t *tx) CourseStandings(ctx context.Context, course attendance.ID) ([]attendance.Standing, error) {
	rows, err := t.q.CourseStandings(ctx, course)
	return each(rows, func(r dbsqlc.CourseStandingsRow) attendance.Standing {
		return attendance.Standing{
			Session: r.SessionID, Student: r.StudentID, Status: attendance.Status(r.Status),
			Method: attendance.Method(r.Method), Reason: r.Reason, At: attendance.FromMS(r.AtMs), Conflict: r.Conflict,
		}
	}), err
}

func (t *tx) PutStandings(ctx context.Context, all []attendance.Standing) error {
	if err := t.writable(); err != nil {
		return err
	}
	for _, st := range all {
		state, err := json.Marshal(st.State)
		if err != nil {
			return fmt.Errorf("write the standing of %s in %s: %w", st.Student, st.Session, err)
		}
		t.touch(st.Session)
		err = t.q.PutStanding(ctx, dbsqlc.PutStandingParams{
			SessionID: st.Session, StudentID: st.Student, State: string(state), Status: string(st.Status),
			Method: string(st.Method), Reason: st.Reason, AtMs: attendance.UnixMS(st.At), Conflict: st.Conflict,
		})
		if err != nil {
			return fmt.Errorf("put the standing of %s in %s: %w", st.Student, st.Session, err)
		}
		if seats, ok := t.s.hot.standings[st.Session]; ok {
			seats[st.Student] = st
		}
	}
	return nil
}
