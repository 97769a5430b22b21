package sqlite

import (
	"context"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite/internal/dbsqlc"
)

// Hear folds somebody's word for what time it is.
func (s *Store) Hear(ctx context.Context, fold func(context.Context, attendance.Outlog) error) error {
	return s.InTx(ctx, func(ctx context.Context, seam attendance.Tx) error { return fold(ctx, seam.(*tx)) })
}

// LastAnchor is what was said last of the time, and when the cloud was heard last: it
// cannot be earlier than that.
func (s *Store) LastAnchor(ctx context.Context) (last attendance.Anchor, heard time.Time, err error) {
	err = s.View(ctx, func(ctx context.Context, seam attendance.Tx) error {
		rows, err := seam.(*tx).q.Anchors(ctx)
		for _, r := range rows {
			a := anchor(r)
			if a.Source != "" {
				last = a
			}
			if a.Source == attendance.ByCloud && a.At.After(heard) {
				heard = a.At
			}
		}
		return err
	})
	return last, heard, err
}

func (t *tx) KeepAnchor(ctx context.Context, a attendance.Anchor) error {
	if err := t.q.KeepAnchor(ctx, dbsqlc.KeepAnchorParams{
		SegmentID: a.Segment, Source: string(a.Source), OffsetMs: a.Offset.Milliseconds(),
		AtMs: attendance.UnixMS(a.At), WallMs: a.WallMS, UpMs: a.UpMS,
	}); err != nil {
		return err
	}
	return t.q.DropAnchors(ctx)
}

func (t *tx) Anchors(ctx context.Context) (map[attendance.ID]attendance.Anchor, error) {
	rows, err := t.q.Anchors(ctx)
	out := make(map[attendance.ID]attendance.Anchor, len(rows))
	for _, r := range rows {
		out[r.SegmentID] = anchor(r)
	}
	return out, err
}

func anchor(r dbsqlc.AnchorsRow) attendance.Anchor {
	return attendance.Anchor{
		Segment: r.SegmentID, Source: attendance.TimeSource(r.Source), Offset: time.Duration(r.OffsetMs) * time.Millisecond,
		At: attendance.FromMS(r.AtMs), WallMS: r.WallMs, UpMS: r.UpMs,
	}
}

// Unfixed are the lines that the cloud has not confirmed.
func (t *tx) Unfixed(ctx context.Context) ([]attendance.Fact, error) {
	var out []attendance.Fact
	for after := t.s.log.acked; ; {
		lines, err := t.q.LinesAfter(ctx, after, tailLines)
		if err != nil || len(lines) == 0 {
			return out, err
		}
		for _, l := range lines {
			after = l.Seq
			f, err := attendance.Decode(l.Body)
			if err != nil {
				continue // the cloud will keep it aside
			}
			f.Origin.Seq = l.Seq - t.s.log.base
			out = append(out, f)
		}
	}
}

// anchorsOf is what was known of the time where these lines were written.
func (t *tx) anchorsOf(ctx context.Context, lines []attendance.Sent) ([]attendance.Anchor, error) {
	known, err := t.Anchors(ctx)
	if err != nil {
		return nil, err
	}
	var out []attendance.Anchor
	for _, l := range lines {
		f, err := attendance.Decode(l.Body)
		if err != nil {
			continue
		}
		if a, ok := known[f.Segment]; ok {
			if a.Source != "" {
				out = append(out, a)
			}
			delete(known, f.Segment) // once
		}
	}
	return out, nil
}
