package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
)

// makeFolder makes a folder whose name is on the medium when it returns. SQLite
// syncs the names inside it; FAT promises nothing of the folder's own until its
// parent is synced, and with it everything in it would be gone.
func makeFolder(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	var fresh []string
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); err == nil || at == filepath.Dir(at) {
			break
		}
		fresh = append(fresh, at)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	for _, made := range fresh {
		if err := syncDir(filepath.Dir(made)); err != nil {
			return fmt.Errorf("make the data folder: %w", err)
		}
	}
	return nil
}
