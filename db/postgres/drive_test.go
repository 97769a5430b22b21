package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// drive is a pendrive's log as the cloud gets to see it.
type drive struct {
	node, incarnation attendance.ID
	lines             []attendance.Sent
	hashes            [][32]byte // hashes[n]: after n lines
	start             time.Time
	segment           attendance.ID
	wall              time.Time // what its clock shows; zero: a second more with each line
}

func newDrive(t testing.TB, node attendance.ID) *drive {
	return &drive{
		node: node, incarnation: newID(t), hashes: make([][32]byte, 1),
		start: time.Now().Add(-time.Hour), segment: newID(t),
	}
}

// write adds a fact to the log.
func (d *drive) write(t testing.TB, f attendance.Fact) attendance.Fact {
	t.Helper()
	if f.ID.IsZero() {
		f.ID = newID(t)
	}
	at := d.wall
	if at.IsZero() {
		at = d.start.Add(time.Duration(len(d.lines)) * time.Second)
	}
	f.Node = d.node
	f.Stamp = attendance.Stamp{WallMS: at.UnixMilli(), Segment: d.segment, MonoMS: at.Sub(d.start).Milliseconds(), HLC: attendance.HLCAt(at)}
	if err := f.Seal(); err != nil {
		t.Fatal(err)
	}
	d.raw(f.ID, f.Body)
	return f
}

// raw adds a line whatever it says.
func (d *drive) raw(id attendance.ID, body []byte) {
	seq := int64(len(d.lines)) + 1
	d.lines = append(d.lines, attendance.Sent{Seq: seq, ID: id, Body: body})
	d.hashes = append(d.hashes, attendance.Chain(d.hashes[seq-1], seq, id, body))
}

// from is the batch that starts after the first n lines.
func (d *drive) from(n int) attendance.Upload { return d.between(n, len(d.lines)) }

// between is the batch of the lines after n through to.
func (d *drive) between(n, to int) attendance.Upload {
	up := attendance.Upload{
		Node: d.node, Incarnation: d.incarnation, HashBefore: d.hashes[n], Head: int64(len(d.lines)), Facts: d.lines[n:to],
		Clock: attendance.Sample{WallMS: time.Now().UnixMilli()},
	}
	if !d.wall.IsZero() {
		up.Clock = attendance.Sample{WallMS: d.wall.UnixMilli(), Segment: d.segment, MonoMS: d.wall.Sub(d.start).Milliseconds()}
	}
	return up
}

// opens writes the opening of a session.
func (d *drive) opens(t testing.TB, s *school) attendance.Fact {
	t.Helper()
	return d.write(t, attendance.Fact{
		Kind: attendance.SessionOpened, Session: newID(t), Actor: s.teacher,
		Opening: &attendance.Opening{
			Course: s.course, Kind: attendance.Offline, ClosesMS: d.start.Add(time.Hour).UnixMilli(), Policy: attendance.DefaultPolicy(),
		},
	})
}

// sees writes a scan.
func (d *drive) sees(t testing.TB, session, student attendance.ID) attendance.Fact {
	t.Helper()
	return d.write(t, attendance.Fact{
		Kind: attendance.MarkSeen, Session: session, Student: student,
		Class: attendance.Evidence, Status: attendance.Present, Method: attendance.Biometric,
	})
}

func (s *school) receive(t testing.TB, up attendance.Upload) (attendance.Receipt, error) {
	t.Helper()
	var out attendance.Receipt
	err := s.InUpload(t.Context(), func(ctx context.Context, tx attendance.Inbound) (err error) {
		out, err = s.serve.Replay(ctx, tx, up)
		return err
	})
	return out, err
}

func (s *school) mustReceive(t testing.TB, up attendance.Upload) attendance.Receipt {
	t.Helper()
	got, err := s.receive(t, up)
	if err != nil {
		t.Fatal(err)
	}
	return got
}
