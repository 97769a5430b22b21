package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/mail"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// Posting has a mail sent, when the transaction that writes it commits.
type Posting func(ctx context.Context, tx pgx.Tx, mail attendance.ID) error

// Queue has a mail sent; one with the same effect is not written again.
func (s *Store) Queue(ctx context.Context, m mail.Mail) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := s.queue(ctx, t, m)
		return err
	})
}

func (s *Store) queue(ctx context.Context, t *tx, m mail.Mail) (attendance.ID, error) {
	if s.post == nil {
		return m.ID, errNoQueue
	}
	m.ID = attendance.Derive("mail", []byte(m.Effect))
	n, err := t.q.AddMail(ctx, dbsqlc.AddMailParams{
		ID: m.ID, Kind: string(m.Kind), Effect: m.Effect, StudentID: m.Student, Recipients: m.To,
		Subject: m.Subject, Body: m.Body, ReportID: m.Report, CreatedAt: t.now(),
	})
	if err != nil {
		return m.ID, fmt.Errorf("keep mail: %w", err)
	}
	if n == 0 {
		return m.ID, nil // written before
	}
	return m.ID, s.post(ctx, t.pg, m.ID)
}

// Take hands a mail to whoever sends it now; ErrNotFound when nobody may.
func (s *Store) Take(ctx context.Context, id attendance.ID) (mail.Mail, error) {
	row, err := dbsqlc.New(s.pool).TakeMail(ctx, id)
	return mailOf(row), missing(err, "mail to send", id)
}

// Done notes what became of a mail that was taken.
func (s *Store) Done(ctx context.Context, id attendance.ID, state mail.State, why string) error {
	var sent *time.Time
	if now := s.now(); state == mail.Sent {
		sent = &now
	}
	return dbsqlc.New(s.pool).MailDone(ctx, string(state), why, sent, id)
}

// Resend queues a mail that failed, or that nobody knows of whether it left.
func (s *Store) Resend(ctx context.Context, id attendance.ID) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		if _, err := t.q.Mail(ctx, id); err != nil {
			return missing(err, "mail", id)
		}
		n, err := t.q.RequeueMail(ctx, id)
		if err != nil {
			return fmt.Errorf("queue mail again: %w", err)
		}
		if n == 0 {
			return mail.ErrNotFailed
		}
		return s.post(ctx, t.pg, id)
	})
}

// Mails are the log, newest first, after a place in it.
func (s *Store) Mails(ctx context.Context, w mail.Which) ([]mail.Mail, error) {
	rows, err := dbsqlc.New(s.pool).Mails(ctx, dbsqlc.MailsParams{
		State: string(w.State), StudentID: w.Student, BeforeAt: w.BeforeAt, BeforeID: w.BeforeID, Most: int32(w.Most),
	})
	out := make([]mail.Mail, len(rows))
	for i, r := range rows {
		out[i] = mailOf(r)
	}
	return out, err
}

func mailOf(r dbsqlc.Mail) mail.Mail {
	return mail.Mail{
		ID: r.ID, Kind: mail.Kind(r.Kind), Effect: r.Effect, Student: r.StudentID, To: r.Recipients, Subject: r.Subject, Body: r.Body,
		Report: r.ReportID, State: mail.State(r.State), Attempts: int(r.Attempts), Error: r.Error, CreatedAt: r.CreatedAt, SentAt: moment(r.SentAt),
	}
}

// How long what was written is kept, and that it was.
const (
	keepLetters = 90 * 24 * time.Hour
	keepMailLog = 400 * 24 * time.Hour
)

// ForgetMails blanks old letters, and drops older lines of the log.
func (s *Store) ForgetMails(ctx context.Context) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		now := t.now()
		if err := t.q.BlankMails(ctx, now.Add(-keepLetters)); err != nil {
			return fmt.Errorf("blank old letters: %w", err)
		}
		return t.q.ForgetMails(ctx, now.Add(-keepMailLog))
	})
}
