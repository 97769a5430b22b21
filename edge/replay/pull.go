package replay

import (
	"context"
	"errors"
	"fmt"

	"github.com/arise-attendance/arise/api/attendance"
)

// pull follows the feed. Unless it must, it asks only when the cloud's last
// receipt named another roster than the one held.
func (r *Replay) pull(ctx context.Context, must bool, head attendance.Head, done *Done) error {
	held, err := r.o.Log.Feed(ctx)
	if err != nil {
		return err
	}
	if !must && (head.Generation.IsZero() || head.Generation == held.Generation && head.Rev == held.Rev) {
		return nil
	}
	done.spoke = true
	err = r.follow(ctx, held, done)
	if errors.Is(err, attendance.ErrRefetch) {
		err = r.follow(ctx, attendance.Head{}, done) // the whole roster, and the facts from their start
	}
	if err != nil {
		return err
	}
	r.last.pulled = r.o.World.Now()
	return r.repeat(ctx, held)
}

// repeat sends the log from its first line when the cloud's database was restored:
// what it had confirmed since its backup may be gone there. What it still has costs
// it little.
func (r *Replay) repeat(ctx context.Context, before attendance.Head) error {
	now, err := r.o.Log.Feed(ctx)
	if err != nil || before.Generation.IsZero() || now.Generation == before.Generation {
		return err
	}
	r.o.Slog.WarnContext(ctx, "the cloud was restored from a backup: sending the whole log again")
	if err := r.o.Log.Rewind(ctx, 1); err != nil {
		return err
	}
	r.Nudge()
	return nil
}

// follow reads pages from a place in the feed to its end. Changes are applied
// together at the end, where the digest covers them all; facts with each page.
func (r *Replay) follow(ctx context.Context, from attendance.Head, done *Done) error {
	var all attendance.Page
	for {
		asked := r.o.World.Now()
		page, err := within(ctx, func(ctx context.Context) (attendance.Page, error) { return r.o.Cloud.Roster(ctx, from) })
		if err != nil {
			return err
		}
		if err := r.hear(ctx, r.truth(page.Now, asked)); err != nil {
			return err
		}
		if r.o.Told != nil && page.Lease.State != "" {
			if err := r.o.Told(ctx, page.Lease); err != nil {
				return err
			}
		}
		page.Changes = append(all.Changes, page.Changes...)
		page.Snapshot = page.Snapshot || all.Snapshot
		all = page
		if !page.More {
			if err := r.o.Log.Apply(ctx, page); err != nil {
				return fmt.Errorf("take in the roster: %w", err)
			}
			all = attendance.Page{}
		}
		if err := r.learn(ctx, page, from.Facts, done); err != nil {
			return err
		}
		if !page.More && !page.FactsMore {
			return nil
		}
		from = attendance.Head{Generation: page.Generation, Rev: page.Rev, Facts: page.Cursor}
	}
}

// mostLearnt facts are folded in one transaction, so that a finger never waits
// long for a whole term to come down.
const mostLearnt = 250

// learn folds what the cloud told. A fact that cannot be read is one of a newer
// cloud: it stays there, and must not stop the rest.
func (r *Replay) learn(ctx context.Context, page attendance.Page, cursor string, done *Done) error {
	if len(page.Facts) == 0 && page.Cursor == cursor {
		return nil
	}
	facts := make([]attendance.Fact, 0, len(page.Facts))
	for _, told := range page.Facts {
		f, err := told.Fact()
		if err != nil {
			r.o.Slog.WarnContext(ctx, "a fact from the cloud cannot be read", "fact", told.ID, "error", err)
			continue
		}
		facts = append(facts, f)
	}
	for first := true; first || len(facts) > 0; first = false {
		some := facts[:min(len(facts), mostLearnt)]
		facts = facts[len(some):]
		if len(facts) == 0 {
			cursor = page.Cursor // facts that are learnt twice are learnt once: the cursor moves with the last
		}
		err := r.o.Log.Learn(ctx, cursor, func(ctx context.Context, tx attendance.Tx) error {
			return r.o.Service.Learn(ctx, tx, some)
		})
		if err != nil {
			return fmt.Errorf("take in facts from the cloud: %w", err)
		}
		done.Learnt += len(some)
	}
	return nil
}
