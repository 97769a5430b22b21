package postgres

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

var _ attendance.Reviews = (*tx)(nil)

// InReview is InTx for those who ask for changes and decide them.
func (s *Store) InReview(ctx context.Context, fn func(context.Context, attendance.Reviews) error) error {
	return refused(s.write(ctx, func(ctx context.Context, t *tx) error { return fn(ctx, t) }))
}

func (t *tx) Request(ctx context.Context, id attendance.ID) (attendance.Request, error) {
	r, err := t.q.Request(ctx, id)
	if err != nil {
		return attendance.Request{}, missing(err, "request", id)
	}
	return request(r.Request, r.Name, r.UniversityRoll), nil
}

func (t *tx) LockRequest(ctx context.Context, id attendance.ID) (attendance.Request, error) {
	if _, err := t.q.LockRequest(ctx, id); err != nil {
		return attendance.Request{}, missing(err, "request", id)
	}
	return t.Request(ctx, id)
}

func (t *tx) AddRequest(ctx context.Context, r attendance.Request) (bool, error) {
	n, err := t.q.AddRequest(ctx, dbsqlc.AddRequestParams{
		ID: r.ID, Kind: string(r.Kind), StudentID: r.Student, SessionID: r.Session, AllCourses: r.AllCourses, CourseIds: listed(r.Courses),
		FromAt: nullable(r.From), ToAt: nullable(r.To), Status: string(r.Status), Reason: r.Reason,
		AskedByID: r.AskedBy.ID, AskedRole: string(r.AskedBy.Role), AskedAt: r.AskedAt,
	})
	if err != nil {
		return false, fmt.Errorf("add request: %w", err)
	}
	return n == 1, nil
}

func (t *tx) DecideRequest(ctx context.Context, r attendance.Request) error {
	err := t.q.DecideRequest(ctx, dbsqlc.DecideRequestParams{
		ID: r.ID, State: string(r.State), Status: string(r.Status), Note: r.Note,
		DecidedByID: r.DecidedBy.ID, DecidedRole: string(r.DecidedBy.Role), DecidedAt: nullable(r.DecidedAt),
	})
	if err != nil {
		return fmt.Errorf("decide request: %w", err)
	}
	if t.leave == nil || r.Kind != attendance.AskLeave || r.State != attendance.RequestApproved {
		return nil
	}
	if err := t.leave(ctx, t.pg, r.ID); err != nil {
		return fmt.Errorf("follow up on a leave: %w", err)
	}
	return nil
}

func (t *tx) OpenRequests(ctx context.Context, asker attendance.ID) (int, error) {
	n, err := t.q.CountOpenRequests(ctx, asker)
	return int(n), err
}

func (t *tx) CoursesTaken(ctx context.Context, student attendance.ID, at time.Time) ([]attendance.ID, error) {
	return t.q.CoursesTaken(ctx, student, at)
}

func (t *tx) LeavesOver(ctx context.Context, se attendance.Session) ([]attendance.Request, error) {
	rows, err := t.q.LeavesOver(ctx, &se.OpenedAt, se.Course)
	out := make([]attendance.Request, len(rows))
	for i, r := range rows {
		out[i] = request(r.Request, r.Name, r.UniversityRoll)
	}
	return out, err
}

func (t *tx) LeaveSessions(ctx context.Context, r attendance.Request) ([]attendance.Session, error) {
	rows, err := t.q.LeaveSessions(ctx, dbsqlc.LeaveSessionsParams{
		FromAt: r.From, ToAt: r.To, StudentID: r.Student, AllCourses: r.AllCourses, CourseIds: listed(r.Courses),
	})
	if err != nil {
		return nil, fmt.Errorf("list the classes of a leave: %w", err)
	}
	return sessions(rows)
}

// Requests are a page, the newest first.
func (s *Store) Requests(ctx context.Context, by attendance.RequestFilter) ([]attendance.Request, error) {
	p := dbsqlc.RequestsParams{Before: by.Before, Below: by.ID, Most: int32(min(by.Most, math.MaxInt16))} //nolint:gosec // a page
	if by.Before.IsZero() {
		p.Before = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if p.Below.IsZero() {
		p.Below[0] = 0xff // NULL compares with nothing
	}
	if by.State != "" {
		p.State = (*string)(&by.State)
	}
	if by.Kind != "" {
		p.Kind = (*string)(&by.Kind)
	}
	var out []attendance.Request
	q := dbsqlc.New(s.pool)
	switch {
	case !by.Student.IsZero():
		rows, err := q.RequestsOf(ctx, dbsqlc.RequestsOfParams{
			StudentID: by.Student, State: p.State, Kind: p.Kind, Before: p.Before, Below: p.Below, Most: p.Most,
		})
		for _, r := range rows {
			out = append(out, request(r.Request, r.Name, r.UniversityRoll))
		}
		return out, err
	case by.Courses != nil:
		rows, err := q.RequestsIn(ctx, dbsqlc.RequestsInParams{
			CourseIds: by.Courses, State: p.State, Kind: p.Kind, Before: p.Before, Below: p.Below, Most: p.Most,
		})
		for _, r := range rows {
			out = append(out, request(r.Request, r.Name, r.UniversityRoll))
		}
		return out, err
	}
	rows, err := q.Requests(ctx, p)
	for _, r := range rows {
		out = append(out, request(r.Request, r.Name, r.UniversityRoll))
	}
	return out, err
}

func request(r dbsqlc.Request, name, roll string) attendance.Request {
	return attendance.Request{
		ID: r.ID, Kind: attendance.RequestKind(r.Kind), State: attendance.RequestState(r.State), Student: r.StudentID,
		Session: r.SessionID, AllCourses: r.AllCourses, Courses: r.CourseIds, From: moment(r.FromAt), To: moment(r.ToAt),
		Status: attendance.Status(r.Status), Reason: r.Reason, AskedAt: r.AskedAt,
		AskedBy:   attendance.Actor{ID: r.AskedByID, Role: attendance.Role(r.AskedRole)},
		DecidedBy: attendance.Actor{ID: r.DecidedByID, Role: attendance.Role(r.DecidedRole)}, DecidedAt: moment(r.DecidedAt),
		Note: r.Note, StudentName: name, UniversityRoll: roll,
	}
}

// listed is never nil: an empty list is not NULL.
func listed(ids []attendance.ID) []attendance.ID { return append([]attendance.ID{}, ids...) }
