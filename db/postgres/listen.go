package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/api/attendance"
)

// quietFor is how long a connection may say nothing before it is asked whether it
// is still there: a network that drops silently never reports an error.
const quietFor = time.Minute

// longest wait between attempts to connect again.
const reconnectMost = 5 * time.Second

// Listen calls changed with each session that any replica of this server changed,
// until ctx ends. It holds a connection of its own. After each (re)connection it
// calls changed with the zero ID: anything may have been missed.
func (s *Store) Listen(ctx context.Context, changed func(session attendance.ID)) error {
	wait := 50 * time.Millisecond
	for {
		heard, err := s.listen(ctx, changed)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // being told to stop is no failure
		}
		if heard {
			wait = 50 * time.Millisecond
		}
		s.log.WarnContext(ctx, "live signals interrupted", "error", err, "again_in", wait)
		pause := time.NewTimer(wait)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return nil
		}
		wait = min(2*wait, reconnectMost)
	}
}

func (s *Store) listen(ctx context.Context, changed func(attendance.ID)) (heard bool, err error) {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return false, fmt.Errorf("connect to listen: %w", err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackFor)
		defer cancel()
		_ = conn.Close(ctx)
	}()
	if _, err := conn.Exec(ctx, "LISTEN arise_live"); err != nil {
		return false, fmt.Errorf("listen: %w", err)
	}
	changed(attendance.ID{})
	for {
		quiet, cancel := context.WithTimeout(ctx, quietFor)
		n, err := conn.WaitForNotification(quiet)
		late := errors.Is(quiet.Err(), context.DeadlineExceeded)
		cancel()
		if err != nil && late && ctx.Err() == nil && !conn.IsClosed() {
			if err = conn.Ping(ctx); err == nil {
				continue
			}
		}
		if err != nil {
			return true, fmt.Errorf("wait for a signal: %w", err)
		}
		if id, err := attendance.ParseID(n.Payload); err == nil {
			changed(id)
		}
	}
}
