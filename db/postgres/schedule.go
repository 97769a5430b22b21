package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// AddSchedule keeps one.
func (s *Store) AddSchedule(ctx context.Context, sc attendance.Schedule) error {
	asked, err := json.Marshal(sc.Asked)
	if err != nil {
		return fmt.Errorf("encode what is asked: %w", err)
	}
	return s.write(ctx, func(ctx context.Context, t *tx) error { // the ledger says by whom
		return t.q.AddSchedule(ctx, dbsqlc.AddScheduleParams{
			ID: sc.ID, AccountID: sc.Account, Asked: asked, Every: string(sc.Every), Weekday: int16(sc.Weekday), //nolint:gosec // of a week
			Hour: int16(sc.Hour), Recipients: sc.To, NextAt: sc.NextAt, CreatedAt: t.now(), //nolint:gosec // of a day
		})
	})
}

// Schedules are all, in the order in which they were made.
func (s *Store) Schedules(ctx context.Context) ([]attendance.Schedule, error) {
	rows, err := dbsqlc.New(s.pool).Schedules(ctx)
	if err != nil {
		return nil, fmt.Errorf("list schedules: %w", err)
	}
	return schedules(rows)
}

// RemoveSchedule ends one; what it made stays.
func (s *Store) RemoveSchedule(ctx context.Context, id attendance.ID) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.q.RemoveSchedule(ctx, id)
		if err == nil && n == 0 {
			return attendance.Missing{What: "schedule", Key: id.String()}
		}
		return err
	})
}

// dueAtOnce bounds one transaction.
const dueAtOnce = 100

// OrderDue orders the report of every schedule that is due, and moves the schedule
// on in the same transaction: one is ordered once, and none is left out. Of several
// times that passed while no server ran, the first is made, and the rest skipped.
func (s *Store) OrderDue(ctx context.Context, zone *time.Location) (int, error) {
	ordered := 0
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		now := t.now()
		rows, err := t.q.DueSchedules(ctx, now, dueAtOnce)
		if err != nil {
			return fmt.Errorf("list due schedules: %w", err)
		}
		due, err := schedules(rows)
		if err != nil {
			return err
		}
		for _, sc := range due {
			if err := s.addPaper(ctx, t, sc.Paper(now, zone)); err != nil {
				return fmt.Errorf("order the report of schedule %s: %w", sc.ID, err)
			}
			if err := t.q.MoveSchedule(ctx, sc.After(now, zone), sc.ID); err != nil {
				return fmt.Errorf("move schedule %s: %w", sc.ID, err)
			}
		}
		ordered = len(due)
		return nil
	})
	return ordered, err
}

func schedules(rows []dbsqlc.ReportSchedule) ([]attendance.Schedule, error) {
	out := make([]attendance.Schedule, len(rows))
	for i, r := range rows {
		out[i] = attendance.Schedule{
			ID: r.ID, Account: r.AccountID, Every: attendance.Every(r.Every), Weekday: time.Weekday(r.Weekday), Hour: int(r.Hour),
			To: r.Recipients, NextAt: r.NextAt, LastAt: moment(r.LastAt),
		}
		if err := json.Unmarshal(r.Asked, &out[i].Asked); err != nil {
			return nil, fmt.Errorf("decode what schedule %s asks: %w", r.ID, err)
		}
	}
	return out, nil
}
