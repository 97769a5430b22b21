package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/arise-attendance/arise/api/attendance"
)

// shutdownFor is how long requests under way may take to finish.
const shutdownFor = 20 * time.Second

// Run serves until ctx ends, then stops so that nobody loses anything: first it
// only says that it is not ready, then live streams end, requests and jobs under
// way finish, and what is left of both is done by the next server.
func (s *Server) Run(ctx context.Context) error {
	told := ctx
	g, ctx := errgroup.WithContext(context.WithoutCancel(ctx))
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	g.Go(func() error {
		if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	g.Go(func() error { return s.queue.Run(ctx) })
	g.Go(func() error { return s.traffic.Run(ctx) })
	g.Go(func() error { return s.metrics.run(ctx) })
	g.Go(func() error {
		return s.store.Listen(ctx, func(session attendance.ID) {
			if session.IsZero() {
				s.hub.All() // the line was away: anything may have changed
				return
			}
			s.hub.Changed(session)
		})
	})
	g.Go(func() error {
		select {
		case <-told.Done():
			s.drain(ctx)
		case <-ctx.Done():
		}
		stop()
		close(s.stopLive) // a live stream never ends by itself
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownFor)
		defer cancel()
		return s.http.Shutdown(ctx)
	})
	return g.Wait()
}

// drain goes on as before but for /readyz, until a balancer has noticed.
func (s *Server) drain(ctx context.Context) {
	s.stopping.Store(true)
	s.config.Log.InfoContext(ctx, "stopping", "drain", s.config.DrainFor)
	wait := time.NewTimer(s.config.DrainFor)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
	}
}

var errStopping = errors.New("told to stop")

func (s *Server) ready(ctx context.Context) error {
	if s.stopping.Load() {
		return errStopping
	}
	return s.store.Ready(ctx)
}

func (s *Server) waits(ctx context.Context) (w waiting, err error) {
	if w.jobs, err = s.queue.Waiting(ctx); err != nil {
		return w, err
	}
	err = s.store.View(ctx, func(ctx context.Context, tx attendance.Tx) error {
		backlog, err := tx.Backlog(ctx)
		w.inbox = backlog.Unplaced
		return err
	})
	return w, err
}
