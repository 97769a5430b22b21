package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/campus"
	"github.com/arise-attendance/arise/db/postgres"
)

// setupFor is how long a set-up link waits.
const setupFor = 24 * time.Hour

// firstAdmin is the username that goes with ADMIN_DEFAULT_PASSWORD.
const firstAdmin = "admin"

// FirstAccount sees to it that the office can come in. In a school without an
// account it makes one with the configured password, or else returns a link that
// makes one; link is empty when there is nothing to do.
func (s *Server) FirstAccount(ctx context.Context) (link string, err error) {
	if s.config.AdminPassword != "" {
		return "", s.addFirst(ctx, s.config.AdminPassword)
	}
	token, hash, err := campus.SetupLink()
	if err != nil {
		return "", err
	}
	offered, err := s.store.OfferSetup(ctx, hash, time.Now().Add(setupFor))
	if err != nil {
		return "", fmt.Errorf("offer a set-up link: %w", err)
	}
	if !offered {
		return "", nil
	}
	return s.config.Origin() + campus.SetupPath + token, nil
}

func (s *Server) addFirst(ctx context.Context, password string) error {
	all, err := s.store.Accounts(ctx)
	if err != nil || len(all) > 0 {
		return err
	}
	id, err := s.service.NewID()
	if err != nil {
		return err
	}
	hash, err := auth.HashSecret(password)
	if err != nil {
		return err
	}
	first, err := s.store.FirstAccount(ctx, auth.Account{ID: id, Username: firstAdmin, PasswordHash: hash, CreatedAt: time.Now()})
	if err != nil {
		return fmt.Errorf("make the first account: %w", err)
	}
	if first {
		s.config.Log.InfoContext(ctx, "made the first account; its password is ADMIN_DEFAULT_PASSWORD", "username", firstAdmin)
	}
	return nil
}

// ResetPassword gives an account a password for once, and ends its sign-ins: for
// somebody of the office who forgot theirs, when nobody else can let them in.
func ResetPassword(ctx context.Context, c Config, username string) (password string, err error) {
	db, err := reachDatabase(ctx, c)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	store := postgres.New(db.pool, postgres.Options{Log: c.Log})
	a, err := store.AccountNamed(ctx, username)
	if err != nil {
		return "", err
	}
	password = auth.OncePassword()
	hash, err := auth.HashSecret(password)
	if err != nil {
		return "", err
	}
	return password, store.ResetPassword(ctx, a.ID, hash)
}
