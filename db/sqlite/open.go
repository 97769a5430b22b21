package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"runtime"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite/internal/dbsqlc"
	"github.com/arise-attendance/arise/db/sqlite/journal"
)

// FileName is the register inside the data folder.
const FileName = "register.db"

// Options are what the store is handed from outside.
type Options struct {
	Now  func() time.Time
	Rand io.Reader
	// OnChange is called once a group is durable for each session it touched, never
	// inside.
	OnChange func(session attendance.ID)
	// OnAppend is called once something is durable that is to be sent.
	OnAppend func()
	// Sizes of what is made beforehand.
	Sizes Sizes

	// How a test stands between the store and its files.
	vfs         string
	openSegment func(path string) (journal.File, error)
}

// Sizes are in bytes; zero fields have their defaults.
type Sizes struct {
	Segment int64 // of the journal
	Reserve int64 // freed when the drive is full
	WAL     int64 // the write-ahead log's file
	Room    int64 // free pages in the register
	Keep    int64 // how large the register grows before confirmed lines leave early
	Quick   int64 // up to this size a backup is made while a class runs
}

func (z Sizes) orDefault() Sizes {
	or := func(n, standard int64) int64 {
		if n == 0 {
			return standard
		}
		return n
	}
	return Sizes{Segment: or(z.Segment, 2<<20), Reserve: or(z.Reserve, 8<<20), WAL: or(z.WAL, 2<<20), Room: or(z.Room, 2<<20), Keep: or(z.Keep, 64<<20), Quick: or(z.Quick, 8<<20)}
}

// settings are written when the file is opened and read back afterwards: a
// setting that did not take (an old file system, a stray environment) must not
// be found out by a power cut.
var settings = []struct{ name, want string }{
	{"locking_mode", "exclusive"},
	{"journal_mode", "wal"},
	{"synchronous", "2"},
	{"foreign_keys", "1"},
	{"trusted_schema", "0"},
	{"cell_size_check", "1"},
	{"temp_store", "2"},
	{"wal_autocheckpoint", "200"},
	{"journal_size_limit", "4194304"},
	{"cache_size", "-8192"}, // KiB: the indexes of a term, whose ids come from hashes
}

// Open opens the register in a folder, makes it when there never was one, and
// brings it to the present schema. What is damaged or lost is made again from the
// backups and the journal. On a medium that takes no writes the store only reads,
// and Failed says why.
//
// It fails with ErrInUse when another program holds the folder and with ErrDamaged
// when there is nothing to make the register from.
func Open(ctx context.Context, dir string, o Options) (*Store, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	o.Sizes = o.Sizes.orDefault()
	s := &Store{dir: abs, path: filepath.Join(abs, FileName), opt: o}
	s.turn.Lock()
	defer s.turn.Unlock()
	if err := s.mount(ctx); err != nil {
		return nil, fmt.Errorf("open %s: %w", s.path, explain(err))
	}
	return s, nil
}

// mount is the start sequence. Whatever it cannot finish it gives back, but for a
// medium that can still be read.
func (s *Store) mount(ctx context.Context) error {
	s.failed, s.low = nil, false
	s.state.mounts++
	err := s.writable(ctx)
	if err == nil {
		return nil
	}
	err = explain(err)
	if !errors.Is(err, ErrReadOnly) && !errors.Is(err, ErrMedium) {
		return errors.Join(err, s.unmount(false))
	}
	_ = s.unmount(false) // it failed: what it says now adds nothing
	s.failed = err
	s.state.fault, s.state.faultAt = err, s.opt.Now()
	if not := s.readable(ctx); not != nil {
		return errors.Join(err, not, s.unload())
	}
	return nil
}

