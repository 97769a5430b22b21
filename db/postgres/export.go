package postgres

import (
	"context"

	"github.com/arise-attendance/arise/api/attendance"
)

// Exported notes a file that leaves the school.
func (s *Store) Exported(ctx context.Context, e attendance.Export) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		return t.note(ctx, "export.sent", nil, append([]string{e.Operation}, e.About...), map[string]any{"after": e})
	})
}

// BackedUp notes a backup before it is made, so that it holds the note.
func (s *Store) BackedUp(ctx context.Context, file string) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		return t.note(ctx, "backup.written", nil, []string{}, map[string]any{"after": map[string]string{"file": file}})
	})
}
