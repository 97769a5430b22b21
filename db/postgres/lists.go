package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/attendance/office"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// Lists are what the office looks through, page by page. Where a page begins is
// said by the last row before it, never by a number of rows: what is added or
// archived meanwhile shifts nothing.
type Lists struct {
	q   *dbsqlc.Queries
	now func() time.Time
}

// Lists of the school.
func (s *Store) Lists() Lists { return Lists{dbsqlc.New(s.pool), s.now} }

// Terms are the semesters, by "name", "start", or when they were made.
func (l Lists) Terms(ctx context.Context, q office.Query) (office.Page[office.Term], error) {
	rows, err := l.q.ListTerms(ctx, dbsqlc.ListTermsParams{
		Sort: q.Sort, Archived: q.Archived, One: q.ID != nil, ID: wanted(q), Words: patterns(q.Words), Started: q.After != nil, Back: q.Back,
		AfterKey: after(q).Key, AfterID: after(q).ID, Most: more(q),
	})
	out := cut(rows, q, func(r dbsqlc.ListTermsRow) (office.Term, office.Mark) {
		t := attendance.Term{ID: r.ID, Name: r.Name, StartsOn: date(r.StartsOn), EndsOn: date(r.EndsOn), Archived: r.ArchivedAt != nil}
		return office.Term{Term: t, ArchivedAt: moment(r.ArchivedAt), Courses: int(r.Courses)}, office.Mark{Key: r.Key, ID: r.ID}
	})
	return count(out, err, q, "semester", func() (int64, error) { return l.q.CountTerms(ctx, q.Archived, patterns(q.Words)) })
}

// Teachers are the teachers, by "name", "code", or when they were made.
func (l Lists) Teachers(ctx context.Context, q office.Query) (office.Page[office.Teacher], error) {
	now := l.now()
	rows, err := l.q.ListTeachers(ctx, dbsqlc.ListTeachersParams{
		Sort: q.Sort, Archived: q.Archived, One: q.ID != nil, ID: wanted(q), CourseID: q.Course, At: now, Words: patterns(q.Words), Started: q.After != nil, Back: q.Back,
		AfterKey: after(q).Key, AfterID: after(q).ID, Most: more(q),
	})
	out := cut(rows, q, func(r dbsqlc.ListTeachersRow) (office.Teacher, office.Mark) {
		return office.Teacher{ID: r.ID, Name: r.Name, Code: r.Code, Email: r.Email, HasPIN: r.HasPIN, ArchivedAt: moment(r.ArchivedAt)},
			office.Mark{Key: r.Key, ID: r.ID}
	})
	return count(out, err, q, "teacher", func() (int64, error) {
		return l.q.CountTeachers(ctx, q.Archived, q.Course, now, patterns(q.Words))
	})
}

// Students are the students, by "name" or "roll".
func (l Lists) Students(ctx context.Context, q office.Query) (office.Page[office.Student], error) {
	now := l.now()
	rows, err := l.q.ListStudents(ctx, dbsqlc.ListStudentsParams{
		Sort: q.Sort, Archived: q.Archived, One: q.ID != nil, ID: wanted(q), NotIn: q.NotIn, CourseID: q.Course, TermID: q.Term, At: now, Words: patterns(q.Words),
		Started: q.After != nil, Back: q.Back, AfterKey: after(q).Key, AfterID: after(q).ID, Most: more(q),
	})
	out := cut(rows, q, func(r dbsqlc.ListStudentsRow) (office.Student, office.Mark) {
		return office.Student{
			ID: r.ID, Name: r.Name, UniversityRoll: r.UniversityRoll, EnrolmentNo: r.EnrolmentNo, Email: r.Email, Email2: r.Email2,
			HasPassword: r.HasPassword, ArchivedAt: moment(r.ArchivedAt),
		}, office.Mark{Key: r.Key, ID: r.ID}
	})
	return count(out, err, q, "student", func() (int64, error) {
		return l.q.CountStudents(ctx, dbsqlc.CountStudentsParams{
			Archived: q.Archived, NotIn: q.NotIn, CourseID: q.Course, TermID: q.Term, At: now, Words: patterns(q.Words),
		})
	})
}

