package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite/internal/dbsqlc"
	"github.com/arise-attendance/arise/db/sqlite/journal"
)

// Store is an attendance.Store over one folder. It is safe for concurrent use;
// Close it once.
type Store struct {
	dir  string
	path string // of the register in it
	opt  Options

	queue atomic.Int32 // writers that wait for the turn
	turn  sync.Mutex   // whoever holds it has the connection and all below

	folder  *folder // the lock on it; nil: only read
	db      *sql.DB
	conn    *sql.Conn
	q       *dbsqlc.Queries
	words   words
	group   *group        // begun, not committed yet
	owed    bool          // something was committed in this turn
	node    attendance.ID // who this is; none: not paired
	log     log           // as the open group sees it
	durable log           // as of the last commit
	hot     hot
	journal *journal.Journal
	ring    ring
	low     bool  // the reserve is used up
	failed  error // why nothing is written; nil: all is well
	closed  error // nil: open

	wal      []byte // as it was found, until the register is known to be sound
	check    check  // how closely the register is looked over when it is opened
	due      due
	state    state
	borrowed string // folder of a copy that is only read

	pen       sync.Mutex // whoever holds it writes the journal
	commits   sync.Mutex
	committed []*group // and not in the journal yet

	freed  atomic.Int64 // how often the reserve made room
	backup sync.Mutex   // one at a time
	link   atomic.Pointer[link]
}

// log is where the outbox ends and how much of it the cloud has confirmed. seq
// is the line's number in this file; on the wire it counts from base.
type log struct {
	incarnation attendance.ID
	base        int64
	seq         int64
	hash        [32]byte
	acked       int64
	ackedHash   [32]byte
	pruned      int64 // lines through this one have left the drive
}

// link is what replay last said of the cloud; it is not worth a commit.
type link struct {
	syncedAt  time.Time
	reachable bool
	attention string
}

// load reads what is kept in memory and makes sure that the log's tail is what
// it was when it was written.
func (s *Store) load(ctx context.Context) error {
	s.hot = newHot() // nothing of a register that was not sound
	if err := s.readLog(ctx); err != nil {
		return err
	}
	if err := s.hot.load(ctx, s.q.FactIDs, s.q.ClashIDs, s.q.LearntIDs); err != nil {
		return fmt.Errorf("read the ids of facts: %w", err)
	}
	return s.checkTail(ctx)
}

// identify makes the identity of a new register.
func (s *Store) identify(ctx context.Context) error {
	var chance [48]byte
	if _, err := io.ReadFull(s.opt.Rand, chance[:]); err != nil {
		return fmt.Errorf("make a node key: %w", err)
	}
	err := s.q.CreateIdentity(ctx, chance[:32], attendance.Derive("incarnation", chance[32:]))
	if err != nil {
		return fmt.Errorf("write to the drive: %w", err)
	}
	return nil
}

func (s *Store) readLog(ctx context.Context) error {
	id, err := s.q.Identity(ctx)
	if err != nil {
		return fmt.Errorf("read the identity: %w", err)
	}
	l := log{
		incarnation: id.IncarnationID, base: id.BaseSeq,
		acked: id.AckedSeq, ackedHash: [32]byte(id.AckedHash),
		seq: id.AckedSeq, hash: [32]byte(id.AckedHash), pruned: id.PrunedSeq,
	}
	last, err := s.q.LastLine(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return fmt.Errorf("read the end of the log: %w", err)
	case last.Seq > l.seq:
		l.seq, l.hash = last.Seq, [32]byte(last.Hash)
	case last.Seq < l.seq && l.seq > l.pruned:
		return fmt.Errorf("%w: the log ends at line %d, but line %d was confirmed", ErrDamaged, last.Seq, l.seq)
	}
	s.log, s.durable, s.node = l, l, id.NodeID
	s.link.Store(&link{syncedAt: attendance.FromMS(id.SyncedMs)})
	return nil
}

// tailLines is how much of the log is hashed again at each start.
const tailLines = 1000

