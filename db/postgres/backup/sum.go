package backup

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash"
	"math/bits"
)

// sum adds up the rows of a table: the SHA-256 of each line, as a number of 256
// bits. The order of the rows does not matter, so nothing has to be sorted and the
// same rows have the same sum in every database. It finds damage, not a forger.
type sum struct {
	rows  int64
	total [4]uint64
	line  hash.Hash
	open  bool // a line has begun
}

func newSum() *sum { return &sum{line: sha256.New()} }

// Write takes COPY's text form, in which a line break only ever ends a row.
func (s *sum) Write(p []byte) (int, error) {
	start := 0
	for i, c := range p {
		if c != '\n' {
			continue
		}
		s.line.Write(p[start:i])
		s.add()
		start = i + 1
	}
	if start < len(p) {
		s.line.Write(p[start:])
		s.open = true
	}
	return len(p), nil
}

func (s *sum) add() {
	var digest [sha256.Size]byte
	s.line.Sum(digest[:0])
	s.line.Reset()
	s.open = false
	s.rows++
	var carry uint64
	for i := range s.total {
		s.total[i], carry = bits.Add64(s.total[i], binary.LittleEndian.Uint64(digest[8*i:]), carry)
	}
}

var errCut = errors.New("the last row is cut")

// result is the sum so far, if it ends with a whole row.
func (s *sum) result() (rows int64, digest string, err error) {
	if s.open {
		return 0, "", errCut
	}
	var raw [sha256.Size]byte
	for i, part := range s.total {
		binary.LittleEndian.PutUint64(raw[8*i:], part)
	}
	return s.rows, hex.EncodeToString(raw[:]), nil
}
