package postgres

import (
	"context"
	"encoding/json"
)

// Settings implements attendance.Tx.
func (t *tx) Settings(ctx context.Context) (map[string]json.RawMessage, error) {
	rows, err := t.q.Settings(ctx)
	out := make(map[string]json.RawMessage, len(rows))
	for _, r := range rows {
		out[r.Key] = r.Value
	}
	return out, err
}
