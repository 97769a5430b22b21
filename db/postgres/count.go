package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// InCount runs fn on one consistent state. Of two that count one course, one
// begins again.
func (s *Store) InCount(ctx context.Context, fn func(context.Context, attendance.Counter) error) error {
	return s.retry(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(ctx context.Context, t *tx) error { return fn(ctx, t) })
}

// Uncounted are the courses whose counts lack something.
func (s *Store) Uncounted(ctx context.Context) ([]attendance.ID, error) {
	out, err := dbsqlc.New(s.pool).Uncounted(ctx, s.now(), attendance.SettledBy(s.now()))
	if err != nil {
		return nil, fmt.Errorf("list courses to count: %w", err)
	}
	return out, nil
}

// NoteAll has every course counted anew, and says how many there are.
func (s *Store) NoteAll(ctx context.Context) (int64, error) {
	n, err := dbsqlc.New(s.pool).NoteAll(ctx)
	if err != nil {
		return 0, fmt.Errorf("note all courses: %w", err)
	}
	return n, nil
}

// SessionIDs are the next sessions after one, by id.
func (s *Store) SessionIDs(ctx context.Context, after attendance.ID, most int) ([]attendance.ID, error) {
	out, err := dbsqlc.New(s.pool).SessionIDs(ctx, after, n32(most))
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return out, nil
}

func (t *tx) Stale(ctx context.Context, course attendance.ID) ([]int64, error) {
	return t.q.Stale(ctx, course)
}

// PutCount implements attendance.Counter.
func (t *tx) PutCount(ctx context.Context, c attendance.CourseCount, covers []int64) error {
	policy, err := json.Marshal(c.Policy)
	if err != nil {
		return fmt.Errorf("encode policy: %w", err)
	}
	sum := c.Sum()
	if err := t.q.PutCourseCount(ctx, dbsqlc.PutCourseCountParams{
		CourseID: c.Course, Policy: string(policy), CountedAt: t.now(), Sessions: n32(sum.Sessions), Online: n32(sum.Online), Expected: n32(sum.Expected),
		Present: n32(sum.Present), Late: n32(sum.Late), Absent: n32(sum.Absent), Excused: n32(sum.Excused), Duty: n32(sum.Duty),
		Enrolled: n32(c.Enrolled), EnrolledUntil: nullable(c.Until),
	}); err != nil {
		return fmt.Errorf("put count of %s: %w", c.Course, err)
	}
	sessions, students, strip := sessionCounts(c), studentCounts(c), c.Strip()
	err = errors.Join(
		t.q.PutStrip(ctx, dbsqlc.PutStripParams{
			CourseID: c.Course, Sessions: append([]byte{}, strip.Sessions...), Members: append([]byte{}, strip.Members...),
			Bands: strip.Bands, Cells: string(strip.Cells),
		}),
		t.q.DropSessionCounts(ctx, c.Course, sessions.SessionIds),
		t.q.PutSessionCounts(ctx, sessions),
		t.q.DropStudentCounts(ctx, c.Course, students.StudentIds),
		t.q.PutStudentCounts(ctx, students),
		t.q.DropStale(ctx, covers),
	)
	if err != nil {
		return fmt.Errorf("put count of %s: %w", c.Course, err)
	}
	return nil
}

func sessionCounts(c attendance.CourseCount) dbsqlc.PutSessionCountsParams {
	p := dbsqlc.PutSessionCountsParams{CourseID: c.Course, SessionIds: []attendance.ID{}}
	for i, s := range c.Sessions {
		p.SessionIds = append(p.SessionIds, s.Session)
		p.Ords = append(p.Ords, n32(i))
		p.OpenedAts = append(p.OpenedAts, s.OpenedAt)
		p.Kinds = append(p.Kinds, string(s.Kind))
		p.Expecteds = append(p.Expecteds, n32(s.Expected))
		p.Presents = append(p.Presents, n32(s.Present))
		p.Lates = append(p.Lates, n32(s.Late))
		p.Absents = append(p.Absents, n32(s.Absent))
		p.Excuseds = append(p.Excuseds, n32(s.Excused))
		p.Dutys = append(p.Dutys, n32(s.Duty))
	}
	return p
}

func studentCounts(c attendance.CourseCount) dbsqlc.PutStudentCountsParams {
	p := dbsqlc.PutStudentCountsParams{CourseID: c.Course, StudentIds: []attendance.ID{}}
	for _, s := range c.Students {
		p.StudentIds = append(p.StudentIds, s.Student)
		p.Presents = append(p.Presents, n32(s.Present))
		p.Lates = append(p.Lates, n32(s.Late))
		p.Absents = append(p.Absents, n32(s.Absent))
		p.Excuseds = append(p.Excuseds, n32(s.Excused))
		p.Dutys = append(p.Dutys, n32(s.Duty))
		p.Currents = append(p.Currents, n32(s.Current))
		p.Longests = append(p.Longests, n32(s.Longest))
		p.Misseds = append(p.Misseds, n32(s.Missed))
		p.Bands = append(p.Bands, string(s.Band))
		p.Cells = append(p.Cells, string(s.Cells))
		p.Enrolleds = append(p.Enrolleds, ranges(s.Enrolled))
	}
	return p
}

// ranges are enrolments as Postgres writes them; what overlaps it joins.
func ranges(all attendance.Roster) string {
	each := make([]string, len(all))
	for i, m := range all {
		to := ""
		if !m.To.IsZero() {
			to = m.To.Format(time.RFC3339Nano)
		}
		each[i] = "[" + m.From.Format(time.RFC3339Nano) + "," + to + ")"
	}
	return "{" + strings.Join(each, ",") + "}"
}

// n32 is a number of people or of classes.
func n32(n int) int32 { return int32(n) } //nolint:gosec // no school has two thousand million

// Counted implements attendance.Counts.
func (t *tx) Counted(ctx context.Context, course attendance.ID, at time.Time) (attendance.CourseCount, bool, error) {
	out := attendance.CourseCount{Course: course}
	if lacks, err := t.q.Lacks(ctx, course, at); lacks || err != nil {
		return out, false, err
	}
	sessions, err := t.q.SessionCounts(ctx, course)
	if err != nil {
		return out, false, fmt.Errorf("list counts of sessions: %w", err)
	}
	out.Sessions = make([]attendance.SessionCount, len(sessions))
	for i, r := range sessions {
		out.Sessions[i] = attendance.SessionCount{
			Session: r.SessionID, OpenedAt: r.OpenedAt, Kind: attendance.SessionKind(r.Kind), Expected: int(r.Expected),
			Tally: tallied(r.Present, r.Late, r.Absent, r.Excused, r.Duty),
		}
	}
	students, err := t.q.StudentCounts(ctx, course)
	if err != nil {
		return out, false, fmt.Errorf("list counts of students: %w", err)
	}
	out.Students = make([]attendance.StudentCount, len(students))
	for i, r := range students {
		out.Students[i] = attendance.StudentCount{
			Student: r.StudentID, Tally: tallied(r.Present, r.Late, r.Absent, r.Excused, r.Duty), Missed: int(r.Missed),
			Streak: attendance.Streak{Current: int(r.CurrentStreak), Longest: int(r.LongestStreak)},
			Band:   attendance.Band(r.Band), Cells: attendance.Cells(r.Cells),
		}
	}
	return out, true, nil
}
