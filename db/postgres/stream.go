package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/api/attendance"
)

// LockStream locks the node rather than the stream: a copied drive has two
// streams, and a new one has no row yet.
func (t *tx) LockStream(ctx context.Context, node, incarnation attendance.ID) (attendance.Stream, error) {
	if _, err := t.q.LockNode(ctx, node); err != nil {
		return attendance.Stream{}, missing(err, "pendrive", node)
	}
	row, err := t.q.Stream(ctx, node, incarnation)
	if errors.Is(err, pgx.ErrNoRows) {
		return attendance.Stream{}, nil
	}
	if err != nil {
		return attendance.Stream{}, fmt.Errorf("read stream: %w", err)
	}
	return attendance.Stream{Seq: row.Seq, Hash: [32]byte(row.Hash)}, nil
}

// Uploader implements attendance.Inbound.
func (t *tx) Uploader(ctx context.Context, id attendance.ID) (attendance.Node, error) {
	n, err := t.q.Node(ctx, id)
	return node(n), missing(err, "pendrive", id)
}

func (t *tx) AdvanceStream(ctx context.Context, node, incarnation attendance.ID, to attendance.Stream) error {
	if err := t.q.AdvanceStream(ctx, node, incarnation, to.Seq, to.Hash[:]); err != nil {
		return fmt.Errorf("advance stream: %w", err)
	}
	return nil
}

func (t *tx) Entitled(ctx context.Context, node attendance.ID) (map[attendance.ID]bool, error) {
	ids, err := t.q.Entitled(ctx, node)
	out := make(map[attendance.ID]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}
