package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

const reserveName = "reserve"

// reserve is a file that holds nothing but space. When the drive is full it is
// emptied first: the marks of the classes that run go on, and new classes are
// refused while there is no reserve.
func (s *Store) reserve() string { return filepath.Join(s.dir, reserveName) }

// freeReserve gives the reserve's space to the marks.
func (s *Store) freeReserve() error {
	s.low = true
	err := os.Truncate(s.reserve(), 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return explain(err)
}

// keepReserve makes the reserve again, if there is room for it and for as much more.
// It has the turn.
func (s *Store) keepReserve(ctx context.Context) error {
	size := s.opt.Sizes.Reserve
	info, err := os.Stat(s.reserve())
	if err == nil && info.Size() >= size {
		s.low = false
		return nil
	}
	if err = preallocate(s.reserve(), size); errors.Is(err, ErrFull) {
		s.low = true
		return nil
	}
	if err != nil {
		return err
	}
	s.low = false
	return s.makeFree(ctx)
}

// makeRoom frees the reserve when somebody met a full drive. before is how often
// that had happened when they began; it reports whether trying again makes sense.
func (s *Store) makeRoom(before int64) bool {
	s.turn.Lock()
	defer s.turn.Unlock()
	if s.freed.Load() != before {
		return true // somebody else did meanwhile
	}
	info, err := os.Stat(s.reserve())
	if err != nil || info.Size() == 0 || s.failed != nil || s.closed != nil {
		s.low = true
		return false
	}
	if err := s.freeReserve(); err != nil {
		return false
	}
	s.freed.Add(1)
	return true
}

// makeFree keeps free pages in the register, so that its file does not grow while a
// class is held. Rows that come and go in one transaction leave pages and write none
// of them.
func (s *Store) makeFree(ctx context.Context) error {
	var free, page int64
	if err := s.conn.QueryRowContext(ctx, "PRAGMA freelist_count").Scan(&free); err != nil {
		return explain(err)
	}
	if err := s.conn.QueryRowContext(ctx, "PRAGMA page_size").Scan(&page); err != nil {
		return explain(err)
	}
	want := s.opt.Sizes.Room
	if free*page >= want/2 {
		return nil
	}
	err := s.alone(ctx, func(ctx context.Context, t *tx) error {
		return errors.Join(t.q.FillRoom(ctx, want), t.q.ClearRoom(ctx))
	})
	if errors.Is(err, ErrFull) {
		return nil // the marks themselves may still fit
	}
	return err
}
