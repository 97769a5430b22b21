package postgres

import (
	"context"

	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// StudentByRoll finds a student who was not archived, in upper or lower case.
func (s *Store) StudentByRoll(ctx context.Context, roll string) (auth.Student, error) {
	r, err := dbsqlc.New(s.pool).StudentByRoll(ctx, roll)
	return auth.Student{ID: r.ID, Name: r.Name, UniversityRoll: r.UniversityRoll, PasswordHash: r.PasswordHash}, missing(err, "student", name(roll))
}
