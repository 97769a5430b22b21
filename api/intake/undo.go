package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/arise-attendance/arise/api/attendance"
)

// undo takes rows back: what an import added goes, or is archived where something
// refers to it; what it changed is as before. What somebody changed since stays.
func (s *Service) undo(ctx context.Context, imp Import, rows []*Row) error {
	return s.Store.Batch(ctx, imp.ID, LinesOf(rows), func(ctx context.Context, imp Import, rows []*Row, o Office) error {
		if imp.State != Undoing {
			return nil
		}
		now, err := entries(ctx, imp.Kind, rows, o)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.Progress != Done {
				continue
			}
			r.DoneAt, r.Progress = s.Now(), Undone
			if err := s.undoOne(ctx, &imp, r, now[r.Entity], o); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) undoOne(ctx context.Context, imp *Import, r *Row, now any, o Office) error {
	if r.Digest == nil || now == nil { // it wrote nothing, or somebody removed it
		return nil
	}
	sum, err := digest(now)
	if err != nil {
		return err
	}
	if !bytes.Equal(sum, r.Digest) {
		r.Progress, r.Why = Kept, "was changed since: it stays as it is"
		return nil
	}
	if r.Action == Changed {
		return restore(ctx, imp, r, now, o)
	}
	err = o.Try(ctx, func() error { return remove(ctx, imp, r, now, o) })
	if _, yes := refused(err); yes {
		r.Progress, r.Why = Archived, "something refers to it by now, so it was archived and not removed"
		return s.archive(ctx, r, now, o)
	}
	return err
}

// entries are what the rows wrote, as it is now.
func entries(ctx context.Context, k Kind, rows []*Row, o Office) (map[attendance.ID]any, error) {
	ids := make([]attendance.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.Entity
	}
	out := map[attendance.ID]any{}
	switch k {
	case Students:
		all, err := o.StudentsByID(ctx, ids)
		for _, e := range all {
			out[e.ID] = e
		}
		return out, err
	case Courses:
		all, err := o.CoursesByID(ctx, ids)
		for _, e := range all {
			out[e.ID] = e
		}
		return out, err
	case Enrolments:
		all, err := o.EnrolmentsByID(ctx, ids)
		for _, e := range all {
			out[e.ID] = e
		}
		return out, err
	}
	return nil, k.Known()
}

func restore(ctx context.Context, imp *Import, r *Row, now any, o Office) error {
	switch e := now.(type) {
	case attendance.StudentEntry:
		var old attendance.StudentEntry
		if err := json.Unmarshal(r.Before, &old); err != nil {
			return fmt.Errorf("read what line %d changed: %w", r.Line, err)
		}
		old.PasswordHash = e.PasswordHash
		for _, c := range r.Changes {
			if c.Field == Password {
				old.PasswordHash = "" // the import set it
			}
		}
		return o.PutStudent(ctx, old)
	case attendance.CourseEntry:
		var old attendance.CourseEntry
		if err := json.Unmarshal(r.Before, &old); err != nil {
			return fmt.Errorf("read what line %d changed: %w", r.Line, err)
		}
		return errors.Join(o.PutCourse(ctx, old), untaught(ctx, imp, r, o))
	case attendance.FeedEnrolment:
		var old attendance.FeedEnrolment
		if err := json.Unmarshal(r.Before, &old); err != nil {
			return fmt.Errorf("read what line %d changed: %w", r.Line, err)
		}
		return o.PutEnrolment(ctx, old)
	}
	return fmt.Errorf("restore a %T", now)
}

func remove(ctx context.Context, imp *Import, r *Row, now any, o Office) error {
	switch e := now.(type) {
	case attendance.StudentEntry:
		return o.Remove(ctx, attendance.StudentRow, e.ID.String())
	case attendance.CourseEntry:
		if err := untaught(ctx, imp, r, o); err != nil {
			return err
		}
		return o.Remove(ctx, attendance.CourseRow, e.ID.String())
	case attendance.FeedEnrolment:
		counted, err := o.Counted(ctx, []attendance.ID{e.ID})
		if err != nil {
			return err
		}
		if len(counted) > 0 {
			return attendance.Invalid{Field: "id", Why: "has marks"}
		}
		return o.Remove(ctx, attendance.EnrolmentRow, e.ID.String())
	}
	return fmt.Errorf("remove a %T", now)
}

// untaught takes back who holds a course, if a row said it.
func untaught(ctx context.Context, imp *Import, r *Row, o Office) error {
	err := o.Remove(ctx, attendance.TeachingRow, imp.idFor("teaching", r.Line).String())
	if errors.Is(err, attendance.ErrNotFound) {
		return nil
	}
	return err
}

func (s *Service) archive(ctx context.Context, r *Row, now any, o Office) error {
	switch e := now.(type) {
	case attendance.StudentEntry:
		e.Archived = true
		return o.PutStudent(ctx, e)
	case attendance.CourseEntry:
		e.Archived = true
		return o.PutCourse(ctx, e)
	case attendance.FeedEnrolment: // marks count for as long as it lasted
		r.Why = "marks were made meanwhile, so it ended and was not removed"
		e.ToMS = max(s.Now().UnixMilli(), e.FromMS)
		return o.PutEnrolment(ctx, e)
	}
	return fmt.Errorf("archive a %T", now)
}
