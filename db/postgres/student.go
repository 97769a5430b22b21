package postgres

import (
	"context"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// StudentByRoll finds a student who was not archived, in upper or lower case.
func (s *Store) StudentByRoll(ctx context.Context, roll string) (auth.Student, error) {
	r, err := dbsqlc.New(s.pool).StudentByRoll(ctx, roll)
	return auth.Student{ID: r.ID, Name: r.Name, UniversityRoll: r.UniversityRoll, PasswordHash: r.PasswordHash, MustChange: r.MustChange}, missing(err, "student", name(roll))
}

// SigningStudent is a student who was not archived, as far as signing in needs it.
func (s *Store) SigningStudent(ctx context.Context, id attendance.ID) (auth.Student, error) {
	r, err := dbsqlc.New(s.pool).SigningStudent(ctx, id)
	return auth.Student{ID: r.ID, Name: r.Name, UniversityRoll: r.UniversityRoll, PasswordHash: r.PasswordHash, MustChange: r.MustChange}, missing(err, "student", id)
}
