package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres"
	"github.com/arise-attendance/arise/jobs"
)

// rebuildPage is how many sessions are listed at once.
const rebuildPage = 1000

// Rebuild derives every session, standing and count again from the facts. It may
// run beside a server: each session is one short transaction, and a screen that
// meets a course half way counts it by itself.
func Rebuild(ctx context.Context, c Config, stdout io.Writer) (err error) {
	db, err := reachDatabase(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	store := postgres.New(db.pool, postgres.Options{Log: c.Log})
	node, err := store.CloudNode(ctx)
	if err != nil {
		return err
	}
	world := attendance.World{Now: time.Now, Rand: rand.Reader}
	rules, err := attendance.NewService(ctx, store, world, node, attendance.Rules{})
	if err != nil {
		return err
	}
	sessions, err := refoldAll(ctx, store, rules)
	if err != nil {
		return err
	}
	courses, err := store.NoteAll(ctx)
	if err != nil {
		return err
	}
	if err := jobs.CountAll(ctx, rules, store); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "Derived %d sessions from their facts and counted %d courses.\n", sessions, courses)
	return err
}

func refoldAll(ctx context.Context, store *postgres.Store, rules *attendance.Service) (int, error) {
	n, last := 0, attendance.ID{}
	for {
		page, err := store.SessionIDs(ctx, last, rebuildPage)
		if err != nil || len(page) == 0 {
			return n, err
		}
		for _, id := range page {
			if err := rules.RefoldSession(ctx, id); err != nil {
				return n, fmt.Errorf("derive session %s (%d done): %w", id, n, err)
			}
			n++
		}
		last = page[len(page)-1]
	}
}
