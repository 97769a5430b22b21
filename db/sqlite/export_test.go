package sqlite

import (
	"context"
	"fmt"

	"github.com/arise-attendance/arise/db/sqlite/journal"
)

// Limit makes the file full at its present size plus some pages; 0 lifts it.
func (s *Store) Limit(more int) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	pages := 1 << 30
	if more > 0 {
		var now int
		if err := s.conn.QueryRowContext(context.Background(), "PRAGMA page_count").Scan(&now); err != nil {
			return err
		}
		pages = now + more
	}
	_, err := s.conn.ExecContext(context.Background(), fmt.Sprintf("PRAGMA max_page_count = %d", pages))
	return err
}

// Exec damages the file as no caller could.
func (s *Store) Exec(sql string) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	_, err := s.conn.ExecContext(context.Background(), sql)
	return err
}

// Queued is how many writers wait for the turn.
func (s *Store) Queued() int { return int(s.queue.Load()) }

// Plan is how SQLite would run a query.
func (s *Store) Plan(sql string) (string, error) {
	s.turn.Lock()
	defer s.turn.Unlock()
	rows, err := s.conn.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+sql)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	out := ""
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return "", err
		}
		out += detail + "\n"
	}
	return out, rows.Err()
}

// Durable is the last line that a commit covers; call it inside View.
func (s *Store) Durable() int64 { return s.durable.seq }

// HoldGroup makes groups wait for one more writer, until it is let go. The second
// result tells whether a group is open.
func (s *Store) HoldGroup() (release func(), open func() bool) {
	s.queue.Add(1)
	release = func() {
		s.turn.Lock()
		s.queue.Add(-1)
		s.leave()
	}
	open = func() bool {
		s.turn.Lock()
		defer s.turn.Unlock()
		return s.group != nil
	}
	return release, open
}

// DSN is how a file is opened.
func DSN(path string) string { return dsn(path, "") }

// Between puts a test between a store and its files.
func (o Options) Between(vfs string, segment func(path string) (journal.File, error)) Options {
	o.vfs, o.openSegment = vfs, segment
	return o
}

// Sound lets SQLite compare every index with its table.
func (s *Store) Sound() error {
	s.turn.Lock()
	defer s.turn.Unlock()
	var verdict string
	if err := s.conn.QueryRowContext(context.Background(), "PRAGMA integrity_check(3)").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return fmt.Errorf("the register is not sound: %s", verdict)
	}
	return nil
}

// LastLine is the last line of a backup.
func LastLine(t interface{ Context() context.Context }, path string) (int64, error) {
	return lastLine(t.Context(), path)
}

// Count counts the rows of a table.
func (s *Store) Count(table string) (n int64, err error) {
	s.turn.Lock()
	defer s.turn.Unlock()
	err = s.conn.QueryRowContext(context.Background(), "SELECT count(*) FROM "+table).Scan(&n)
	return n, err
}
