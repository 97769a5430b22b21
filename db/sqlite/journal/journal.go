package journal

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
)

// Options of a journal; zero fields have their defaults.
type Options struct {
	Segment int64                      // bytes of a segment
	Open    func(string) (File, error) // opens a segment's file, or makes it
}

// DefaultSegment holds some three thousand marks: more than a day.
const DefaultSegment = 2 << 20

// Journal appends. Append, Own and Prepare take turns; Reserve rarely waits for them.
type Journal struct {
	dir string
	o   Options

	making sync.Mutex // taken before mu by whoever makes a segment
	mu     sync.Mutex
	all    []*segment
	now    *segment // where the next frame goes; nil: a free one is begun
	owner  []byte
	number int // of the newest segment
	failed error

	space    sync.Mutex // held for a moment, never while the medium works
	left     int64      // bytes in the current and the free segments
	promised int64
}

// Found is what a journal held when it was opened.
type Found struct {
	Owner []byte // the latest; nil: none
	Lines int
	Last  int64 // the highest line
	Holes int   // places where something that had been written cannot be read
}

// Open reads all segments of a folder, shows each line in the order it was written,
// and is ready to append. A line that is shown must be copied to be kept.
func Open(dir string, o Options, show func(Line) error) (*Journal, Found, error) {
	if o.Segment == 0 {
		o.Segment = DefaultSegment
	}
	if o.Open == nil {
		o.Open = openFile
	}
	j := &Journal{dir: dir, o: o}
	found, err := j.read(show)
	if err != nil {
		return nil, found, err
	}
	j.all = slices.DeleteFunc(j.all, func(s *segment) bool {
		half := s.gen == 0 && s.size < o.Segment // its making was cut short
		if half {
			_ = os.Remove(s.path)
		}
		return half
	})
	for _, s := range j.all {
		if s.file, err = o.Open(s.path); err != nil {
			return nil, found, errors.Join(fmt.Errorf("open the journal: %w", err), j.Close())
		}
	}
	j.owner = found.Owner
	j.count()
	return j, found, nil
}

// Read shows what a folder's journal holds without opening it for writing.
func Read(dir string, show func(Line) error) (Found, error) {
	return (&Journal{dir: dir}).read(show)
}

func (j *Journal) read(show func(Line) error) (Found, error) {
	var found Found
	all, err := segments(j.dir)
	if err != nil {
		return found, fmt.Errorf("look for the journal: %w", err)
	}
	j.all = all
	for _, s := range all {
		j.number = max(j.number, s.number)
	}
	for _, s := range all { // twice, for one segment in memory is enough
		raw, err := os.ReadFile(s.path)
		if err != nil {
			return found, fmt.Errorf("read the journal: %w", err)
		}
		_, holes := s.scan(raw)
		found.Holes += holes
		s.free = s.gen == 0
	}
	slices.SortFunc(j.all, func(a, b *segment) int { return cmp.Compare(a.gen, b.gen) })
	for _, s := range j.all {
		if s.gen == 0 {
			continue
		}
		raw, err := os.ReadFile(s.path)
		if err != nil {
			return found, fmt.Errorf("read the journal: %w", err)
		}
		frames, _ := s.scan(raw)
		for _, f := range frames {
			if owner, ok := f.owner(); ok {
				found.Owner = bytes.Clone(owner)
			}
			l, ok := f.line()
			if !ok {
				continue
			}
			found.Lines++
			s.last = max(s.last, l.Seq)
			found.Last = max(found.Last, l.Seq)
			if err := show(l); err != nil {
				return found, err
			}
		}
		j.now = s // the newest
	}
	return found, nil
}

// Append writes lines and returns when they are on the medium. After an error
// nothing can be known of it, and every later call fails too.
func (j *Journal) Append(lines []Line) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.failed != nil || len(lines) == 0 {
		return j.failed
	}
	for len(lines) > 0 {
		n, err := j.append(lines)
		if err != nil {
			j.failed = fmt.Errorf("write the journal: %w", err)
			return j.failed
		}
		lines = lines[n:]
	}
	return nil
}

// append writes as many lines as the current segment holds, in one piece.
func (j *Journal) append(lines []Line) (int, error) {
	if j.now == nil {
		if err := j.begin(); err != nil {
			return 0, err
		}
	}
	var out []byte
	s, n := j.now, 0
	if s.end == 0 && j.owner != nil {
		out = appendOwner(out, s.gen, j.owner)
	}
	for n < len(lines) && s.end+int64(len(out))+lines[n].Size() <= s.size {
		out = appendLine(out, s.gen, lines[n])
		s.last = max(s.last, lines[n].Seq)
		n++
	}
	if n == 0 && int64(len(out))+lines[0].Size() > s.size {
		return 0, fmt.Errorf("a line of %d bytes is larger than a segment", lines[0].Size())
	}
	if n < len(lines) {
		j.now = nil // full
	}
	return n, j.write(s, out)
}

func (j *Journal) write(s *segment, out []byte) error {
	if len(out) == 0 {
		return nil
	}
	if _, err := s.file.WriteAt(out, s.end); err != nil {
		return err
	}
	s.end += int64(len(out))
	j.used(int64(len(out)))
	return s.file.Sync()
}

// begin takes a free segment, the longest unused first.
func (j *Journal) begin() error {
	newest := uint32(0)
	var next *segment
	for _, s := range j.all {
		newest = max(newest, s.gen)
		if s.free && (next == nil || s.gen < next.gen) {
			next = s
		}
	}
	if next == nil {
		s, err := create(j.name(), j.o.Segment, j.o.Open)
		if err != nil {
			return err
		}
		j.all, next = append(j.all, s), s
	}
	next.free, next.gen, next.last, next.end = false, newest+1, 0, 0
	j.now = next
	j.count()
	return nil
}

// name is the next segment's.
func (j *Journal) name() string {
	j.number++
	return filepath.Join(j.dir, prefix+strconv.Itoa(j.number))
}

// Own notes who the pendrive is: at once, and at the start of each segment.
func (j *Journal) Own(owner []byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.failed != nil || bytes.Equal(owner, j.owner) {
		return j.failed
	}
	j.owner = bytes.Clone(owner)
	var err error
	if j.now == nil || j.now.end+frameSize(1+len(owner)) > j.now.size {
		err = j.begin()
	}
	if err == nil {
		err = j.write(j.now, appendOwner(nil, j.now.gen, owner))
	}
	if err != nil {
		j.failed = fmt.Errorf("write the journal: %w", err)
	}
	return j.failed
}

// Close closes the files. It may be called twice.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	var errs []error
	for _, s := range j.all {
		if s.file != nil {
			errs = append(errs, s.file.Close())
			s.file = nil
		}
	}
	if j.failed == nil {
		j.failed = os.ErrClosed
	}
	return errors.Join(errs...)
}
