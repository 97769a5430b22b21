package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// ErrReceipt is a confirmation of something other than this log. It is not
// believed: a captive portal, or another drive of the same name.
var ErrReceipt = errors.New("the confirmation does not fit this log")

// Pending is the next batch for the cloud: lines that are not confirmed, at most
// n and about maxBytes of bodies, but always one if there is any. The clock
// sample is the caller's to fill in.
func (s *Store) Pending(ctx context.Context, n, maxBytes int) (attendance.Upload, error) {
	var up attendance.Upload
	err := s.View(ctx, func(ctx context.Context, seam attendance.Tx) error {
		t := seam.(*tx)
		id, err := t.q.Identity(ctx)
		if err != nil {
			return err
		}
		l := s.log
		up = attendance.Upload{Node: id.NodeID, Incarnation: l.incarnation, HashBefore: l.ackedHash, Head: l.seq - l.base}
		lines, err := t.q.LinesAfter(ctx, l.acked, int64(n))
		if err != nil {
			return err
		}
		size := 0
		for i, r := range lines {
			if size += len(r.Body); i > 0 && size > maxBytes {
				break
			}
			up.Facts = append(up.Facts, attendance.Sent{Seq: r.Seq - l.base, ID: r.ID, Body: r.Body})
		}
		if len(up.Facts) == 0 {
			return nil
		}
		up.Anchors, err = t.anchorsOf(ctx, up.Facts)
		return err
	})
	return up, err
}

// Ack takes a receipt in, with fold in the same transaction: everything through
// its line is in the cloud. That is believed only if the receipt carries the
// hash that this log had there; anything else is ErrReceipt and changes nothing.
func (s *Store) Ack(ctx context.Context, r attendance.Receipt, fold func(context.Context, attendance.Outlog) error) error {
	return s.InTx(ctx, func(ctx context.Context, seam attendance.Tx) error {
		t := seam.(*tx)
		l := &s.log
		to := r.Seq + l.base
		if to > l.seq || to < l.acked {
			return fmt.Errorf("%w: line %d was confirmed, but %d to %d wait", ErrReceipt, r.Seq, l.acked-l.base+1, l.seq-l.base)
		}
		hash := l.ackedHash
		if to > l.acked {
			h, err := t.q.HashAt(ctx, to)
			if err != nil {
				return fmt.Errorf("read line %d: %w", r.Seq, err)
			}
			hash = [32]byte(h)
		}
		if hash != r.Hash {
			return fmt.Errorf("%w: the log through line %d has another hash", ErrReceipt, r.Seq)
		}
		l.acked, l.ackedHash = to, hash
		if err := t.q.SetAcked(ctx, to, hash[:]); err != nil {
			return err
		}
		if err := t.q.SetSynced(ctx, t.nowMS()); err != nil {
			return err
		}
		return fold(ctx, t)
	})
}

// Rewind makes the log send again from a line that the cloud asks for. When that
// line is gone, or was never written, the log starts a new life (see Reborn).
func (s *Store) Rewind(ctx context.Context, wanted int64) error {
	gone := false
	err := s.InTx(ctx, func(ctx context.Context, seam attendance.Tx) error {
		t := seam.(*tx)
		l := &s.log
		before := wanted - 1 + l.base
		if before > l.acked || before < max(l.base, l.pruned) { // it was never here, or has left the drive
			gone = true
			return nil
		}
		hash := [32]byte{}
		if before > l.base {
			h, err := t.q.HashAt(ctx, before)
			if errors.Is(err, sql.ErrNoRows) {
				gone = true
				return nil
			}
			if err != nil {
				return fmt.Errorf("read line %d: %w", wanted-1, err)
			}
			hash = [32]byte(h)
		}
		l.acked, l.ackedHash = before, hash
		return t.q.SetAcked(ctx, before, hash[:])
	})
	if err == nil && gone {
		return s.Reborn(ctx)
	}
	return err
}

// Reborn gives the log a new incarnation, for this drive was copied or set back:
// everything it still has is numbered from one, hashed and sent again. Facts keep
// their ids, so none is stored twice; and what the cloud knows of an older life
// comes down with the feed from its start.
func (s *Store) Reborn(ctx context.Context) error {
	return s.InTx(ctx, func(ctx context.Context, seam attendance.Tx) error { return seam.(*tx).reborn(ctx) })
}

func (t *tx) reborn(ctx context.Context) error {
	s := t.s
	first, err := t.q.FirstLine(ctx)
	if err != nil {
		return err
	}
	id, err := attendance.NewID(s.opt.Now(), s.opt.Rand)
	if err != nil {
		return err
	}
	base := max(0, first-1)
	if first == 0 {
		base = s.log.seq
	}
	l := log{incarnation: id, base: base, acked: base, seq: base, pruned: s.log.pruned}
	for {
		lines, err := t.q.LinesAfter(ctx, l.seq, tailLines)
		if err != nil {
			return err
		}
		if len(lines) == 0 {
			break
		}
		for _, r := range lines {
			l.seq, l.hash = r.Seq, attendance.Chain(l.hash, r.Seq-base, r.ID, r.Body)
			if err := t.q.RestampLine(ctx, l.hash[:], r.Seq); err != nil {
				return err
			}
		}
	}
	s.log = l
	if err := t.q.SetIncarnation(ctx, id, base, l.ackedHash[:]); err != nil {
		return err
	}
	return t.q.SetFactsCursor(ctx, "")
}

// Reached notes what an attempt to speak with the cloud came to. at is when the
// cloud last confirmed that all is well, or zero when it did not now; attention is
// a sentence when a person must act.
func (s *Store) Reached(reachable bool, at time.Time, attention string) {
	l := *s.link.Load()
	l.reachable, l.attention = reachable, attention
	if !at.IsZero() {
		l.syncedAt = at
	}
	s.link.Store(&l)
}

// Backlog counts what waits. A line is confirmed or not by where it stands, so
// counting them costs nothing.
func (t *tx) Backlog(ctx context.Context) (attendance.Backlog, error) {
	aside, err := t.q.CountAside(ctx)
	if err != nil {
		return attendance.Backlog{}, err
	}
	l := t.s.link.Load()
	b := attendance.Backlog{
		Waiting: int(t.s.log.seq - t.s.log.acked), Unplaced: int(aside),
		LastSync: l.syncedAt, Reachable: l.reachable, Attention: l.attention,
	}
	if t.s.failed != nil {
		b.Attention = "No mark is saved on this drive now. Scanners keep theirs: see the pendrive's page."
	}
	return b, nil
}
