package postgres

import (
	"context"
	"fmt"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// Rehash implements auth.Book. Of a teacher's verifier the pendrives learn.
func (s *Store) Rehash(ctx context.Context, who attendance.Actor, stale, fresh string) error {
	q := dbsqlc.New(s.pool)
	switch who.Role {
	case attendance.RoleAdmin:
		return q.RehashAccount(ctx, fresh, auth.Original(stale), who.ID, stale)
	case attendance.RoleStudent:
		return q.RehashStudent(ctx, fresh, auth.Original(stale), who.ID, stale)
	case attendance.RoleTeacher:
		return s.changeTeacher(ctx, who.ID, func(t *dbsqlc.Teacher) {
			if t.PINHash == stale {
				t.PINHash = fresh
			}
		}, nil)
	}
	return fmt.Errorf("a %s has no secret", who.Role)
}

// changeTeacher changes one row as a whole, and does something more with it.
func (s *Store) changeTeacher(ctx context.Context, id attendance.ID, change func(*dbsqlc.Teacher), more func(context.Context, *dbsqlc.Queries) error) error {
	_, err := s.Change(ctx, func(ctx context.Context, r attendance.Registrar) error {
		q := r.(*registrar).q //nolint:errorlint,forcetypeassert // Change makes no other
		t, err := q.LockTeacher(ctx, id)
		if err != nil {
			return missing(err, "teacher", id)
		}
		change(&t)
		if more != nil {
			if err := more(ctx, q); err != nil {
				return err
			}
		}
		return r.PutTeacher(ctx, attendance.TeacherEntry{
			FeedTeacher: attendance.FeedTeacher{ID: t.ID, Name: t.Name, Code: t.Code, PINHash: t.PINHash}, Email: t.Email,
		})
	})
	return err
}

// PIN is the verifier of the PIN of a teacher who was not archived.
func (s *Store) PIN(ctx context.Context, teacher attendance.ID) (string, error) {
	t, err := dbsqlc.New(s.pool).Instructor(ctx, teacher)
	return t.PINHash, missing(err, "teacher", teacher)
}

// SetPIN keeps a new verifier, and ends all logins but one.
func (s *Store) SetPIN(ctx context.Context, teacher attendance.ID, hash string, but attendance.ID) error {
	now := s.now()
	return s.changeTeacher(ctx, teacher, func(t *dbsqlc.Teacher) { t.PINHash = hash }, func(ctx context.Context, q *dbsqlc.Queries) error {
		return q.EndLogins(ctx, &now, teacher, but)
	})
}

// SetStudentPassword keeps a new verifier, and ends all logins but one.
func (s *Store) SetStudentPassword(ctx context.Context, id attendance.ID, hash string, but attendance.ID) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.q.SetStudentPassword(ctx, hash, id)
		if err != nil {
			return fmt.Errorf("set password: %w", err)
		}
		if n == 0 {
			return attendance.Missing{What: "student", Key: id.String()}
		}
		now := t.now()
		return t.q.EndLogins(ctx, &now, id, but)
	})
}
