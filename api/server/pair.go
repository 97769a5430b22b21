package server

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/attendance/office"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/campus/drive"
	"github.com/arise-attendance/arise/db/postgres"
)

// Pair offers a pendrive to whoever brings the code that is returned: of all
// courses when there are no codes.
func Pair(ctx context.Context, c Config, name string, courses []string) (code string, err error) {
	err = atDesk(ctx, c, func(desk office.Office) error {
		code = auth.NewClaim()
		_, err := desk.PairNode(ctx, name, courses, claimUntil(code, time.Now().Add(drive.ClaimFor)))
		return err
	})
	return code, err
}

// Revoke shuts a pendrive out.
func Revoke(ctx context.Context, c Config, name string) error {
	return atDesk(ctx, c, func(desk office.Office) error { return desk.RevokeNamed(ctx, name) })
}

// atDesk does what the office does, at the console.
func atDesk(ctx context.Context, c Config, do func(office.Office) error) (err error) {
	db, err := reachDatabase(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	return do(deskOf(postgres.New(db.pool, postgres.Options{Log: c.Log}), time.Now))
}

func deskOf(store *postgres.Store, now func() time.Time) office.Office {
	return office.Office{Registry: store, Now: now, NewID: func() (attendance.ID, error) { return attendance.NewID(now(), rand.Reader) }}
}

func claimUntil(code string, until time.Time) attendance.ClaimHash {
	return attendance.ClaimHash{Hash: auth.HashClaim(code), Until: until}
}