// Courses are the courses, by "name" or "code".
func (l Lists) Courses(ctx context.Context, q office.Query) (office.Page[office.Course], error) {
	now := l.now()
	rows, err := l.q.ListCourses(ctx, dbsqlc.ListCoursesParams{
		At: now, Sort: q.Sort, Archived: q.Archived, One: q.ID != nil, ID: wanted(q), TermID: q.Term, TeacherID: q.Teacher, Words: patterns(q.Words),
		Started: q.After != nil, Back: q.Back, AfterKey: after(q).Key, AfterID: after(q).ID, Most: more(q),
	})
	out := cut(rows, q, func(r dbsqlc.ListCoursesRow) (office.Course, office.Mark) {
		return office.Course{
			CourseEntry: attendance.CourseEntry{
				FeedCourse: attendance.FeedCourse{ID: r.ID, Code: r.Code, Name: r.Name, DefaultMinutes: int(r.DefaultMinutes), Archived: r.ArchivedAt != nil},
				Term:       r.TermID, Teacher: r.TeacherID,
			},
			TermName: said(r.TermName), TeacherName: said(r.TeacherName), Teachers: r.Teachers, Enrolled: int(r.Enrolled), ArchivedAt: moment(r.ArchivedAt),
		}, office.Mark{Key: r.Key, ID: r.ID}
	})
	return count(out, err, q, "course", func() (int64, error) {
		return l.q.CountCourses(ctx, dbsqlc.CountCoursesParams{
			Archived: q.Archived, TermID: q.Term, TeacherID: q.Teacher, At: now, Words: patterns(q.Words),
		})
	})
}

// TermRoster are the students of a semester's courses, by their smallest roll.
func (l Lists) TermRoster(ctx context.Context, q office.Query) (office.Page[office.TermStudent], error) {
	now := l.now()
	var roll int64
	if q.After != nil {
		var err error
		if roll, err = strconv.ParseInt(q.After.Key, 10, 32); err != nil {
			return office.Page[office.TermStudent]{}, office.ErrMark
		}
	}
	rows, err := l.q.ListTermRoster(ctx, dbsqlc.ListTermRosterParams{
		TermID: q.Term, At: now, Words: patterns(q.Words), Started: q.After != nil, AfterRoll: int32(roll), AfterID: after(q).ID, Most: more(q), //nolint:gosec // parsed as 32 bits
	})
	out := cut(rows, q, func(r dbsqlc.ListTermRosterRow) (office.TermStudent, office.Mark) {
		return office.TermStudent{Student: r.ID, Name: r.Name, UniversityRoll: r.UniversityRoll, Courses: r.Courses, Roll: int(r.Roll)},
			office.Mark{Key: strconv.Itoa(int(r.Roll)), ID: r.ID}
	})
	return count(out, err, q, "", func() (int64, error) { return l.q.CountTermRoster(ctx, q.Term, now, patterns(q.Words)) })
}

// Enrolled are the students of a course now, and those who will come, by roll.
func (l Lists) Enrolled(ctx context.Context, course attendance.ID) ([]office.Enrolled, error) {
	rows, err := l.q.Enrolled(ctx, course, l.now())
	out := make([]office.Enrolled, len(rows))
	for i, r := range rows {
		out[i] = office.Enrolled{Student: r.StudentID, Name: r.Name, UniversityRoll: r.UniversityRoll, Roll: int(r.Roll), From: r.FromAt}
	}
	return out, err
}

// Teachings are all teachers of a course, past and to come, the oldest first.
func (l Lists) Teachings(ctx context.Context, course attendance.ID) ([]office.Teaching, error) {
	rows, err := l.q.TeachingsOfCourse(ctx, course)
	out := make([]office.Teaching, len(rows))
	for i, r := range rows {
		out[i] = office.Teaching{Teacher: r.TeacherID, Name: r.Name, Code: r.Code, From: r.FromAt, To: moment(r.ToAt)}
	}
	return out, err
}

// more is one row more than a page has, to see whether there is another page.
func more(q office.Query) int32 { return int32(q.Most + 1) } //nolint:gosec // a page is small

func wanted(q office.Query) attendance.ID {
	if q.ID == nil {
		return attendance.ID{}
	}
	return *q.ID
}

func after(q office.Query) office.Mark {
	if q.After == nil {
		return office.Mark{}
	}
	return *q.After
}

// cut makes a page of the rows that were read.
func cut[R, T any](rows []R, q office.Query, read func(R) (T, office.Mark)) office.Page[T] {
	p := office.Page[T]{Rows: make([]T, 0, len(rows))}
	var last office.Mark
	for i, r := range rows {
		if i == q.Most {
			p.Next = &last
			break
		}
		var row T
		row, last = read(r)
		p.Rows = append(p.Rows, row)
	}
	return p
}

// count completes a page. What was asked for by its id has to be there.
func count[T any](p office.Page[T], err error, q office.Query, what string, total func() (int64, error)) (office.Page[T], error) {
	switch {
	case err != nil:
		return p, fmt.Errorf("list: %w", err)
	case q.ID != nil && len(p.Rows) == 0:
		return p, attendance.Missing{What: what, Key: q.ID.String()}
	case q.ID != nil, q.After == nil && p.Next == nil: // all of it is here
		p.Total = len(p.Rows)
		return p, nil
	}
	n, err := total()
	p.Total = int(n)
	return p, err
}

var wild = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// patterns find words anywhere in a text.
func patterns(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = "%" + wild.Replace(w) + "%"
	}
	return out
}

func said(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
