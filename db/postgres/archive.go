package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// AuditStart is the last row of the ledger that was archived, and into which file.
func (s *Store) AuditStart(ctx context.Context) (attendance.AuditHead, string, error) {
	r, err := dbsqlc.New(s.pool).AuditStart(ctx)
	if err != nil {
		return attendance.AuditHead{}, "", fmt.Errorf("read where the ledger begins: %w", err)
	}
	return attendance.AuditHead{Seq: r.Seq, Hash: [32]byte(r.Hash)}, r.File, nil
}

// OldAudit gives each row of the ledger before a time to whoever archives them, and
// returns the last; zero when there is none.
func (s *Store) OldAudit(ctx context.Context, before time.Time, each func(attendance.AuditLine) error) (attendance.AuditHead, error) {
	q := dbsqlc.New(s.pool)
	last, err := q.AuditBefore(ctx, before.UnixMilli())
	if err != nil || len(last) == 0 {
		return attendance.AuditHead{}, err
	}
	start, err := q.AuditStart(ctx)
	if err != nil {
		return attendance.AuditHead{}, err
	}
	for at := start.Seq; at < last[0].Seq; {
		rows, err := q.AuditLines(ctx, at, verifyBatch)
		if err != nil {
			return attendance.AuditHead{}, err
		}
		for _, r := range rows {
			if r.Seq > last[0].Seq {
				break
			}
			if err := each(attendance.AuditLine{Seq: r.Seq, Line: r.Line, Prev: [32]byte(r.PrevHash), Hash: [32]byte(r.Hash)}); err != nil {
				return attendance.AuditHead{}, err
			}
			at = r.Seq
		}
	}
	return attendance.AuditHead{Seq: last[0].Seq, Hash: [32]byte(last[0].Hash)}, nil
}

// CutAudit drops the rows up to one that were archived into a file. The ledger notes
// it, and goes on from there.
func (s *Store) CutAudit(ctx context.Context, through attendance.AuditHead, file string) (dropped int64, err error) {
	err = s.write(ctx, func(ctx context.Context, t *tx) error {
		if err := t.q.BeginAudit(ctx, through.Seq, through.Hash[:], file); err != nil {
			return fmt.Errorf("move the ledger's beginning: %w", err)
		}
		dropped, err = t.q.DropAudit(ctx, through.Seq)
		return err
	})
	return dropped, err
}
