package sqlite

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date, after a backup if it holds anything. The
// file is locked already, so there is nobody to race with. A register that the
// folder is known to have held must not turn out empty.
func (s *Store) migrate(ctx context.Context, held bool) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	// A number may come after larger ones: two that were written at the same time.
	p, err := goose.NewProvider(goose.DialectSQLite3, s.db, files, goose.WithAllowOutofOrder(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	at, _, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	pending, err := p.HasPending(ctx)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	if at == 0 && held {
		return because(ErrDamaged, errors.New("the register file is empty"))
	}
	if at > 0 && pending {
		if err := s.beforeMigration(ctx); err != nil && !errors.Is(err, ErrFull) {
			return err
		}
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// beforeMigration makes a backup, but for a register whose making was cut short: it
// is nobody's yet, and a backup of it is none.
func (s *Store) beforeMigration(ctx context.Context) error {
	var owned bool
	if err := s.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM identity)").Scan(&owned); err != nil || !owned {
		return explain(err)
	}
	fresh := filepath.Join(s.dir, "backup.new")
	if err := vacuum(ctx, s.db, fresh); err != nil {
		return err
	}
	_, err := s.keepCopy(ctx, fresh)
	return err
}
