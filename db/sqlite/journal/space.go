package journal

import (
	"errors"
	"slices"
)

// slack is what may stay unused at the end of a segment, and the owner's frame.
const slack = 16 << 10

// count adds up what is left, while whoever calls owns the segments.
func (j *Journal) count() {
	left := int64(0)
	for _, s := range j.all {
		switch {
		case s.free:
			left += max(0, s.size-slack)
		case s == j.now:
			left += max(0, s.size-s.end-slack)
		}
	}
	j.space.Lock()
	j.left = left
	j.space.Unlock()
}

// used takes written bytes off what is left and what was promised.
func (j *Journal) used(n int64) {
	j.space.Lock()
	j.left -= n
	j.promised = max(0, j.promised-n)
	j.space.Unlock()
}

// Reserve makes sure that n bytes of lines fit, so that an append does not fail for
// want of space after the register has taken them. It makes a segment if it must.
func (j *Journal) Reserve(n int64) error {
	if j.promise(n) {
		return nil
	}
	for !j.promise(n) {
		if err := j.more(false); err != nil {
			return err
		}
	}
	return nil
}

// more makes a segment, while appends go on; with enough, only if none is free.
func (j *Journal) more(enough bool) error {
	j.making.Lock()
	defer j.making.Unlock()
	j.mu.Lock()
	failed := j.failed
	free := slices.ContainsFunc(j.all, func(s *segment) bool { return s.free })
	if failed != nil || free && enough {
		j.mu.Unlock()
		return failed
	}
	path := j.name()
	j.mu.Unlock()
	s, err := create(path, j.o.Segment, j.o.Open)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.failed != nil { // closed meanwhile
		return errors.Join(j.failed, s.file.Close())
	}
	j.all = append(j.all, s)
	j.count()
	return nil
}

func (j *Journal) promise(n int64) bool {
	j.space.Lock()
	defer j.space.Unlock()
	if j.left < j.promised+n {
		return false
	}
	j.promised += n
	return true
}

// Unpromise gives back what was reserved for lines that will not come.
func (j *Journal) Unpromise(n int64) {
	j.space.Lock()
	j.promised = max(0, j.promised-n)
	j.space.Unlock()
}

// Release lets segments be written over whose lines are all kept elsewhere: those
// up to a line.
func (j *Journal) Release(through int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, s := range j.all {
		if s != j.now && s.last <= through {
			s.free = true
		}
	}
	j.count()
}

// Prepare makes segments until one is free, before it is needed. Call it when
// nobody waits.
func (j *Journal) Prepare() error {
	return j.more(true)
}
