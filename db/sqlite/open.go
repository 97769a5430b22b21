package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite/internal/dbsqlc"
)

// FileName is the register inside the data folder.
const FileName = "register.db"

// Options are what the store is handed from outside.
type Options struct {
	Now  func() time.Time
	Rand io.Reader
	// OnChange is called after a commit for each session it touched, never inside.
	OnChange func(session attendance.ID)
	// OnAppend is called after a commit that left something to send.
	OnAppend func()
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
	{"cache_size", "-16384"}, // KiB: the indexes of a term, whose ids come from hashes
}

// Open opens the register in a folder, makes it when there is none, and brings
// it to the present schema. It fails with ErrInUse when another program holds
// the folder and with ErrDamaged when the file is not sound.
func Open(ctx context.Context, dir string, o Options) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	path, err := filepath.Abs(filepath.Join(dir, FileName))
	if err != nil {
		return nil, err
	}
	s, err := open(ctx, path, o)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, explain(err))
	}
	return s, nil
}

func open(ctx context.Context, path string, o Options) (_ *Store, err error) {
	db, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	db.SetMaxOpenConns(1)
	if err := check(ctx, db); err != nil {
		return nil, err
	}
	if err := migrate(ctx, db); err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	q, err := dbsqlc.Prepare(ctx, conn)
	if err != nil {
		return nil, fmt.Errorf("prepare statements: %w", err)
	}
	s := &Store{path: path, db: db, conn: conn, q: q, opt: o, hot: newHot()}
	if err := s.load(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// dsn names the file as a URI, so that no character of a folder's name is taken
// for a parameter. The driver applies _pragma before _journal_mode: exclusive
// locking must come first, or WAL makes a shared-memory file.
func dsn(path string) string {
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // C:/… becomes file:///C:/…
	}
	q := url.Values{
		"_busy_timeout": {"2000"}, "_txlock": {"immediate"},
		"_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_foreign_keys": {"1"},
	}
	for _, s := range settings {
		if s.name != "journal_mode" && s.name != "synchronous" && s.name != "foreign_keys" {
			q.Add("_pragma", s.name+"("+s.want+")")
		}
	}
	if runtime.GOOS == "darwin" { // fsync alone does not reach the medium there
		q.Add("_pragma", "fullfsync(1)")
		q.Add("_pragma", "checkpoint_fullfsync(1)")
	}
	return (&url.URL{Scheme: "file", Path: p, RawQuery: q.Encode()}).String()
}

// check reads every setting back and lets SQLite look over the file.
func check(ctx context.Context, db *sql.DB) error {
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
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return fmt.Errorf("check the file: %w", err)
	}
	if verdict != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, verdict)
	}
	return nil
}
