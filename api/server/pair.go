package server

import (
	"context"
	"errors"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
)

// claimFor is how long a claim code waits.
const claimFor = 7 * 24 * time.Hour

// Pair offers a pendrive to whoever brings the code that is returned.
func Pair(ctx context.Context, c Config, name string, all bool, courses []string) (string, error) {
	db, err := reachDatabase(ctx, c)
	if err != nil {
		return "", err
	}
	_, code, err := postgres.New(db.pool, postgres.Options{Log: c.Log}).Pair(ctx, postgres.Offer{
		Name: name, All: all, Courses: courses, Until: time.Now().Add(claimFor),
	})
	if cerr := db.close(); err == nil {
		err = cerr
	}
	return code, err
}

// Revoke shuts out every pendrive of a name that is not shut out yet.
func Revoke(ctx context.Context, c Config, name string) (err error) {
	db, err := reachDatabase(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	store := postgres.New(db.pool, postgres.Options{Log: c.Log})
	nodes, err := store.Nodes(ctx)
	if err != nil {
		return err
	}
	err = attendance.Missing{What: "pendrive", Key: name}
	for _, n := range nodes {
		if n.Name == name && n.RevokedAt.IsZero() {
			if err = store.Revoke(ctx, n.ID); err != nil {
				return err
			}
		}
	}
	return err
}
