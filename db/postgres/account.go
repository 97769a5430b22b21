package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// Account is somebody of the office who was not archived.
func (s *Store) Account(ctx context.Context, id attendance.ID) (auth.Account, error) {
	row, err := dbsqlc.New(s.pool).Account(ctx, id)
	return account(row), missing(err, "account", id)
}

// AccountNamed finds an account in upper or lower case.
func (s *Store) AccountNamed(ctx context.Context, username string) (auth.Account, error) {
	row, err := dbsqlc.New(s.pool).AccountNamed(ctx, username)
	return account(row), missing(err, "account", name(username))
}

// Accounts are all that were not archived, by name.
func (s *Store) Accounts(ctx context.Context) ([]auth.Account, error) {
	rows, err := dbsqlc.New(s.pool).Accounts(ctx)
	out := make([]auth.Account, len(rows))
	for i, r := range rows {
		out[i] = account(r)
	}
	return out, err
}

// AddAccount adds one; Invalid names a field that another account has.
func (s *Store) AddAccount(ctx context.Context, a auth.Account) error {
	return refused(s.write(ctx, func(ctx context.Context, t *tx) error { return addAccount(ctx, t.q, a) }))
}

// ArchiveAccount takes an account away and ends its logins; never the last one.
func (s *Store) ArchiveAccount(ctx context.Context, id attendance.ID) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		all, err := t.q.LockAccounts(ctx)
		if err != nil {
			return fmt.Errorf("lock accounts: %w", err)
		}
		if !slices.Contains(all, id) {
			return attendance.Missing{What: "account", Key: id.String()}
		}
		if len(all) == 1 {
			return auth.ErrLastAccount
		}
		now := t.now()
		if err := t.q.ArchiveAccount(ctx, &now, id); err != nil {
			return fmt.Errorf("archive account: %w", err)
		}
		return t.q.EndLogins(ctx, &now, id, attendance.ID{})
	})
}

// SetPassword keeps a new verifier, and ends all logins but one.
func (s *Store) SetPassword(ctx context.Context, id attendance.ID, hash string, but attendance.ID) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		n, err := t.q.SetPassword(ctx, hash, id)
		if err != nil {
			return fmt.Errorf("set password: %w", err)
		}
		if n == 0 {
			return attendance.Missing{What: "account", Key: id.String()}
		}
		now := t.now()
		return t.q.EndLogins(ctx, &now, id, but)
	})
}

// FirstAccount adds an account to a school that has none, and reports whether it
// was the first.
func (s *Store) FirstAccount(ctx context.Context, a auth.Account) (bool, error) {
	var first bool
	err := s.write(ctx, func(ctx context.Context, t *tx) (err error) {
		if first, err = none(ctx, t.q); err != nil || !first {
			return err
		}
		return addFirst(ctx, t.q, a)
	})
	return first, err
}

// OfferSetup keeps the hash of a set-up link, and reports false when the school
// has an account already.
func (s *Store) OfferSetup(ctx context.Context, hash []byte, until time.Time) (bool, error) {
	var offered bool
	err := s.write(ctx, func(ctx context.Context, t *tx) (err error) {
		if offered, err = none(ctx, t.q); err != nil || !offered {
			return err
		}
		return t.q.OfferSetup(ctx, hash, until)
	})
	return offered, err
}

// SetUp makes the first account for whoever brings a link. That ends all links.
func (s *Store) SetUp(ctx context.Context, hash []byte, a auth.Account) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		first, err := none(ctx, t.q)
		if err != nil {
			return err
		}
		if !first {
			return auth.ErrSetUp
		}
		n, err := t.q.TakeSetup(ctx, hash, t.now())
		if err != nil {
			return fmt.Errorf("take set-up link: %w", err)
		}
		if n == 0 {
			return auth.ErrLink
		}
		return addFirst(ctx, t.q, a)
	})
}

// none waits for whoever makes a first account now, and reports that there is none.
func none(ctx context.Context, q *dbsqlc.Queries) (bool, error) {
	if err := q.AwaitSetup(ctx); err != nil {
		return false, fmt.Errorf("wait for others who set up: %w", err)
	}
	all, err := q.Accounts(ctx)
	return len(all) == 0, err
}

func addFirst(ctx context.Context, q *dbsqlc.Queries, a auth.Account) error {
	if err := addAccount(ctx, q, a); err != nil {
		return err
	}
	return q.EndSetups(ctx)
}

func addAccount(ctx context.Context, q *dbsqlc.Queries, a auth.Account) error {
	return q.AddAccount(ctx, dbsqlc.AddAccountParams{
		ID: a.ID, Username: a.Username, PasswordHash: a.PasswordHash, CreatedAt: a.CreatedAt, MustChange: a.MustChange,
	})
}

func account(r dbsqlc.Account) auth.Account {
	return auth.Account{ID: r.ID, Username: r.Username, PasswordHash: r.PasswordHash, CreatedAt: r.CreatedAt, MustChange: r.MustChange}
}

// name is a key that is no id.
type name string

func (n name) String() string { return string(n) }
