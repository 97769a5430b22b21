package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/arise-attendance/arise/api/attendance"
)

const (
	batch = 250 // rows in one transaction: short enough that nobody waits for it
	// turn is how long one job works before it lets others: a job that was killed
	// has little to do again, and a queue is not blocked by one import.
	turn = 20 * time.Second
	// stalled is how long nobody worked at an import before somebody else takes it.
	stalled = time.Minute
)

// Run goes on with an import that was begun, and reports whether there is more to
// do. Each batch marks its rows in the transaction that does them, so that Run may
// be killed, repeated, or run twice at once: a row is done once.
func (s *Service) Run(ctx context.Context, id attendance.ID) (more bool, err error) {
	until := s.Now().Add(turn)
	for {
		imp, err := s.Store.Import(ctx, id)
		if err != nil {
			return false, err
		}
		var next State
		var do func(context.Context, Import, []*Row) error
		which := Which{Work: true, Most: batch}
		switch imp.State {
		case Applying:
			which.Progress, next, do = Waiting, Applied, s.apply
		case Undoing: // the last row first: what came later may rest on what came before
			which.Progress, next, do = Done, TakenBack, s.undo
		default:
			return false, nil
		}
		rows, err := s.Store.Rows(ctx, id, which)
		if err != nil {
			return false, err
		}
		if len(rows) == 0 {
			return false, s.Store.End(ctx, id, imp.State, next, s.Now())
		}
		if err := do(ctx, imp, rows); err != nil {
			return false, fmt.Errorf("%s rows %d to %d: %w", imp.State, rows[0].Line, rows[len(rows)-1].Line, err)
		}
		if s.Now().After(until) {
			return true, nil
		}
	}
}

// Resume goes on with imports at which nobody works, such as those of a server
// that was killed, and forgets previews that nobody applied.
func (s *Service) Resume(ctx context.Context) error {
	now := s.Now()
	if err := s.Store.Forget(ctx, now.Add(-PreviewFor)); err != nil {
		return err
	}
	ids, err := s.Store.Stalled(ctx, now.Add(-stalled))
	if err != nil {
		return err
	}
	var errs []error
	for _, id := range ids {
		_, err := s.Run(ctx, id) // what is left waits for the next time
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// hashers is how many passwords are hashed at once; signing in goes on meanwhile.
const hashers = 2

// apply does some rows together, or where one of them cannot be done one by one.
func (s *Service) apply(ctx context.Context, imp Import, rows []*Row) error {
	hashes, err := s.hashes(ctx, imp, rows)
	if err != nil {
		return err
	}
	err = s.applyAll(ctx, imp, rows, hashes, false)
	if _, yes := refused(err); yes {
		return s.applyAll(ctx, imp, rows, hashes, true)
	}
	return err
}

func (s *Service) applyAll(ctx context.Context, imp Import, rows []*Row, hashes map[int]string, alone bool) error {
	return s.Store.Batch(ctx, imp.ID, LinesOf(rows), func(ctx context.Context, imp Import, rows []*Row, o Office) error {
		if imp.State != Applying {
			return nil
		}
		imp.zone = s.Zone
		var todo, was []*Row
		for _, r := range rows {
			if r.Progress != Waiting {
				continue // another worker was faster
			}
			old := *r
			r.hash = hashes[r.Line]
			todo, was = append(todo, r), append(was, &old)
		}
		if err := plan(ctx, &imp, todo, o); err != nil {
			return err
		}
		for i, r := range todo {
			if err := s.applyOne(ctx, &imp, r, was[i], o, alone); err != nil {
				return err
			}
		}
		imp.name(todo)
		return nil
	})
}

// applyOne does a row if it still means what the preview said.
func (s *Service) applyOne(ctx context.Context, imp *Import, r, was *Row, o Office, alone bool) error {
	now := *r
	r.Action, r.Changes, r.Keys, r.DoneAt, r.Progress = was.Action, was.Changes, was.Keys, s.Now(), Done
	unread := len(was.Sealed) > 0 && r.hash == ""
	r.Sealed = nil // it is hashed now, or not needed
	switch {
	case now.Action == Same: // somebody else did it meanwhile
		return nil
	case now.Action == Wrong:
		r.Progress, r.Why = Refused, now.Faults[0].Why
		return nil
	case unread:
		r.Progress, r.Why = Refused, "its password was sealed under another SECRET_KEY: upload the file again"
		return nil
	case now.Action != was.Action || !bytes.Equal(now.Before, was.Before):
		r.Before, r.Entity = was.Before, was.Entity
		r.Progress, r.Why = Refused, "the roster was changed since the preview: upload the file again"
		return nil
	}
	var err error
	if r.Digest, err = digest(now.entry); err != nil {
		return err
	}
	do := func() error { return put(ctx, imp, o, r.Line, now.entry) }
	if alone {
		err = o.Try(ctx, do)
	} else {
		err = do()
	}
	if why, yes := refused(err); alone && yes {
		r.Progress, r.Why, r.Digest = Refused, why, nil
		return nil
	}
	return err
}

// refused reports that the roster's rules forbid what a row says, and why.
func refused(err error) (why string, yes bool) {
	var bad attendance.Invalid
	var taken attendance.Taken
	switch {
	case errors.As(err, &bad):
		return bad.Error(), true
	case errors.As(err, &taken):
		return taken.Error(), true
	}
	return "", false
}

// put writes what a row adds or changes.
func put(ctx context.Context, imp *Import, o Office, line int, entry any) error {
	switch e := entry.(type) {
	case attendance.StudentEntry:
		return o.PutStudent(ctx, e)
	case courseEntry:
		if err := o.PutCourse(ctx, e.CourseEntry); err != nil || e.Holder.IsZero() {
			return err
		}
		return o.PutTeaching(ctx, attendance.FeedTeaching{
			ID: imp.idFor("teaching", line), Course: e.ID, Teacher: e.Holder, FromMS: imp.CreatedAt.UnixMilli(),
		})
	case attendance.FeedEnrolment:
		return o.PutEnrolment(ctx, e)
	}
	return fmt.Errorf("a row that writes a %T", entry)
}

// digest tells whether an entry is still what a row wrote.
func digest(entry any) ([]byte, error) {
	if e, ok := entry.(courseEntry); ok {
		entry = e.CourseEntry
	}
	raw, err := json.Marshal(entry)
	sum := sha256.Sum256(raw)
	return sum[:], err
}

func (s *Service) hashes(ctx context.Context, imp Import, rows []*Row) (map[int]string, error) {
	out := make([]string, len(rows))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(hashers)
	for i, r := range rows {
		if len(r.Sealed) == 0 {
			continue
		}
		g.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			password, err := s.Seal.Open(r.Sealed, about(imp.ID, r.Line))
			if err != nil {
				return nil //nolint:nilerr // the server has another secret since: applyOne refuses the row
			}
			out[i], err = s.Hash(string(password))
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	byLine := map[int]string{}
	for i, r := range rows {
		byLine[r.Line] = out[i]
	}
	return byLine, nil
}

// LinesOf are the numbers of rows.
func LinesOf(rows []*Row) []int {
	out := make([]int, len(rows))
	for i, r := range rows {
		out[i] = r.Line
	}
	return out
}