func (s *Store) checkTail(ctx context.Context) error {
	from := max(s.log.acked, s.log.seq-tailLines)
	hash := s.log.ackedHash
	if from > s.log.acked {
		h, err := s.q.HashAt(ctx, from)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: line %d of the log is missing", ErrDamaged, from)
		}
		if err != nil {
			return fmt.Errorf("read line %d: %w", from, err)
		}
		hash = [32]byte(h)
	}
	lines, err := s.q.LinesAfter(ctx, from, tailLines)
	if err != nil {
		return fmt.Errorf("read the log: %w", err)
	}
	for _, l := range lines {
		hash = attendance.Chain(hash, l.Seq-s.log.base, l.ID, l.Body)
	}
	if !bytes.Equal(hash[:], s.log.hash[:]) {
		return fmt.Errorf("%w: the last %d lines of the log are not what was written", ErrDamaged, len(lines))
	}
	return nil
}

// View runs fn on one consistent, durable state. Nobody writes meanwhile, so it
// must be short.
func (s *Store) View(ctx context.Context, fn func(context.Context, attendance.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.turn.Lock()
	if g := s.group; g != nil { // what is not durable yet is nobody's to see
		s.turn.Unlock()
		<-g.done
		s.turn.Lock()
		if s.group != nil {
			s.commit()
		}
	}
	defer s.pass()
	if s.closed != nil {
		return s.closed
	}
	if s.conn == nil { // the drive is gone altogether
		return s.failed
	}
	// Statements are not interrupted: an interrupt would hit whoever comes next.
	return explain(fn(context.WithoutCancel(ctx), &tx{s: s, q: s.q, readOnly: true}))
}

// Checkpoint copies the write-ahead log into the register, so that a drive pulled
// out while nothing happens has everything in one file. It does not wait for anybody.
func (s *Store) Checkpoint(ctx context.Context) error {
	s.turn.Lock()
	defer s.pass()
	if s.closed != nil || s.failed != nil || s.group != nil {
		return nil
	}
	_, err := s.conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA wal_checkpoint(PASSIVE)")
	return explain(err)
}

// Size is how many bytes the register takes on the drive.
func (s *Store) Size() (int64, error) {
	var n int64
	for _, name := range []string{s.path, s.path + "-wal"} {
		info, err := os.Stat(name)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, explain(err)
		}
		n += info.Size()
	}
	return n, nil
}

// Failed is not nil while nothing is written, and says why.
func (s *Store) Failed() error {
	s.turn.Lock()
	defer s.turn.Unlock()
	return s.failed
}

// Close waits for the turn, leaves one tidy file and unlocks it. It may be called
// twice.
func (s *Store) Close() error { return s.end(ErrClosed) }

// Eject is Close for somebody who is about to pull the drive out.
func (s *Store) Eject() error { return s.end(ErrEjected) }

func (s *Store) end(why error) error {
	s.turn.Lock()
	if s.closed != nil {
		s.turn.Unlock()
		return nil
	}
	if s.group != nil {
		s.commit()
	}
	s.closed = why
	s.pass()
	s.second()
	s.backup.Lock() // one that runs ends first
	defer s.backup.Unlock()
	s.turn.Lock()
	defer s.turn.Unlock()
	return s.unmount(true)
}

// unmount gives files and locks back. tidy leaves nothing in the write-ahead log.
func (s *Store) unmount(tidy bool) error {
	s.pen.Lock() // whoever writes the journal ends first
	defer s.pen.Unlock()
	var errs []error
	if tidy && s.failed == nil && s.conn != nil {
		_, err := s.conn.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
		errs = append(errs, err)
	} else {
		tidy = false
	}
	errs = append(errs, s.unload())
	if tidy && errors.Join(errs...) == nil {
		errs = append(errs, probe(s.dir, atRest))
	}
	if s.journal != nil {
		errs = append(errs, s.journal.Close())
	}
	if s.folder != nil {
		errs = append(errs, s.folder.close())
		s.folder = nil
	}
	return explain(errors.Join(slices.DeleteFunc(errs, func(e error) bool { return e == nil })...))
}

// unload closes the register itself.
func (s *Store) unload() error {
	var errs []error
	if s.q != nil {
		errs = append(errs, s.q.Close())
	}
	errs = append(errs, s.words.close())
	s.words = words{}
	if s.conn != nil {
		errs = append(errs, s.conn.Close())
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	s.q, s.conn, s.db = nil, nil, nil
	if s.borrowed != "" {
		errs = append(errs, os.RemoveAll(s.borrowed))
		s.borrowed = ""
	}
	return errors.Join(errs...)
}
