package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// Change changes the roster in one transaction, and returns the revision at which
// the pendrives learn of it.
func (s *Store) Change(ctx context.Context, fn func(context.Context, attendance.Registrar) error) (int64, error) {
	return s.change(ctx, func(ctx context.Context, _ *tx, r *registrar) error { return fn(ctx, r) })
}

func (s *Store) change(ctx context.Context, fn func(context.Context, *tx, *registrar) error) (int64, error) {
	var rev int64
	err := s.write(ctx, func(ctx context.Context, t *tx) error {
		r := s.registrar(t)
		if err := fn(ctx, t, r); err != nil {
			return err
		}
		var err error
		rev, err = r.publish(ctx)
		return err
	})
	return rev, refused(err)
}

// registrar changes the roster within a transaction.
func (s *Store) registrar(t *tx) *registrar {
	r := &registrar{
		q: t.q, now: s.now(), students: map[attendance.ID]bool{}, teachers: map[attendance.ID]bool{}, rosters: map[attendance.ID]bool{},
	}
	t.rosters = r.rosters
	return r
}

// registrar implements attendance.Registrar and notes what has to be told.
type registrar struct {
	q   *dbsqlc.Queries
	now time.Time

	kinds, keys []string // changes that were said, and the course whose pendrives are told
	courses     []attendance.ID

	students map[attendance.ID]bool // to be told of in all their courses
	teachers map[attendance.ID]bool
	rescoped []attendance.ID
	rosters  map[attendance.ID]bool // courses whose enrolments changed: their counts lack it
}

// say notes a change for the pendrives that hold a course; none: for all.
func (r *registrar) say(kind attendance.RowKind, key string, course attendance.ID) {
	r.kinds = append(r.kinds, string(kind))
	r.keys = append(r.keys, key)
	r.courses = append(r.courses, course)
}

// publish comes last: the row lock of the revision is held only until the commit
// that follows, and makes the order of revisions the order of commits.
func (r *registrar) publish(ctx context.Context) (int64, error) {
	rev, err := r.q.BumpRoster(ctx)
	if err != nil {
		return 0, fmt.Errorf("take a revision: %w", err)
	}
	return rev, errors.Join(
		r.q.RecordChanges(ctx, rev, r.kinds, r.keys, r.courses),
		r.q.RecordStudents(ctx, rev, keys(r.students)),
		r.q.RecordTeachers(ctx, rev, keys(r.teachers)),
		r.q.Rescope(ctx, rev, r.rescoped),
	)
}

func (r *registrar) PutTerm(ctx context.Context, t attendance.Term) error {
	return r.q.PutTerm(ctx, dbsqlc.PutTermParams{
		ID: t.ID, Name: t.Name, StartsOn: day(t.StartsOn), EndsOn: day(t.EndsOn), ArchivedAt: r.archived(t.Archived),
	})
}

func (r *registrar) PutCourse(ctx context.Context, c attendance.CourseEntry) error {
	r.say(attendance.CourseRow, c.ID.String(), c.ID)
	moved, err := r.q.NodesMoved(ctx, c.Term, c.ID)
	if err != nil {
		return fmt.Errorf("find pendrives of the course's semesters: %w", err)
	}
	r.rescoped = append(r.rescoped, moved...)
	return r.q.PutCourse(ctx, dbsqlc.PutCourseParams{
		ID: c.ID, TermID: c.Term, TeacherID: c.Teacher, Code: c.Code, Name: c.Name,
		DefaultMinutes: int32(c.DefaultMinutes), ArchivedAt: r.archived(c.Archived), //nolint:gosec // the table checks
	})
}

func (r *registrar) PutTeacher(ctx context.Context, t attendance.TeacherEntry) error {
	r.teachers[t.ID] = true
	return r.q.PutTeacher(ctx, dbsqlc.PutTeacherParams{
		ID: t.ID, Name: t.Name, Code: t.Code, PINHash: t.PINHash, Email: t.Email, ArchivedAt: r.archived(t.Archived),
	})
}

func (r *registrar) PutTeaching(ctx context.Context, t attendance.FeedTeaching) error {
	r.say(attendance.TeachingRow, t.ID.String(), t.Course)
	r.teachers[t.Teacher] = true // new to this course, perhaps
	n, err := r.q.PutTeaching(ctx, dbsqlc.PutTeachingParams{
		ID: t.ID, CourseID: t.Course, TeacherID: t.Teacher, FromAt: at(t.FromMS), ToAt: nullable(attendance.FromMS(t.ToMS)),
	})
	if err == nil && n == 0 {
		return attendance.Invalid{Field: "id", Why: "belongs to another teacher or course: end that teaching and add one"}
	}
	return err
}

