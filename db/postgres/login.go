package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

var (
	_ auth.Logins = (*Store)(nil)
	_ auth.Book   = (*Store)(nil)
)

// keepLogins is how long an expired login is kept for those who look into who
// was here.
const keepLogins = 90 * 24 * time.Hour

// BeginLogin keeps a sign-in, and forgets very old ones.
func (s *Store) BeginLogin(ctx context.Context, l auth.Login) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		if err := t.q.ForgetLogins(ctx, t.now().Add(-keepLogins)); err != nil {
			return fmt.Errorf("forget old logins: %w", err)
		}
		return t.q.AddLogin(ctx, dbsqlc.AddLoginParams{
			ID: l.ID, PersonID: l.Person, Role: string(l.Role), CreatedAt: l.CreatedAt, ExpiresAt: l.ExpiresAt, Agent: l.Agent, Address: l.Address,
		})
	})
}

// Use implements auth.Logins.
func (s *Store) Use(ctx context.Context, login attendance.ID) (auth.Principal, error) {
	q, now := dbsqlc.New(s.pool), s.now()
	row, err := q.OpenLogin(ctx, login, now)
	if errors.Is(err, pgx.ErrNoRows) {
		return auth.Principal{}, auth.ErrEnded
	}
	if err != nil {
		return auth.Principal{}, fmt.Errorf("look up login: %w", err)
	}
	if now.Sub(row.LastSeenAt) >= seenEvery {
		if err := q.SeeLogin(ctx, now, login); err != nil {
			return auth.Principal{}, fmt.Errorf("note when the login was used: %w", err)
		}
	}
	return auth.Principal{
		Actor: attendance.Actor{ID: row.PersonID, Role: attendance.Role(row.Role)}, Login: login, MustChange: row.MustChange,
	}, nil
}

// Logins are the open sign-ins of a person, the latest first.
func (s *Store) Logins(ctx context.Context, who attendance.Actor) ([]auth.Login, error) {
	rows, err := dbsqlc.New(s.pool).Logins(ctx, who.ID, string(who.Role), s.now())
	out := make([]auth.Login, len(rows))
	for i, r := range rows {
		out[i] = auth.Login{
			ID: r.ID, Person: r.PersonID, Role: attendance.Role(r.Role), CreatedAt: r.CreatedAt, SeenAt: r.LastSeenAt,
			ExpiresAt: r.ExpiresAt, Agent: r.Agent, Address: r.Address,
		}
	}
	return out, err
}

// EndLogin ends one sign-in of a person.
func (s *Store) EndLogin(ctx context.Context, person, login attendance.ID) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error { // which the ledger notes
		now := t.now()
		n, err := t.q.EndLogin(ctx, &now, login, person)
		if err == nil && n == 0 {
			return attendance.Missing{What: "login", Key: login.String()}
		}
		return err
	})
}
