package jobs

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Waiting is how many jobs of a kind are in a state.
type Waiting struct {
	Kind, State string
	Count       int64
}

// Waiting counts the jobs of all servers that are not done, and those given up.
// What is done, by far the most, is stepped over by an index.
func (q *Queue) Waiting(ctx context.Context) ([]Waiting, error) {
	rows, err := q.pool.Query(ctx, `SELECT kind, state::text, count(*) FROM river_job
		WHERE state IN ('available', 'scheduled', 'pending', 'running', 'retryable', 'discarded') GROUP BY kind, state ORDER BY kind, state`)
	if err != nil {
		return nil, fmt.Errorf("count jobs: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Waiting])
	if err != nil {
		return nil, fmt.Errorf("count jobs: %w", err)
	}
	return out, nil
}
