package backup

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// mostManifest bounds what a stranger's file makes us read.
const mostManifest = 4 << 20

// File is a backup that was read through and found to be whole.
type File struct {
	Manifest
	zip *zip.Reader
}

// Open reads all of a backup and compares it with its manifest, so that a restore
// begins with a file that is whole.
func Open(r io.ReaderAt, size int64) (*File, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	f := &File{zip: z}
	if err := f.manifest(); err != nil {
		return nil, err
	}
	if len(z.File) != len(f.Tables)+1 {
		return nil, fmt.Errorf("%w (it has %d parts, %d are listed)", ErrDamaged, len(z.File), len(f.Tables)+1)
	}
	for _, t := range f.Tables {
		if err := f.check(t); err != nil {
			return nil, fmt.Errorf("%w (%s: %w)", ErrDamaged, t.Name, err)
		}
	}
	return f, nil
}

func (f *File) manifest() error {
	raw, err := f.zip.Open(manifestName)
	if err != nil {
		return fmt.Errorf("%w (no manifest)", ErrDamaged)
	}
	defer raw.Close()
	if err := json.NewDecoder(io.LimitReader(raw, mostManifest)).Decode(&f.Manifest); err != nil {
		return fmt.Errorf("%w (its manifest: %w)", ErrDamaged, err)
	}
	if f.Format > format {
		return fmt.Errorf("the backup has form %d, this program reads up to %d: restore it with a newer program", f.Format, format)
	}
	if f.Format < 1 || len(f.Tables) == 0 {
		return fmt.Errorf("%w (its manifest lists nothing)", ErrDamaged)
	}
	return nil
}

func (f *File) check(t table) error {
	if len(t.Columns) == 0 {
		return errors.New("no columns")
	}
	rows, err := f.zip.Open(t.entry())
	if err != nil {
		return err
	}
	defer rows.Close()
	s := newSum()
	if _, err := io.Copy(s, rows); err != nil {
		return err
	}
	return t.matches(s.result())
}

// matches compares what was read with what the manifest says.
func (t table) matches(rows int64, digest string, err error) error {
	switch {
	case err != nil:
		return err
	case rows != t.Rows:
		return fmt.Errorf("%d rows, %d were written", rows, t.Rows)
	case digest != t.Digest:
		return errors.New("rows are not those that were written")
	}
	return nil
}