// writable opens the folder for all that the store does.
func (s *Store) writable(ctx context.Context) (err error) {
	if err := makeFolder(s.dir); err != nil {
		return err
	}
	if s.folder, err = takeFolder(ctx, s.dir); err != nil {
		return err
	}
	s.check = fullCheck
	if endedInOrder(s.dir) {
		s.check = quickCheck
	}
	if err := probe(s.dir, atWork); errors.Is(err, ErrFull) {
		s.low = true
		if err := s.freeReserve(); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	rec, err := s.registerOrRecovery(ctx)
	if err != nil {
		return err
	}
	if err := s.openJournal(ctx, rec); err != nil {
		return err
	}
	if s.ring, err = s.backups(); err != nil {
		return err
	}
	s.journal.Release(s.ring.covered())
	if err := mark(s.dir); err != nil && !errors.Is(err, ErrFull) {
		return err
	}
	return s.keepReserve(ctx)
}

// register opens the register's file and everything that is kept of it in memory.
// held says that it must not be a new one.
func (s *Store) register(ctx context.Context, held bool) error {
	if err := preallocate(s.path+"-wal", s.opt.Sizes.WAL); err != nil && !errors.Is(err, ErrFull) {
		return err
	}
	if err := s.connect(ctx, dsn(s.path, s.opt.vfs)); err != nil {
		return err
	}
	if err := s.check.run(ctx, s.db, settings); err != nil {
		return err
	}
	if err := s.migrate(ctx, held); err != nil {
		return err
	}
	if err := s.prepare(ctx); err != nil {
		return err
	}
	if err := s.identify(ctx); err != nil {
		return err
	}
	return s.load(ctx)
}

func (s *Store) connect(ctx context.Context, dsn string) (err error) {
	if s.db, err = sql.Open("sqlite", dsn); err != nil {
		return err
	}
	s.db.SetMaxOpenConns(1)
	return s.db.PingContext(ctx)
}

func (s *Store) prepare(ctx context.Context) (err error) {
	if s.conn, err = s.db.Conn(ctx); err != nil {
		return err
	}
	if s.q, err = dbsqlc.Prepare(ctx, s.conn); err != nil {
		return fmt.Errorf("prepare statements: %w", err)
	}
	if s.words, err = prepareWords(ctx, s.conn); err != nil {
		return fmt.Errorf("prepare statements: %w", err)
	}
	return nil
}

// dsn is how the register is opened. The driver applies _pragma before _journal_mode,
// and those in the order of the alphabet. Exclusive locking must come before any that
// reads the file, as cache_size does, or WAL makes a shared-memory file: the comment
// in front of it sorts first.
func dsn(path, vfs string) string {
	q := url.Values{
		"_busy_timeout": {"2000"}, "_txlock": {"immediate"},
		"_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_foreign_keys": {"1"},
	}
	for _, s := range settings {
		if s.name != "journal_mode" && s.name != "synchronous" && s.name != "foreign_keys" {
			first := ""
			if s.name == "locking_mode" {
				first = "/**/"
			}
			q.Add("_pragma", first+s.name+"("+s.want+")")
		}
	}
	if runtime.GOOS == "darwin" { // fsync alone does not reach the medium there
		q.Add("_pragma", "fullfsync(1)")
		q.Add("_pragma", "checkpoint_fullfsync(1)")
	}
	if vfs != "" {
		q.Set("vfs", vfs)
	}
	return uri(path, q)
}

// check is how closely SQLite looks over a file. The quick one reads every page. The
// full one, three times as long, also compares each index with its table: a drive
// that lost some of the pages of a checkpoint leaves two that do not fit.
type check string

const (
	quickCheck check = "quick_check"
	fullCheck  check = "integrity_check"
)

// run reads every setting back and lets SQLite look over the file.
func (c check) run(ctx context.Context, db *sql.DB, settings []struct{ name, want string }) error {
	for _, s := range settings {
		var got string
		if err := db.QueryRowContext(ctx, "PRAGMA "+s.name).Scan(&got); err != nil {
			return fmt.Errorf("read back %s: %w", s.name, err)
		}
		if got != s.want {
			return fmt.Errorf("SQLite runs with %s %q, want %q: this drive cannot keep marks safe", s.name, got, s.want)
		}
	}
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA "+string(c)+"(1)").Scan(&verdict); err != nil {
		return fmt.Errorf("check the file: %w", err)
	}
	if verdict != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, verdict)
	}
	return nil
}
