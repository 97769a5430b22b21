package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite/journal"
)

// Group commit. An fsync takes far longer than a mark, so writers that queue
// while one runs share its commit: each runs in a savepoint of one transaction,
// and the last of those who wait commits for all. An idle store commits at once.
//
// Nobody is told anything before the group is on the medium twice: in the register,
// and then in the journal. In this order, for the journal is then never ahead: a
// line in it is a line that was committed, and there is no need to tell those that
// count from those of a transaction that failed. What the register has and the
// journal lacks after a cut is copied at the next start, before anybody is answered.
// The second write costs no turn: the next group runs meanwhile, and groups that
// wait for the journal share its fsync.
const (
	groupFor  = 5 * time.Millisecond
	groupSize = 32
)

type group struct {
	begun   time.Time
	size    int
	touched map[attendance.ID]bool
	added   []attendance.ID // ids of facts
	lines   []journal.Line
	grew    bool          // there is something to send
	done    chan struct{} // closed once err is final
	err     error
}

// InTx runs fn in one transaction and returns when it is durable. Once fn has
// begun it is not interrupted: the transaction is shared with others. It runs again
// when the drive was full and the reserve has made room.
func (s *Store) InTx(ctx context.Context, fn func(context.Context, attendance.Tx) error) error {
	for {
		before := s.freed.Load()
		err := s.inTx(ctx, fn)
		if !errors.Is(err, ErrFull) || !s.makeRoom(before) {
			return err
		}
	}
}

func (s *Store) inTx(ctx context.Context, fn func(context.Context, attendance.Tx) error) error {
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
	case s.closed != nil:
		return nil, s.closed
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
		if _, err := s.words.begin.ExecContext(ctx); err != nil {
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
	if _, err := s.words.savepoint.ExecContext(ctx); err != nil {
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
	if _, err := s.words.release.ExecContext(ctx); err != nil {
		return s.judge(err)
	}
	kept = true
	for id := range t.touched {
		g.touched[id] = true
	}
	g.added = append(g.added, t.added...)
	g.lines = append(g.lines, t.lines...)
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

// commit makes the open group durable in the register. Whoever calls it passes the
// turn on next, which makes it durable in the journal and releases its members.
func (s *Store) commit() {
	g := s.group
	size := int64(0)
	for _, l := range g.lines {
		size += l.Size()
	}
	if err := s.journal.Reserve(size); err != nil {
		s.abandon(g, s.judge(fmt.Errorf("make room in the journal: %w", err)))
		return
	}
	if _, err := s.words.commit.ExecContext(context.Background()); err != nil {
		s.journal.Unpromise(size)
		s.abandon(g, s.judge(fmt.Errorf("commit: %w", err)))
		return
	}
	g.grew = s.log.seq > s.durable.seq
	s.durable, s.group = s.log, nil
	s.commits.Lock()
	s.committed = append(s.committed, g)
	s.commits.Unlock()
	s.owed = true
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

// pass ends a turn. If a group was committed in it, the journal is next.
func (s *Store) pass() {
	owed := s.owed
	s.owed = false
	s.turn.Unlock()
	if owed {
		s.second()
	}
}

// second writes the lines of all groups that were committed to the journal, in the
// order of their commits, tells the world what changed, and releases their members.
func (s *Store) second() {
	s.pen.Lock()
	s.commits.Lock()
	groups := s.committed
	s.committed = nil
	s.commits.Unlock()
	if len(groups) == 0 { // others had them in theirs
		s.pen.Unlock()
		return
	}
	var lines []journal.Line
	for _, g := range groups {
		lines = append(lines, g.lines...)
	}
	err := s.journal.Append(lines)
	s.pen.Unlock()
	if err != nil {
		err = because(ErrMedium, err)
	}
	if err != nil && !errors.Is(err, os.ErrClosed) { // it was closed: the drive had failed before
		s.turn.Lock()
		err = s.judge(err)
		s.turn.Unlock()
	}
	for _, g := range groups {
		g.err = err
		if err == nil {
			s.tell(g)
		}
		close(g.done)
	}
}

func (s *Store) tell(g *group) {
	if s.opt.OnAppend != nil && g.grew {
		s.opt.OnAppend()
	}
	if s.opt.OnChange != nil {
		for id := range g.touched {
			s.opt.OnChange(id)
		}
	}
}

// judge names an error, and stops all writing when the medium cannot be trusted.
func (s *Store) judge(err error) error {
	err = explain(err)
	if final(err) && s.failed == nil {
		s.failed = err
		s.state.fault, s.state.faultAt = err, s.opt.Now()
	}
	return err
}
