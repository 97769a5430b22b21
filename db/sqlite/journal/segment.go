package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// segment is one file of frames.
type segment struct {
	path   string
	number int
	file   File
	gen    uint32 // 0: nothing was ever written
	last   int64  // the highest line in it
	end    int64  // where the next frame goes
	size   int64
	free   bool // may be written over
}

// File is what a journal needs of a segment's file.
type File interface {
	WriteAt(p []byte, off int64) (int, error)
	// Sync returns when everything written is on the medium.
	Sync() error
	Close() error
}

const prefix = "journal-"

// segments are the files in a folder, in any order.
func segments(dir string) ([]*segment, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []*segment
	for _, e := range entries {
		if n, ok := strings.CutPrefix(e.Name(), prefix); ok {
			if number, err := strconv.Atoi(n); err == nil {
				out = append(out, &segment{path: filepath.Join(dir, e.Name()), number: number})
			}
		}
	}
	return out, nil
}

// scan finds the frames of the newest generation. A frame that is not sound is
// stepped over, so that the next one is found behind any damage.
func (s *segment) scan(raw []byte) (frames []frame, holes int) {
	s.size = int64(len(raw))
	broken := false
	for at := 0; at+headerSize <= len(raw); {
		f, ok := read(raw, at)
		if !ok {
			broken = true
			at += align
			continue
		}
		if f.gen > s.gen { // what came before it is of an older one
			s.gen, frames, holes = f.gen, nil, 0
			broken = at > 0 // the newest generation begins at the start
		}
		if f.gen == s.gen {
			if broken {
				holes++
			}
			frames = append(frames, f)
			broken = false
		}
		at = f.end
	}
	if len(frames) > 0 {
		s.end = int64(frames[len(frames)-1].end)
	}
	return frames, holes
}

// create makes a new segment of zeros, on the medium before it returns.
func create(path string, size int64, open func(string) (File, error)) (*segment, error) {
	s := &segment{path: path, size: size, free: true}
	var err error
	if s.file, err = open(s.path); err != nil {
		return nil, err
	}
	for off := int64(0); off < size && err == nil; off += int64(len(zeros)) {
		_, err = s.file.WriteAt(zeros[:min(int64(len(zeros)), size-off)], off)
	}
	if err == nil {
		err = s.file.Sync()
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		_ = s.file.Close()
		_ = os.Remove(s.path) // half of a segment would only take space
		return nil, fmt.Errorf("make a segment: %w", err)
	}
	return s, nil
}

var zeros [64 << 10]byte

// osFile syncs what matters of a file whose size does not change.
type osFile struct{ *os.File }

func openFile(path string) (File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // a name of ours
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}
