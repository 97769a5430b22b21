package journal

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"

	"github.com/arise-attendance/arise/api/attendance"
)

// Line is one line of the log.
type Line struct {
	Seq  int64 // its number in the register's file
	ID   attendance.ID
	Why  string   // why it was kept aside; empty: it was placed
	Hash [32]byte // the log's running hash there
	Body []byte
}

// A frame is 16 bytes and its payload, padded to a multiple of 8:
//
//	magic  4 bytes, none of which occurs in UTF-8, so that no text can look like a frame
//	gen    uint32, the segment's generation: what an earlier one left behind has a smaller
//	length uint32, of the payload
//	crc    uint32, CRC-32C of gen, length and payload
//
// A payload is one byte that says what it is, and then that. Numbers are big-endian.
const (
	headerSize = 16
	align      = 8
	// mostPayload bounds what a broken length can claim: a fact has 8 KiB.
	mostPayload = 64 << 10
)

var magic = [4]byte{0xfe, 0xc1, 0xff, 0xc0}

// Kinds of payloads.
const (
	kindLine  = 'L'
	kindOwner = 'O'
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// lineHead is seq, id, hash and the length of why.
const lineHead = 1 + 8 + 16 + 32 + 1

func (l Line) payload() int { return lineHead + len(l.Why) + len(l.Body) }

// Size is what the line takes in a segment.
func (l Line) Size() int64 { return frameSize(l.payload()) }

func frameSize(payload int) int64 { return int64((headerSize + payload + align - 1) / align * align) }

// appendLine encodes one line's frame.
func appendLine(out []byte, gen uint32, l Line) []byte {
	return appendFrame(out, gen, l.payload(), func(out []byte) []byte {
		out = append(out, kindLine)
		out = binary.BigEndian.AppendUint64(out, uint64(l.Seq))
		out = append(out, l.ID[:]...)
		out = append(out, l.Hash[:]...)
		out = append(out, byte(len(l.Why)))
		out = append(out, l.Why...)
		return append(out, l.Body...)
	})
}

func appendOwner(out []byte, gen uint32, owner []byte) []byte {
	return appendFrame(out, gen, 1+len(owner), func(out []byte) []byte {
		return append(append(out, kindOwner), owner...)
	})
}

func appendFrame(out []byte, gen uint32, payload int, fill func([]byte) []byte) []byte {
	at := len(out)
	out = append(out, magic[:]...)
	out = binary.BigEndian.AppendUint32(out, gen)
	out = binary.BigEndian.AppendUint32(out, uint32(payload))
	out = append(out, 0, 0, 0, 0)
	out = fill(out)
	binary.BigEndian.PutUint32(out[at+12:], checksum(out[at:]))
	for len(out)%align != 0 {
		out = append(out, 0)
	}
	return out
}

// checksum covers all of a frame but the magic and itself.
func checksum(frame []byte) uint32 {
	return crc32.Update(crc32.Checksum(frame[4:12], castagnoli), castagnoli, frame[headerSize:])
}

// frame is what was found in a segment.
type frame struct {
	gen     uint32
	end     int // offset after it
	payload []byte
}

// read decodes the frame at an offset, if there is a sound one.
func read(segment []byte, at int) (frame, bool) {
	head := segment[at:]
	if len(head) < headerSize || !bytes.Equal(head[:4], magic[:]) {
		return frame{}, false
	}
	n := int(binary.BigEndian.Uint32(head[8:]))
	if n < 1 || n > mostPayload || headerSize+n > len(head) {
		return frame{}, false
	}
	head = head[:headerSize+n]
	if checksum(head) != binary.BigEndian.Uint32(head[12:]) {
		return frame{}, false
	}
	return frame{gen: binary.BigEndian.Uint32(head[4:]), end: at + int(frameSize(n)), payload: head[headerSize:]}, true
}

// line reads a payload; bodies lie in the segment's own bytes.
func (f frame) line() (Line, bool) {
	p := f.payload
	if p[0] != kindLine || len(p) < lineHead || len(p) < lineHead+int(p[lineHead-1]) {
		return Line{}, false
	}
	why := int(p[lineHead-1])
	return Line{
		Seq: int64(binary.BigEndian.Uint64(p[1:])), ID: attendance.ID(p[9:25]), Hash: [32]byte(p[25:57]),
		Why: string(p[lineHead : lineHead+why]), Body: p[lineHead+why:],
	}, true
}

func (f frame) owner() ([]byte, bool) { return f.payload[1:], f.payload[0] == kindOwner }
