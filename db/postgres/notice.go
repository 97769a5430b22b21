package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/mail"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

var (
	_ attendance.Telling = (*tx)(nil)
	_ mail.Log           = (*Store)(nil)
)

// CourseIDs are the courses whose students may have to hear something.
func (s *Store) CourseIDs(ctx context.Context) ([]attendance.ID, error) {
	rows, err := dbsqlc.New(s.pool).Courses(ctx)
	out := make([]attendance.ID, len(rows))
	for i, c := range rows {
		out[i] = c.ID
	}
	return out, err
}

// InTelling is InTx for deciding what students must hear.
func (s *Store) InTelling(ctx context.Context, fn func(context.Context, attendance.Telling) error) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error { return fn(ctx, t) })
}

func (t *tx) Told(ctx context.Context, course attendance.ID) (map[attendance.ID]attendance.Notice, error) {
	rows, err := t.q.Told(ctx, course)
	out := make(map[attendance.ID]attendance.Notice, len(rows))
	for _, r := range rows {
		out[r.StudentID] = attendance.Notice{
			ID: r.ID, Student: r.StudentID, Course: course, Band: attendance.Band(r.Band), Through: r.ThroughAt,
		}
	}
	return out, err
}

func (t *tx) Awaited(ctx context.Context, course attendance.ID, since time.Time) (map[attendance.ID]bool, error) {
	ids, err := t.q.Awaited(ctx, course, since)
	out := make(map[attendance.ID]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

func (t *tx) Tell(ctx context.Context, course attendance.ID, tell []attendance.Notice, closed []attendance.ID) error {
	if err := t.q.DropUnsent(ctx, course); err != nil {
		return fmt.Errorf("drop notices that were not sent: %w", err)
	}
	now := t.now()
	for _, n := range tell {
		tally, err := json.Marshal(n.Tally)
		if err != nil {
			return fmt.Errorf("encode tally: %w", err)
		}
		err = t.q.AddNotice(ctx, dbsqlc.AddNoticeParams{
			ID: n.ID, StudentID: n.Student, CourseID: n.Course, Corrects: n.Corrects, Band: string(n.Band), Tally: tally,
			Percent: n.Percent, Needed: int32(n.Needed), ThroughAt: n.Through, CreatedAt: now,
		})
		if err != nil {
			return fmt.Errorf("add notice: %w", err)
		}
	}
	return t.q.CloseNotices(ctx, &now, closed)
}

// Warned are students with something to be told, who can be reached.
func (s *Store) Warned(ctx context.Context, most int) ([]attendance.ID, error) {
	return dbsqlc.New(s.pool).Warned(ctx, int32(most))
}

// Write turns what a student must hear into a mail, and has it sent.
func (s *Store) Write(ctx context.Context, student attendance.ID, words func(mail.Letter) mail.Mail) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		rows, err := t.q.Unsent(ctx, student)
		if err != nil || len(rows) == 0 {
			return err // another replica writes them
		}
		letter, ids, err := letterOf(student, rows)
		if err != nil {
			return err
		}
		m := words(letter)
		if m.ID, err = s.queue(ctx, t, m); err != nil {
			return err
		}
		return t.q.MailNotices(ctx, m.ID, ids)
	})
}

func letterOf(student attendance.ID, rows []dbsqlc.UnsentRow) (mail.Letter, []attendance.ID, error) {
	out := mail.Letter{Student: student, Name: rows[0].StudentName, To: addresses(rows[0].Email, rows[0].Email2)}
	var ids []attendance.ID
	for _, r := range rows {
		ids = append(ids, r.ID)
		line := mail.Line{
			Notice: attendance.Notice{
				ID: r.ID, Student: student, Course: r.CourseID, Corrects: r.Corrects, Band: attendance.Band(r.Band),
				Percent: r.Percent, Needed: int(r.Needed), Through: r.ThroughAt,
			},
			Code: r.Code, CourseName: r.CourseName, OldPercent: r.OldPercent, OldBand: attendance.Band(r.OldBand),
		}
		if err := json.Unmarshal(r.Tally, &line.Tally); err != nil {
			return out, nil, fmt.Errorf("decode tally of notice %s: %w", r.ID, err)
		}
		out.Lines = append(out.Lines, line)
	}
	return out, ids, nil
}

func addresses(all ...string) []string {
	var out []string
	for _, a := range all {
		if a != "" {
			out = append(out, a)
		}
	}
	return out
}

// RefuseMail keeps whether a student wants no mail.
func (s *Store) RefuseMail(ctx context.Context, student attendance.ID, refuse bool) error {
	q := dbsqlc.New(s.pool)
	if refuse {
		return q.RefuseMail(ctx, student, s.now())
	}
	return q.AcceptMail(ctx, student)
}

// RefusesMail reports whether a student wants no mail.
func (s *Store) RefusesMail(ctx context.Context, student attendance.ID) (bool, error) {
	return dbsqlc.New(s.pool).MailRefused(ctx, student)
}

var errNoQueue = errors.New("this store has nobody who sends mail")
