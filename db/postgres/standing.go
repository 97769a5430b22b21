package postgres

import (
	"context"
	"encoding/json"
	"fmt"

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
