package intake

import (
	"context"
	"fmt"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// AtOnce is how many rows somebody may wait for.
const AtOnce = 2000

// told is how many rows' reasons the answer has.
const told = 20

// Outcome is an import that was applied while somebody waited.
type Outcome struct {
	Import  Import
	Skipped []string // the first rows that were not added, and why
}

// AtOnce uploads, applies, and waits. If the caller goes away, the job goes on.
func (s *Service) AtOnce(ctx context.Context, u Upload) (Outcome, error) {
	u.Most = AtOnce
	imp, err := s.Upload(ctx, u)
	if err != nil {
		return Outcome{}, err
	}
	if imp.Counts.New > 0 {
		if imp, err = s.Apply(ctx, imp.ID); err != nil {
			return Outcome{}, err
		}
		if imp, err = s.wait(ctx, imp); err != nil {
			return Outcome{}, err
		}
	}
	out := Outcome{Import: imp, Skipped: []string{}}
	for after := 0; len(out.Skipped) < told; {
		rows, err := s.Store.Rows(ctx, imp.ID, Which{After: after, Most: 500})
		if err != nil || len(rows) == 0 {
			return out, err
		}
		for _, r := range rows {
			if after = r.Line; r.Progress != Done && len(out.Skipped) < told {
				out.Skipped = append(out.Skipped, r.skipped())
			}
		}
	}
	return out, nil
}

// skipped says why a row was not added, as the original did.
func (r *Row) skipped() string {
	name := ""
	if n := r.Values[StudentName]; n != "" {
		name = " (" + n + ")"
	}
	why := r.Reason()
	if r.Action == Same {
		why = "Duplicate roll/enrollment number \u2014 skipped"
	}
	return fmt.Sprintf("Row %d%s: %s", r.Line, name, why)
}

// look is how often a waiting caller looks.
const look = 50 * time.Millisecond

func (s *Service) wait(ctx context.Context, imp Import) (Import, error) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for imp.State == Applying {
		select {
		case <-ctx.Done():
			return imp, ctx.Err()
		case <-tick.C:
		}
		var err error
		if imp, err = s.Store.Import(ctx, imp.ID); err != nil {
			return imp, err
		}
	}
	return imp, nil
}

// tooMany refuses to let somebody wait for very many rows.
func tooMany(rows, most int) error {
	if most == 0 || rows <= most {
		return nil
	}
	return attendance.Invalid{Field: "file", Why: fmt.Sprintf("has %d rows, and more than %d take too long to wait for: use POST /api/admin/imports, which works in the background", rows, most)}
}
