package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// due is what waits for a quiet moment.
type due struct {
	backup      bool
	roster      bool      // no backup has the people there are now
	backupAfter time.Time // the last one failed
	backupSince time.Time // since when one has waited for a class to end
	prune       time.Time
	retry       time.Time
	reserve     time.Time
}

// How long to leave alone what failed.
const (
	retryEvery   = 3 * time.Second
	reserveEvery = 30 * time.Second
	backupAgain  = 5 * time.Minute
	rosterEvery  = time.Hour
	backupWaits  = 30 * time.Minute
	pruneEvery   = time.Hour
)

// Tend does what no mark should wait for. Call it every few seconds: it looks whether
// a drive that failed is back, makes space, keeps a segment of the journal ready and
// makes the backups that are due. It says what failed; calling it again is the way on.
func (s *Store) Tend(ctx context.Context) error {
	s.turn.Lock()
	now := s.opt.Now()
	switch {
	case s.closed != nil:
		s.turn.Unlock()
		return nil
	case s.failed != nil:
		defer s.turn.Unlock()
		if now.Before(s.due.retry) {
			return nil
		}
		s.due.retry = now.Add(retryEvery)
		return s.retry(ctx)
	}
	err := s.space(ctx, now)
	backup := s.backupDue(ctx, now)
	s.pass()
	if err == nil && backup {
		_, err = s.Backup(ctx)
	}
	return err
}

// backupDue has the turn. A backup needs room that the marks may need more, and marks
// wait while it is copied: a large one waits for the classes that run, for a while.
func (s *Store) backupDue(ctx context.Context, now time.Time) bool {
	newest := s.ring.newest()
	due := s.due.backup || s.due.roster && (newest == nil || now.Sub(newest.At) >= rosterEvery)
	if !due || s.low || now.Before(s.due.backupAfter) {
		return false
	}
	running, err := (&tx{s: s, q: s.q, readOnly: true}).Running(ctx)
	if size, _ := s.Size(); err != nil || len(running) == 0 || size < s.opt.Sizes.Quick {
		s.due.backupSince = time.Time{}
		return err == nil
	}
	if s.due.backupSince.IsZero() {
		s.due.backupSince = now
	}
	return now.Sub(s.due.backupSince) >= backupWaits
}

// space looks after the room there is. It has the turn.
func (s *Store) space(ctx context.Context, now time.Time) error {
	if s.group != nil { // somebody works: they come first
		return nil
	}
	if s.low && !now.Before(s.due.reserve) {
		s.due.reserve = now.Add(reserveEvery)
		if err := s.keepReserve(ctx); err != nil {
			return s.judge(err)
		}
	}
	if s.low {
		return nil
	}
	if err := s.journal.Prepare(); err != nil {
		if err = explain(err); !errors.Is(err, ErrFull) {
			return s.judge(err)
		}
		s.low = true
	}
	if now.Before(s.due.prune) {
		return nil
	}
	s.due.prune = now.Add(pruneEvery)
	return s.prune(ctx, now)
}

// retry looks whether a drive that failed takes writes again, and then goes through
// the whole start sequence: nothing that was in memory is believed. Until then the
// register is read. It has the turn.
func (s *Store) retry(ctx context.Context) error {
	why := s.failed
	if !errors.Is(why, ErrDamaged) {
		if err := probe(s.dir, atWork); err != nil {
			return nil //nolint:nilerr // it is still away, which everybody knows
		}
	}
	_ = s.unmount(false) // it failed: what it says now adds nothing
	err := s.mount(ctx)
	switch {
	case err != nil:
		s.failed = because(ErrMedium, err)
		return fmt.Errorf("the drive is not back: %w", err)
	case s.failed != nil:
		return fmt.Errorf("the drive is not back: %w", s.failed)
	}
	s.state.returnAt = s.opt.Now()
	return nil
}

// ended notes that a class is over, after which a backup is due.
func (t *tx) ended(f attendance.Fact) {
	if f.Kind == attendance.SessionEnded {
		t.s.due.backup = true
	}
}