func (r *registrar) PutStudent(ctx context.Context, s attendance.StudentEntry) error {
	r.students[s.ID] = true
	return r.q.PutStudent(ctx, dbsqlc.PutStudentParams{
		ID: s.ID, Name: s.Name, UniversityRoll: s.UniversityRoll, EnrolmentNo: s.EnrolmentNo, Email: s.Email, Email2: s.Email2,
		PasswordHash: s.PasswordHash, ArchivedAt: r.archived(s.Archived),
	})
}

func (r *registrar) PutEnrolment(ctx context.Context, e attendance.FeedEnrolment) error {
	r.say(attendance.EnrolmentRow, e.ID.String(), e.Course)
	r.students[e.Student] = true // new to this course, perhaps
	r.rosters[e.Course] = true
	n, err := r.q.PutEnrolment(ctx, dbsqlc.PutEnrolmentParams{
		ID: e.ID, CourseID: e.Course, StudentID: e.Student, Roll: int32(e.Roll), //nolint:gosec // no class is that large
		FromAt: at(e.FromMS), ToAt: nullable(attendance.FromMS(e.ToMS)),
	})
	if err == nil && n == 0 {
		return attendance.Invalid{Field: "id", Why: "belongs to another student or course: end that enrolment and add one"}
	}
	return err
}

func (r *registrar) PutSetting(ctx context.Context, s attendance.SettingEntry) error {
	r.say(attendance.SettingRow, s.Key, attendance.ID{})
	return r.q.PutSetting(ctx, s.Key, s.Value, s.Travels)
}

// archived is the time of archiving; a row that is archived already keeps its own.
func (r *registrar) archived(yes bool) *time.Time {
	if !yes {
		return nil
	}
	return &r.now
}

func day(t time.Time) pgtype.Date { return pgtype.Date{Time: t, Valid: !t.IsZero()} }

func keys(set map[attendance.ID]bool) []attendance.ID {
	out := make([]attendance.ID, 0, len(set))
	for id := range set {
		out = append(out, id)
	}
	return out
}

// taken says which field has a value that another row has.
var taken = map[string]attendance.Taken{
	"term_name":               {Field: "name", Why: "another term has this name"},
	"course_code":             {Field: "code", Why: "another course has this code: archive that one first, or choose another"},
	"teacher_code":            {Field: "code", Why: "another teacher has this code"},
	"student_university_roll": {Field: "university_roll", Why: "another student has this number; look among the archived, too"},
	"student_enrolment_no":    {Field: "enrolment_no", Why: "another student has this number; look among the archived, too"},
	"enrolment_open_roll":     {Field: "roll", Why: "another student of this course has this roll"},
	"enrolment_open_student":  {Field: "student", Why: "is enrolled in this course already"},
	"account_username":        {Field: "username", Why: "another account has this name"},
	"node_name":               {Field: "name", Why: "another pendrive has this name: issue that one again, or choose another"},
	"request_once":            {Field: "session_id", Why: "a request about it waits already: withdraw that one, or wait"},
	"teaching_open":           {Field: "teacher", Why: "holds this course already"},
	"pairing_selector_key":    {Field: "code", Why: "another scanner's begins so: ask for one more"},
	"device_mac":              {Field: "mac_address", Why: "another scanner has it; look among those that turned up by themselves, and those that were shut out"},
}

// wrong says which field broke which rule of the tables, in words.
var wrong = map[string]attendance.Invalid{
	"enrolment_roll_check":         {Field: "roll", Why: "must be 1 or more"},
	"device_course_id_fkey":        {Field: "course_id", Why: "is no course of this school"},
	"course_default_minutes_check": {Field: "default_minutes", Why: "must be between 1 and 720"},
}

// refused turns a broken rule of the tables into the domain's error.
func refused(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	if has, ok := taken[pg.ConstraintName]; ok {
		return has
	}
	if bad, ok := wrong[pg.ConstraintName]; ok {
		return bad
	}
	if pg.Code == "23503" { // foreign_key_violation
		return attendance.Invalid{Field: "id", Why: "something refers to it, or what it refers to is not there (" + pg.ConstraintName + ")"}
	}
	return err
}
