package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite/internal/dbsqlc"
)

// Apply follows the feed: a snapshot replaces the whole roster, changes go on
// from what is held, in one transaction either way. What a snapshot does not name
// is hidden, not deleted: facts here may speak of it. ErrDigest means that the
// rows do not add up to what the cloud holds, and nothing was changed.
func (s *Store) Apply(ctx context.Context, page attendance.Page) error {
	if !page.Snapshot && len(page.Changes) == 0 {
		if same, err := s.stands(ctx, page); same || err != nil {
			return err // spare the medium: there is nothing to write
		}
	}
	return s.InTx(ctx, func(ctx context.Context, seam attendance.Tx) error {
		t := seam.(*tx)
		t.roster = true
		s.hot.forgetRoster()
		id, err := t.q.Identity(ctx)
		if err != nil {
			return err
		}
		held := attendance.Digest(id.Digest)
		if page.Snapshot {
			held = 0
			if err := t.hideAll(ctx); err != nil {
				return err
			}
		}
		if held, err = t.apply(ctx, held, page.Changes); err != nil {
			return err
		}
		if err := agree(held, page.Digest); err != nil {
			return err
		}
		if err := t.q.SetFeed(ctx, page.Generation, page.Rev, int64(held)); err != nil {
			return err
		}
		s.due.roster = true
		running, err := t.q.Running(ctx)
		for _, r := range running { // their screens show the new names
			t.touch(r.ID)
		}
		return err
	})
}

// stands reports whether a page without changes says that all is as it is held.
func (s *Store) stands(ctx context.Context, page attendance.Page) (bool, error) {
	same := false
	err := s.View(ctx, func(ctx context.Context, seam attendance.Tx) error {
		id, err := seam.(*tx).q.Identity(ctx)
		if err != nil {
			return err
		}
		same = id.GenerationID == page.Generation && id.Rev == page.Rev
		return agree(attendance.Digest(id.Digest), page.Digest)
	})
	return same, err
}

func agree(got, want attendance.Digest) error {
	if got != want {
		return fmt.Errorf("%w: digest %d, want %d", ErrDigest, uint64(got), uint64(want))
	}
	return nil
}

func (t *tx) hideAll(ctx context.Context) error {
	for _, hide := range []func(context.Context) error{
		t.q.HideCourses, t.q.HideTeachers, t.q.HideTeachings, t.q.HideStudents, t.q.HideEnrolments,
		t.q.DropSettings, t.q.DropFeedHashes,
	} {
		if err := hide(ctx); err != nil {
			return err
		}
	}
	return nil
}

// apply takes rows in and keeps the digest's sum.
func (t *tx) apply(ctx context.Context, digest attendance.Digest, changes []attendance.Change) (attendance.Digest, error) {
	for _, c := range changes {
		old, err := t.q.FeedHash(ctx, string(c.Kind), c.Key)
		switch {
		case err == nil:
			digest = digest.Drop(uint64(old))
		case !errors.Is(err, sql.ErrNoRows):
			return 0, err
		}
		if c.Gone {
			err = errors.Join(t.q.DropFeedHash(ctx, string(c.Kind), c.Key), t.hide(ctx, c))
		} else {
			hash := attendance.RowHash(c.Kind, c.Key, c.Row)
			digest = digest.Add(hash)
			err = errors.Join(t.q.PutFeedHash(ctx, string(c.Kind), c.Key, int64(hash)), t.put(ctx, c))
		}
		if err != nil {
			return 0, fmt.Errorf("feed row %s %s: %w", c.Kind, c.Key, err)
		}
	}
	return digest, nil
}

// put writes one row. A kind that this build does not know counts in the digest
// and is otherwise left to a newer build's snapshot.
func (t *tx) put(ctx context.Context, c attendance.Change) error {
	switch c.Kind {
	case attendance.CourseRow:
		return row(c, func(r attendance.FeedCourse) error {
			return t.q.PutCourse(ctx, dbsqlc.PutCourseParams{
				ID: r.ID, Code: r.Code, CodeKey: strings.ToLower(r.Code), Name: r.Name,
				DefaultMinutes: int64(r.DefaultMinutes), Archived: r.Archived,
			})
		})
	case attendance.TeacherRow:
		return row(c, func(r attendance.FeedTeacher) error {
			return t.q.PutTeacher(ctx, r.ID, r.Name, r.Code, r.PINHash)
		})
	case attendance.TeachingRow:
		return row(c, func(r attendance.FeedTeaching) error {
			return t.q.PutTeaching(ctx, dbsqlc.PutTeachingParams{
				ID: r.ID, CourseID: r.Course, TeacherID: r.Teacher, FromMs: r.FromMS, ToMs: r.ToMS,
			})
		})
	case attendance.StudentRow:
		return row(c, func(r attendance.FeedStudent) error {
			return t.q.PutStudent(ctx, r.ID, r.Name, r.UniversityRoll, r.EnrolmentNo)
		})
	case attendance.EnrolmentRow:
		return row(c, func(r attendance.FeedEnrolment) error {
			return t.q.PutEnrolment(ctx, dbsqlc.PutEnrolmentParams{
				ID: r.ID, CourseID: r.Course, StudentID: r.Student, Roll: int64(r.Roll), FromMs: r.FromMS, ToMs: r.ToMS,
			})
		})
	case attendance.SettingRow:
		return t.q.PutSetting(ctx, c.Key, string(c.Row))
	}
	return nil
}

func row[R any](c attendance.Change, put func(R) error) error {
	var r R
	if err := json.Unmarshal(c.Row, &r); err != nil {
		return err
	}
	return put(r)
}

func (t *tx) hide(ctx context.Context, c attendance.Change) error {
	if c.Kind == attendance.SettingRow {
		return t.q.DropSetting(ctx, c.Key)
	}
	hide, known := map[attendance.RowKind]func(context.Context, attendance.ID) error{
		attendance.CourseRow: t.q.HideCourse, attendance.TeacherRow: t.q.HideTeacher,
		attendance.TeachingRow: t.q.HideTeaching, attendance.StudentRow: t.q.HideStudent,
		attendance.EnrolmentRow: t.q.HideEnrolment,
	}[c.Kind]
	if !known {
		return nil
	}
	id, err := attendance.ParseID(c.Key)
	if err != nil {
		return err
	}
	return hide(ctx, id)
}

// Learn folds facts that the cloud sent down, and moves the cursor with them.
func (s *Store) Learn(ctx context.Context, cursor string, fold func(context.Context, attendance.Tx) error) error {
	return s.InTx(ctx, func(ctx context.Context, seam attendance.Tx) error {
		if err := fold(ctx, seam); err != nil {
			return err
		}
		return seam.(*tx).q.SetFactsCursor(ctx, cursor)
	})
}
