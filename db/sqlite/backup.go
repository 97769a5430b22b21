package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite/internal/dbsqlc"
)

// ringSize is how many backups are kept: each new one takes the oldest one's place,
// and not before it was read through.
const ringSize = 3

// Copy is a backup of the register.
type Copy struct {
	At   time.Time
	Last int64 // its last line of the log
	path string
}

// Path is where it lies.
func (c Copy) Path() string { return c.path }

// CopyBackup writes a backup to another file, which must not be there yet, and reads
// that through as well. In a pendrive's empty folder, under the name backup-1.db, it
// becomes the register at the next start.
func CopyBackup(ctx context.Context, from, file string) error {
	if here, err := exists(file); here || err != nil {
		return errors.Join(err, fmt.Errorf("%s is there already: give the backup another name", file))
	}
	if err := copyFile(from, file); err != nil {
		return err
	}
	if _, err := verify(ctx, file); err != nil {
		return fmt.Errorf("the copy at %s is not good: %w", file, err)
	}
	return nil
}

// ring are the backups there are.
type ring []Copy

// newest is nil when there is none.
func (r ring) newest() *Copy {
	if len(r) == 0 {
		return nil
	}
	c := slices.MaxFunc(r, older)
	return &c
}

func older(a, b Copy) int { return cmp.Or(cmp.Compare(a.Last, b.Last), a.At.Compare(b.At)) }

// covered is the line through which the journal need not go: the oldest backup has
// it too, so that one that turns out bad is no loss.
func (r ring) covered() int64 {
	if len(r) < 2 {
		return 0
	}
	return slices.MinFunc(r, older).Last
}

// Backup copies the register beside it, reads the copy through, and keeps it if it
// is good. Marks wait while it is copied, not while it is read.
func (s *Store) Backup(ctx context.Context) (Copy, error) {
	s.backup.Lock()
	defer s.backup.Unlock()
	fresh := filepath.Join(s.dir, "backup.new")
	if err := s.copyTo(ctx, fresh); err != nil {
		return Copy{}, s.backedUp(Copy{}, err)
	}
	c, err := s.keepCopy(ctx, fresh)
	return c, s.backedUp(c, err)
}

func (s *Store) copyTo(ctx context.Context, path string) error {
	s.turn.Lock()
	defer s.pass()
	if s.closed != nil || s.failed != nil {
		return cmp.Or(s.closed, s.failed)
	}
	if s.group != nil {
		s.commit()
	}
	s.due.backup, s.due.roster = false, false
	return vacuum(ctx, s.conn, path)
}

// execer is a connection or a database.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// vacuum writes a compact copy, synced.
func vacuum(ctx context.Context, db execer, path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return explain(err)
	}
	_, err := db.ExecContext(context.WithoutCancel(ctx), "VACUUM INTO ?", path)
	if err == nil {
		err = os.Chmod(path, 0o600)
	}
	if err == nil {
		err = syncFile(path)
	}
	if err != nil {
		_ = os.Remove(path) // half a copy would only take space
		return fmt.Errorf("copy the register: %w", explain(err))
	}
	return nil
}

// keepCopy reads a copy through and puts it in the oldest one's place. It has the
// backup lock.
func (s *Store) keepCopy(ctx context.Context, fresh string) (Copy, error) {
	last, err := verify(ctx, fresh)
	if err != nil {
		_ = os.Remove(fresh)
		return Copy{}, fmt.Errorf("the backup that was made is not good: %w", err)
	}
	all, err := s.backups()
	if err != nil {
		return Copy{}, err
	}
	slot := s.backupPath(1)
	if len(all) == ringSize {
		slot = slices.MinFunc(all, older).path
	} else {
		for n := 2; slices.ContainsFunc(all, func(c Copy) bool { return c.path == slot }); n++ {
			slot = s.backupPath(n)
		}
	}
	if err := os.Rename(fresh, slot); err != nil {
		return Copy{}, explain(err)
	}
	return Copy{At: s.opt.Now(), Last: last, path: slot}, syncDir(s.dir)
}

// backedUp notes how a backup ended.
func (s *Store) backedUp(c Copy, err error) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	s.state.backupErr = err
	if err != nil {
		s.due.backup = s.due.backup || s.closed == nil
		s.due.backupAfter = s.opt.Now().Add(backupAgain)
		return err
	}
	s.keepRing(c)
	return nil
}

// keepRing takes a new backup in, and lets the journal forget what all have.
func (s *Store) keepRing(c Copy) {
	s.ring = append(slices.DeleteFunc(s.ring, func(old Copy) bool { return old.path == c.path }), c)
	if s.journal != nil {
		s.journal.Release(s.ring.covered())
	}
}

func (s *Store) backupPath(n int) string {
	return filepath.Join(s.dir, "backup-"+strconv.Itoa(n)+".db")
}

// backups are those that can be opened at all; whether they are good is another
// question.
func (s *Store) backups() (ring, error) {
	var out ring
	for n := 1; n <= ringSize; n++ {
		path := s.backupPath(n)
		info, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, explain(err)
		}
		c := Copy{At: info.ModTime(), path: path}
		if c.Last, err = lastLine(context.Background(), path); err != nil {
			c.Last = -1 // the first to be replaced
		}
		out = append(out, c)
	}
	return out, nil
}

// goodBackups are those that can be restored, the newest first.
func (s *Store) goodBackups(ctx context.Context) (ring, error) {
	all, err := s.backups()
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(c Copy) bool {
		_, err := verify(ctx, c.path)
		return err != nil
	})
	slices.SortFunc(all, func(a, b Copy) int { return older(b, a) })
	return all, nil
}

// openCopy opens a file that nobody writes.
func openCopy(path string) (*sql.DB, error) {
	return sql.Open("sqlite", uri(path, url.Values{"mode": {"ro"}, "immutable": {"1"}}))
}

func lastLine(ctx context.Context, path string) (int64, error) {
	db, err := openCopy(path)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	q := dbsqlc.New(db)
	at, err := q.LogStart(ctx)
	if err != nil {
		return 0, explain(err)
	}
	last, err := q.LastLine(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return at.AckedSeq, nil
	}
	return last.Seq, explain(err)
}

// verify reads a whole register: SQLite's own check, and each line's hash from the
// first to the last. It returns the last line.
func verify(ctx context.Context, path string) (int64, error) {
	db, err := openCopy(path)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	if err := quickCheck.run(ctx, db, nil); err != nil {
		return 0, explain(err)
	}
	q := dbsqlc.New(db)
	at, err := q.LogStart(ctx)
	if err != nil {
		return 0, explain(err)
	}
	seq, hash, known := at.BaseSeq, [32]byte{}, true
	for {
		lines, err := q.WholeLinesAfter(ctx, seq, tailLines)
		if err != nil {
			return 0, explain(err)
		}
		if len(lines) == 0 {
			return max(seq, at.AckedSeq), nil
		}
		for _, l := range lines {
			if l.Seq != seq+1 { // lines before the first have left the drive
				if seq != at.BaseSeq || l.Seq > at.AckedSeq+1 {
					return 0, because(ErrDamaged, fmt.Errorf("line %d follows line %d", l.Seq, seq))
				}
				known = false
			}
			want := attendance.Chain(hash, l.Seq-at.BaseSeq, l.ID, l.Body)
			if hash = [32]byte(l.Hash); known && hash != want {
				return 0, because(ErrDamaged, fmt.Errorf("line %d is not what was written", l.Seq))
			}
			seq, known = l.Seq, true
		}
	}
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec // in the data folder
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
