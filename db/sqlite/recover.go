package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite/internal/dbsqlc"
	"github.com/arise-attendance/arise/db/sqlite/journal"
)

// recovery is a register that was made again.
type recovery struct {
	why    error
	source string // backup or journal
	aside  string // folder with the damaged files
	kept   int64  // lines of the log that the source had
}

// Sources of a register.
const (
	fromRegister = "register" // it was sound, but for its end
	fromBackup   = "backup"
	fromJournal  = "journal"
)

// owner is who the pendrive is, as the journal keeps it: enough to send what it has
// and to fetch its roster again, should nothing else be left.
type owner struct {
	Key         []byte        `json:"key"`
	Node        attendance.ID `json:"node,omitzero"`
	Name        string        `json:"name,omitempty"`
	Institution string        `json:"institution,omitempty"`
	Cloud       string        `json:"cloud,omitempty"`
}

// registerOrRecovery opens the register, or makes it again when it is damaged or
// gone. A folder that never held one gets a new one.
func (s *Store) registerOrRecovery(ctx context.Context) (*recovery, error) {
	here, err := exists(s.path)
	if err != nil {
		return nil, err
	}
	held, err := s.held()
	if err != nil {
		return nil, err
	}
	damage := because(ErrDamaged, errors.New("the register file is gone"))
	s.wal = nil
	if here || !held {
		if s.wal, err = readLog(s.path + "-wal"); err != nil {
			return nil, err
		}
		defer func() { s.wal = nil }()
		damage = explain(s.register(ctx, held))
		if damage == nil {
			damage = s.behind(ctx)
		}
		if !errors.Is(damage, ErrDamaged) {
			return nil, damage
		}
	}
	if err := s.unload(); err != nil {
		return nil, errors.Join(damage, err)
	}
	return s.recover(ctx, damage)
}

// held reports whether there has been a register in the folder.
func (s *Store) held() (bool, error) {
	if was, err := marked(s.dir); was || err != nil {
		return was, err
	}
	backups, err := s.backups()
	if err != nil || len(backups) > 0 {
		return len(backups) > 0, err
	}
	found, err := journal.Read(s.dir, func(journal.Line) error { return nil })
	return found.Owner != nil, explain(err)
}

// recover sets what is damaged aside, never deleting it, and makes a register from
// the newest good backup, or else from the journal alone. Lines that the journal has
// beyond it follow in openJournal.
func (s *Store) recover(ctx context.Context, damage error) (*recovery, error) {
	found, err := journal.Read(s.dir, func(journal.Line) error { return nil })
	if err != nil {
		return nil, errors.Join(damage, explain(err))
	}
	good, err := s.goodBackups(ctx)
	if err != nil {
		return nil, errors.Join(damage, err)
	}
	if len(good) == 0 && found.Owner == nil {
		return nil, fmt.Errorf("%w: there is neither a good backup nor a journal to make it from", damage)
	}
	rec := &recovery{why: damage, source: fromBackup}
	for _, b := range good {
		if rec.aside, err = s.setAside(rec.aside); err != nil {
			return nil, err
		}
		if err := copyFile(b.path, s.path); err != nil {
			return nil, fmt.Errorf("restore %s: %w", b.path, err)
		}
		err := explain(s.register(ctx, true))
		if err == nil {
			rec.kept = b.Last
			return rec, nil
		}
		if !errors.Is(err, ErrDamaged) {
			return nil, err
		}
		if err := s.unload(); err != nil {
			return nil, err
		}
	}
	if rec.aside, err = s.setAside(rec.aside); err != nil {
		return nil, err
	}
	if err := s.register(ctx, false); err != nil {
		return nil, err
	}
	rec.source = fromJournal
	return rec, s.inherit(ctx, found)
}

// inherit makes a new register the one that the journal is of. It numbers its lines
// on from the journal's, so that no number ever means two lines.
func (s *Store) inherit(ctx context.Context, found journal.Found) error {
	var o owner
	if err := json.Unmarshal(found.Owner, &o); err != nil || len(o.Key) != 32 {
		return because(ErrDamaged, errors.New("the journal does not say whose it is"))
	}
	return s.alone(ctx, func(ctx context.Context, t *tx) error {
		t.s.log.base, t.s.log.seq, t.s.log.acked = found.Last, found.Last, found.Last
		return errors.Join(t.adopt(ctx, o), t.q.SetIncarnation(ctx, t.s.log.incarnation, found.Last, t.s.log.hash[:]))
	})
}

func (t *tx) adopt(ctx context.Context, o owner) error {
	return t.q.AdoptIdentity(ctx, dbsqlc.AdoptIdentityParams{
		Key: o.Key, NodeID: o.Node, Name: o.Name, Institution: o.Institution, CloudURL: o.Cloud,
	})
}

// setAside moves a damaged register into a folder of its own, file and write-ahead
// log together. The file goes first: should the plug be pulled in between, the next
// start finds none and goes on here, and a log never meets another register.
func (s *Store) setAside(before string) (string, error) {
	here, err := exists(s.path)
	if err != nil {
		return before, err
	}
	wal, err := exists(s.path + "-wal")
	if err != nil || !here && !wal {
		return before, err
	}
	name, err := s.asideName(here)
	if err != nil {
		return before, err
	}
	dir := filepath.Join(s.dir, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return before, explain(err)
	}
	for _, suffix := range []string{"", "-wal"} {
		err := os.Rename(s.path+suffix, filepath.Join(dir, FileName+suffix))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return before, fmt.Errorf("set the damaged register aside: %w", explain(err))
		}
	}
	// SQLite takes a log away when it closes a file, however damaged.
	if kept, err := exists(filepath.Join(dir, FileName+"-wal")); err == nil && !kept && s.wal != nil && here {
		if err := writeFile(filepath.Join(dir, FileName+"-wal"), s.wal); err != nil && !errors.Is(err, ErrFull) {
			return before, err
		}
	}
	return name, errors.Join(syncDir(dir), syncDir(s.dir))
}

// readLog is a write-ahead log as it was found, nil if it holds nothing.
func readLog(path string) ([]byte, error) {
	filled, err := holdsAnything(path)
	if err != nil || !filled {
		return nil, err
	}
	raw, err := os.ReadFile(path) //nolint:gosec // in the data folder
	return raw, explain(err)
}

// asideName is a folder that is free, or the last one when its file was moved and
// its write-ahead log was not.
func (s *Store) asideName(file bool) (string, error) {
	for n := 1; ; n++ {
		name := "damaged-" + strconv.Itoa(n)
		taken, err := exists(filepath.Join(s.dir, name, FileName))
		if err != nil {
			return "", err
		}
		log, err := exists(filepath.Join(s.dir, name, FileName+"-wal"))
		if err != nil {
			return "", err
		}
		if !taken && !log || taken && !log && !file {
			return name, nil
		}
	}
}

// copyFile copies a file whole, or not at all, and is on the medium when it returns.
func copyFile(from, to string) error {
	src, err := os.Open(from) //nolint:gosec // in the data folder
	if err != nil {
		return explain(err)
	}
	defer src.Close()
	half := to + ".new"
	dst, err := os.OpenFile(half, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // in the data folder
	if err != nil {
		return explain(err)
	}
	_, err = io.Copy(dst, src)
	if err == nil {
		err = dst.Sync()
	}
	if err = errors.Join(err, dst.Close()); err != nil {
		return explain(errors.Join(err, os.Remove(half)))
	}
	if err := os.Rename(half, to); err != nil {
		return explain(err)
	}
	return syncDir(filepath.Dir(to))
}
