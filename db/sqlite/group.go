package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Group commit. An fsync takes far longer than a mark, so writers that queue
// while one runs share its commit: each runs in a savepoint of one transaction,
// and the last of those who wait commits for all. An idle store commits at once.
// Nobody is told anything before that commit.
const (
	groupFor  = 5 * time.Millisecond
	groupSize = 32
)

type group struct {
	begun   time.Time
	size    int
	touched map[attendance.ID]bool
	added   []attendance.ID // ids of facts
	done    chan struct{}   // closed once err is final
	err     error
}

// InTx runs fn in one transaction and returns when it is durable. Once fn has
// begun it is not interrupted: the transaction is shared with others.
func (s *Store) InTx(ctx context.Context, fn func(context.Context, attendance.Tx) error) error {
	g, err := s.step(ctx, fn)
	if g == nil {
		return err
	}
	<-g.done
	if err != nil {
		return err
	}
	return g.err
}

// step takes a turn. It returns the group that carries what fn did, or none when
// fn did not run.
func (s *Store) step(ctx context.Context, fn func(context.Context, attendance.Tx) error) (*group, error) {
	s.queue.Add(1)
	s.turn.Lock()
	s.queue.Add(-1)
	defer s.leave() // also when fn panics
	switch {
	case s.closed:
		return nil, ErrClosed
	case s.failed != nil:
		return nil, s.failed
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	ctx = context.WithoutCancel(ctx)
	g, err := s.join(ctx)
	if err != nil {
		return nil, err
	}
	return g, s.savepoint(ctx, g, fn)
}

// leave commits when nobody waits who could, and ends the turn.
func (s *Store) leave() {
	if g := s.group; g != nil &&
		(s.queue.Load() == 0 || g.size >= groupSize || s.opt.Now().Sub(g.begun) >= groupFor) {
		s.commit()
	}
	s.pass()
}

// join is the open group, or a new one.
func (s *Store) join(ctx context.Context) (*group, error) {
	if s.group == nil {
		if _, err := s.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
			return nil, s.judge(fmt.Errorf("begin: %w", err))
		}
		s.group = &group{begun: s.opt.Now(), touched: map[attendance.ID]bool{}, done: make(chan struct{})}
	}
	s.group.size++
	return s.group, nil
}

// savepoint runs one member of a group: what it did stays or goes as a whole,
// and the others are none the wiser.
func (s *Store) savepoint(ctx context.Context, g *group, fn func(context.Context, attendance.Tx) error) error {
	if _, err := s.conn.ExecContext(ctx, "SAVEPOINT member"); err != nil {
		return s.judge(err)
	}
	before := s.log
	t := &tx{s: s, q: s.q, touched: map[attendance.ID]bool{}}
	kept := false
	defer func() {
		if !kept { // fn failed, or panicked
			s.log = before
			s.undo(ctx, g, t)
		}
	}()
	if err := fn(ctx, t); err != nil {
		return s.judge(err)
	}
	if _, err := s.conn.ExecContext(ctx, "RELEASE member"); err != nil {
		return s.judge(err)
	}
	kept = true
	for id := range t.touched {
		g.touched[id] = true
	}
	g.added = append(g.added, t.added...)
	return nil
}

// undo takes one member's work back. When SQLite has rolled back everything by
// itself (a full drive, an I/O error) the group is lost, and all its members hear of it.
func (s *Store) undo(ctx context.Context, g *group, t *tx) {
	s.hot.undo(t)
	_, err := s.conn.ExecContext(ctx, "ROLLBACK TO member; RELEASE member")
	if err == nil {
		return
	}
	s.abandon(g, s.judge(fmt.Errorf("roll back: %w", err)))
}

// commit makes the open group durable and releases its members.
func (s *Store) commit() {
	g := s.group
	ends := s.log
	if _, err := s.conn.ExecContext(context.Background(), "COMMIT"); err != nil {
		s.abandon(g, s.judge(fmt.Errorf("commit: %w", err)))
		return
	}
	if s.opt.OnAppend != nil && ends.seq > s.durable.seq {
		s.after = append(s.after, s.opt.OnAppend)
	}
	if s.opt.OnChange != nil {
		for id := range g.touched {
			s.after = append(s.after, func() { s.opt.OnChange(id) })
		}
	}
	s.durable, s.group = ends, nil
	close(g.done)
}

// abandon drops a group that cannot become durable.
func (s *Store) abandon(g *group, err error) {
	// It fails when SQLite has rolled back already, which is what is wanted.
	_, _ = s.conn.ExecContext(context.Background(), "ROLLBACK")
	s.log, s.group = s.durable, nil
	s.hot.forget()
	for _, id := range g.added {
		delete(s.hot.ids, id)
	}
	g.err = err
	close(g.done)
}

// judge names an error, and stops all writing when the medium cannot be trusted.
func (s *Store) judge(err error) error {
	err = explain(err)
	if final(err) && s.failed == nil {
		s.failed = err
	}
	return err
}
