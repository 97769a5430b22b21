package sqlite

import (
	"errors"
	"os"
	"path/filepath"
)

// preallocate makes a file of zeros where there is none, or an empty one, so that
// what is written into it later changes bytes in place: no size, no folder, no map
// of clusters. SQLite takes a write-ahead log of zeros for an empty one.
func preallocate(path string, size int64) error {
	if info, err := os.Stat(path); err == nil && info.Size() > 0 {
		return nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600) //nolint:gosec // in the data folder
	if err != nil {
		return explain(err)
	}
	for off := int64(0); off < size && err == nil; off += int64(len(zeros)) {
		_, err = f.WriteAt(zeros[:min(int64(len(zeros)), size-off)], off)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Truncate(path, 0) // half of it would only take space
		return explain(err)
	}
	return syncDir(filepath.Dir(path))
}

var zeros [64 << 10]byte
