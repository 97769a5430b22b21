package postgres

import (
	"context"
	"fmt"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// AddIntegration keeps a token by the hash of its key.
func (s *Store) AddIntegration(ctx context.Context, i auth.Integration, hash []byte) error {
	scopes := make([]string, len(i.Scopes))
	for n, scope := range i.Scopes {
		scopes[n] = string(scope)
	}
	return s.write(ctx, func(ctx context.Context, t *tx) error { // the ledger says by whom
		return t.q.AddToken(ctx, dbsqlc.AddTokenParams{
			ID: i.ID, Name: i.Name, Scopes: scopes, Hash: hash, CreatedBy: i.CreatedBy, CreatedAt: i.CreatedAt, ExpiresAt: i.ExpiresAt,
		})
	})
}

// Integrations are those that are good, the latest first.
func (s *Store) Integrations(ctx context.Context) ([]auth.Integration, error) {
	rows, err := dbsqlc.New(s.pool).Tokens(ctx, s.now())
	out := make([]auth.Integration, len(rows))
	for i, r := range rows {
		out[i] = integration(dbsqlc.OpenTokenRow(r))
	}
	return out, err
}

// UseIntegration finds a token that is good, and notes that it was used.
func (s *Store) UseIntegration(ctx context.Context, hash []byte) (auth.Integration, error) {
	q, now := dbsqlc.New(s.pool), s.now()
	row, err := q.OpenToken(ctx, hash, now)
	if err != nil {
		return auth.Integration{}, missing(err, "token", name("of this key"))
	}
	if row.LastUsedAt == nil || now.Sub(*row.LastUsedAt) >= seenEvery {
		if err := q.SeeToken(ctx, &now, row.ID); err != nil {
			return auth.Integration{}, fmt.Errorf("note when the token was used: %w", err)
		}
	}
	return integration(row), nil
}

// RevokeIntegration shuts a program out.
func (s *Store) RevokeIntegration(ctx context.Context, id attendance.ID) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		now := t.now()
		n, err := t.q.RevokeToken(ctx, &now, id)
		if err == nil && n == 0 {
			return attendance.Missing{What: "token", Key: id.String()}
		}
		return err
	})
}

func integration(r dbsqlc.OpenTokenRow) auth.Integration {
	out := auth.Integration{ID: r.ID, Name: r.Name, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt, UsedAt: moment(r.LastUsedAt)}
	for _, scope := range r.Scopes {
		out.Scopes = append(out.Scopes, auth.Scope(scope))
	}
	return out
}

// ResetPassword keeps the verifier of a password that somebody else made, and ends
// all logins of the account.
func (s *Store) ResetPassword(ctx context.Context, id attendance.ID, hash string) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.q.ResetPassword(ctx, hash, id)
		if err != nil {
			return fmt.Errorf("reset password: %w", err)
		}
		if n == 0 {
			return attendance.Missing{What: "account", Key: id.String()}
		}
		now := t.now()
		return t.q.EndLogins(ctx, &now, id, attendance.ID{})
	})
}
