package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

var _ attendance.Answering = (*tx)(nil)

// keepSignals is how long it stays known which answers came from one browser or
// one address: long enough to look into a complaint, no longer.
const keepSignals = 30 * 24 * time.Hour

// PutLink keeps the hash of an online class's link.
func (s *Store) PutLink(ctx context.Context, session attendance.ID, hash []byte) error {
	return dbsqlc.New(s.pool).PutLink(ctx, session, hash)
}

// Linked is the session that a link opens.
func (s *Store) Linked(ctx context.Context, hash []byte) (attendance.ID, error) {
	id, err := dbsqlc.New(s.pool).Linked(ctx, hash)
	return id, missing(err, "online class", named("with this link"))
}

// InAnswer is InTx for one reply to a code. A whole class replies at once: only so
// many are under way that a teacher's screen never waits for them.
func (s *Store) InAnswer(ctx context.Context, fn func(context.Context, attendance.Answering) error) error {
	select {
	case s.answers <- struct{}{}:
		defer func() { <-s.answers }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return s.write(ctx, func(ctx context.Context, t *tx) error { return fn(ctx, t) })
}

// Answers are the right ones of a session, in the order they came.
func (s *Store) Answers(ctx context.Context, session attendance.ID) ([]attendance.Answered, error) {
	rows, err := dbsqlc.New(s.pool).Answers(ctx, session)
	out := make([]attendance.Answered, len(rows))
	for i, r := range rows {
		out[i] = attendance.Answered{Student: r.StudentID, Step: r.Step, At: r.At, Browser: r.BrowserHash, Address: r.AddressHash}
	}
	return out, err
}

// Headcount is how many students a session expects, and how many stand where.
func (s *Store) Headcount(ctx context.Context, session attendance.ID) (expected int, by map[attendance.Status]int, err error) {
	q := dbsqlc.New(s.pool)
	all, err := q.ExpectedCount(ctx, session)
	if err != nil {
		return 0, nil, fmt.Errorf("count the expected: %w", err)
	}
	rows, err := q.StatusCounts(ctx, session)
	by = make(map[attendance.Status]int, len(rows))
	for _, r := range rows {
		by[attendance.Status(r.Status)] = int(r.Students)
	}
	return int(all), by, err
}

// ForgetSignals takes old answers their browsers and addresses, and throws old
// tries away.
func (s *Store) ForgetSignals(ctx context.Context) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		before := t.now().Add(-keepSignals)
		if err := t.q.ForgetSignals(ctx, before); err != nil {
			return fmt.Errorf("forget browsers and addresses: %w", err)
		}
		return t.q.ForgetTries(ctx, before)
	})
}

func (t *tx) Expected(ctx context.Context, course, student attendance.ID, roll string) (attendance.Roster, error) {
	var out attendance.Roster
	if !student.IsZero() {
		rows, err := t.q.ExpectedStudent(ctx, course, student)
		for _, r := range rows {
			out = append(out, member(dbsqlc.RosterRow(r)))
		}
		return out, err
	}
	rows, err := t.q.ExpectedRoll(ctx, course, roll)
	for _, r := range rows {
		out = append(out, member(dbsqlc.RosterRow(r)))
	}
	return out, err
}

func (t *tx) LockTries(ctx context.Context, session attendance.ID, keys ...[]byte) ([]attendance.Try, error) {
	if err := t.q.AwaitTry(ctx, session, keys[0]); err != nil {
		return nil, fmt.Errorf("wait for other tries: %w", err)
	}
	rows, err := t.q.Tries(ctx, session, keys)
	if err != nil {
		return nil, err
	}
	known := make(map[string]attendance.Try, len(rows))
	for _, r := range rows {
		known[string(r.Key)] = attendance.Try{Failures: int(r.Failures), Until: moment(r.Until)}
	}
	out := make([]attendance.Try, len(keys))
	for i, k := range keys {
		out[i] = known[string(k)]
	}
	return out, nil
}

func (t *tx) CountTry(ctx context.Context, session attendance.ID, key []byte, at time.Time) (int, error) {
	n, err := t.q.CountTry(ctx, session, key, at)
	return int(n), err
}

func (t *tx) PauseTry(ctx context.Context, session attendance.ID, key []byte, until time.Time) error {
	return t.q.PauseTry(ctx, &until, session, key)
}

func (t *tx) PutAnswer(ctx context.Context, session attendance.ID, a attendance.Answered) (bool, error) {
	n, err := t.q.PutAnswer(ctx, dbsqlc.PutAnswerParams{
		SessionID: session, StudentID: a.Student, Step: a.Step, At: a.At, BrowserHash: a.Browser, AddressHash: a.Address,
	})
	if err != nil {
		return false, fmt.Errorf("keep the answer: %w", err)
	}
	return n == 1, nil
}
