package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/arise-attendance/arise/api/attendance"
)

// Post writes to people.
type Post interface {
	// Sweep decides what students must hear, and writes to them.
	Sweep(ctx context.Context) error
	// Send sends one mail; a positive wait means: not now, but after it.
	Send(ctx context.Context, id attendance.ID) (wait time.Duration, err error)
}

// mailQueue is apart: a slow mail server holds up no class.
const mailQueue = "mail"

// mailsAtOnce is what a school's mail server bears.
const mailsAtOnce = 2

// WarnStudents looks for students who must hear that their attendance is low.
type WarnStudents struct{}

// Kind is for River.
func (WarnStudents) Kind() string { return "warn_students" }

// warnEvery is often enough: a notice waits a day for corrections anyway.
const warnEvery = time.Hour

type warnWorker struct {
	river.WorkerDefaults[WarnStudents]
	post Post
}

// Timeout leaves time for a whole school.
func (w *warnWorker) Timeout(*river.Job[WarnStudents]) time.Duration { return 30 * time.Minute }

func (w *warnWorker) Work(ctx context.Context, _ *river.Job[WarnStudents]) error {
	return w.post.Sweep(ctx)
}

// SendMail sends one mail of the log.
type SendMail struct {
	Mail attendance.ID `json:"mail"`
}

// Kind is for River.
func (SendMail) Kind() string { return "send_mail" }

type mailWorker struct {
	river.WorkerDefaults[SendMail]
	post Post
}

func (w *mailWorker) Work(ctx context.Context, job *river.Job[SendMail]) error {
	wait, err := w.post.Send(ctx, job.Args.Mail)
	if err == nil && wait > 0 {
		return river.JobSnooze(wait)
	}
	return err
}

// Post enqueues a mail in the transaction that writes it.
func (q *Queue) Post(ctx context.Context, tx pgx.Tx, mail attendance.ID) error {
	if _, err := q.client.InsertTx(ctx, tx, SendMail{Mail: mail}, &river.InsertOpts{Queue: mailQueue}); err != nil {
		return fmt.Errorf("enqueue mail %s: %w", mail, err)
	}
	return nil
}
