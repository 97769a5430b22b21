package postgres

import (
	"context"
	"fmt"

	"github.com/arise-attendance/arise/api/attendance"
)

// heard are, by id, the bodies under which scans that are not fresh were kept before.
func (t *tx) heard(ctx context.Context, facts []attendance.Fact, fresh map[attendance.ID]bool) (map[attendance.ID][]attendance.Fact, error) {
	var ids []attendance.ID
	for _, f := range facts {
		if f.IsReading() && !fresh[f.ID] && !t.unheard[f.ID] {
			ids = append(ids, f.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := t.q.Readings(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read scans that came before: %w", err)
	}
	out := make(map[attendance.ID][]attendance.Fact, len(rows))
	for _, r := range rows {
		f, err := attendance.Decode(r.Body)
		if err != nil { // kept because it cannot be read
			continue
		}
		f.Why = attendance.Why(r.Reason)
		out[r.ID] = append(out[r.ID], f)
	}
	return out, nil
}

// covers reports whether a scan that was kept leaves nothing new to keep of another
// server's body of it: it marks what that would, it is placed while that is not, or it
// waits for the same reason. What waits while another is placed found its place with
// it: see AppendFacts.
func covers(kept, f attendance.Fact) bool {
	switch f.Why {
	case attendance.WhyHashConflict:
		return false
	case "":
		return kept.Why == "" && kept.SameMark(f)
	}
	return (kept.Why == "" || kept.Why == f.Why) && kept.SameReading(f)
}
