package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

var (
	_ attendance.Figures = (*tx)(nil)
	_ attendance.Marks   = (*tx)(nil)
)

// InFigures runs fn on one consistent state without writing.
func (s *Store) InFigures(ctx context.Context, fn func(context.Context, attendance.Figures) error) error {
	return s.read(ctx, func(ctx context.Context, t *tx) error { return fn(ctx, t) })
}

func (t *tx) CourseLines(ctx context.Context, term attendance.ID, at time.Time, want attendance.Parts) ([]attendance.CourseLine, error) {
	if !term.IsZero() {
		if _, err := t.q.TermName(ctx, term); err != nil {
			return nil, missing(err, "semester", term)
		}
	}
	rows, err := t.q.CourseLines(ctx, at, want.Footings, want.Bands, term)
	if err != nil {
		return nil, err
	}
	out, policies := make([]attendance.CourseLine, len(rows)), policies{}
	for i, r := range rows {
		out[i] = attendance.CourseLine{
			Course: attendance.Course{ID: r.ID, Code: r.Code, Name: r.Name, DefaultMinutes: int(r.DefaultMinutes), Archived: r.ArchivedAt != nil},
			Term:   r.TermID, TermName: r.TermName, Teachers: r.Teachers, Enrolled: int(r.Enrolled),
			Stored: attendance.CourseTotal{
				Sessions: int(r.Sessions), Online: int(r.Online), Expected: int(r.Expected), Tally: tallied(r.Present, r.Late, r.Absent, r.Excused, r.Duty),
			},
			Strip: attendance.Strip{Course: r.ID, Sessions: r.Footings, Members: r.Members, Bands: r.MemberBands},
		}
		if out[i].Policy, err = policies.read(r.Policy); err != nil {
			return nil, fmt.Errorf("decode policy of course %s: %w", r.ID, err)
		}
	}
	return out, nil
}

// policies were decoded already: a school has few, and each course and session
// carries one.
type policies map[string]attendance.Policy

func (p policies) read(raw string) (attendance.Policy, error) {
	if known, ok := p[raw]; ok {
		return known, nil
	}
	var out attendance.Policy
	err := json.Unmarshal([]byte(raw), &out)
	p[raw] = out
	return out, err
}

func (t *tx) CourseLine(ctx context.Context, id attendance.ID, at time.Time) (attendance.CourseLine, error) {
	r, err := t.q.CourseLine(ctx, at, id)
	if err != nil {
		return attendance.CourseLine{}, missing(err, "course", id)
	}
	out := attendance.CourseLine{
		Course: attendance.Course{ID: r.ID, Code: r.Code, Name: r.Name, DefaultMinutes: int(r.DefaultMinutes), Archived: r.ArchivedAt != nil},
		Term:   r.TermID, TermName: r.TermName, Teachers: r.Teachers, Enrolled: int(r.Enrolled),
	}
	return out, json.Unmarshal([]byte(r.Policy), &out.Policy)
}

func (t *tx) Pending(ctx context.Context, at time.Time) (map[attendance.ID]bool, error) {
	rows, err := t.q.Pending(ctx, at)
	out := make(map[attendance.ID]bool, len(rows))
	for _, id := range rows {
		out[id] = true
	}
	return out, err
}

func (t *tx) Strips(ctx context.Context, in []attendance.ID) ([]attendance.Strip, error) {
	rows, err := t.q.Strips(ctx, in)
	out := make([]attendance.Strip, len(rows))
	for i, r := range rows {
		out[i] = attendance.Strip{Course: r.CourseID, Sessions: r.Sessions, Members: r.Members, Bands: r.Bands, Cells: attendance.Cells(r.Cells)}
	}
	return out, err
}

func tallied[N int32 | int64](present, late, absent, excused, duty N) attendance.Tally {
	return attendance.Tally{Present: int(present), Late: int(late), Absent: int(absent), Excused: int(excused), Duty: int(duty)}
}

func (t *tx) People(ctx context.Context) (int, error) {
	n, err := t.q.People(ctx)
	return int(n), err
}

func (t *tx) PeopleIn(ctx context.Context, in []attendance.ID, at time.Time) (int, error) {
	n, err := t.q.PeopleIn(ctx, in, at)
	return int(n), err
}

func (t *tx) StudentSums(ctx context.Context, in []attendance.ID, at time.Time) ([]attendance.CourseStudent, error) {
	rows, err := t.q.StudentSums(ctx, in, at)
	out := make([]attendance.CourseStudent, len(rows))
	for i, r := range rows {
		out[i] = attendance.CourseStudent{Course: r.CourseID, StudentCount: attendance.StudentCount{
			Student: r.StudentID, Tally: tallied(r.Present, r.Late, r.Absent, r.Excused, r.Duty),
			Streak: attendance.Streak{Current: int(r.CurrentStreak), Longest: int(r.LongestStreak)},
		}}
	}
	return out, err
}

func (t *tx) Missed(ctx context.Context, in []attendance.ID, least int, at time.Time) ([]attendance.CourseStudent, error) {
	rows, err := t.q.Missed(ctx, n32(least), in, at)
	out := make([]attendance.CourseStudent, len(rows))
	for i, r := range rows {
		out[i] = attendance.CourseStudent{Course: r.CourseID, StudentCount: attendance.StudentCount{Student: r.StudentID, Missed: int(r.Missed)}}
	}
	return out, err
}

func (t *tx) MembersOf(ctx context.Context, seats []attendance.CourseStudent) (map[attendance.CourseSeat]attendance.Member, error) {
	courses, students := make([]attendance.ID, len(seats)), make([]attendance.ID, len(seats))
	for i, s := range seats {
		courses[i], students[i] = s.Course, s.Student
	}
	rows, err := t.q.MembersOf(ctx, courses, students)
	out := make(map[attendance.CourseSeat]attendance.Member, len(rows))
	for _, r := range rows {
		out[attendance.CourseSeat{Course: r.CourseID, Student: r.StudentID}] = attendance.Member{
			Student: r.StudentID, Course: r.CourseID, Roll: int(r.Roll), Name: r.Name,
			UniversityRoll: r.UniversityRoll, EnrolmentNo: r.EnrolmentNo, From: r.FromAt, To: moment(r.ToAt),
		}
	}
	return out, err
}

func (t *tx) OptedIn(ctx context.Context, ids []attendance.ID) (map[attendance.ID]string, error) {
	rows, err := t.q.OptedIn(ctx, ids)
	out := make(map[attendance.ID]string, len(rows))
	for _, r := range rows {
		out[r.ID] = r.Name
	}
	return out, err
}

func (t *tx) TeacherNames(ctx context.Context, ids []attendance.ID) (map[attendance.ID]string, error) {
	rows, err := t.q.NamesOfTeachers(ctx, ids)
	out := make(map[attendance.ID]string, len(rows))
	for _, r := range rows {
		out[r.ID] = r.Name
	}
	return out, err
}

// SetOptedIn says whether a student wants to be named on the leaderboard.
func (s *Store) SetOptedIn(ctx context.Context, student attendance.ID, yes bool) error {
	q := dbsqlc.New(s.pool)
	if !yes {
		return q.OptOut(ctx, student)
	}
	return q.OptIn(ctx, student, s.now())
}
