package jobs

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/arise-attendance/arise/api/attendance"
)

// Reviews gives a worker a transaction in which leaves can be placed.
type Reviews interface {
	InReview(ctx context.Context, fn func(context.Context, attendance.Reviews) error) error
}

// ApplyLeaves places approved leaves: those over a session that was opened or has
// arrived, or one that was approved. Whichever of the two is stored later, its job
// sees both.
type ApplyLeaves struct {
	Session attendance.ID `json:"session,omitzero"`
	Request attendance.ID `json:"request,omitzero"`
}

// Kind is for River.
func (ApplyLeaves) Kind() string { return "apply_leave" }

type leaveWorker struct {
	river.WorkerDefaults[ApplyLeaves]
	rules   *attendance.Service
	reviews Reviews
}

func (w *leaveWorker) Work(ctx context.Context, job *river.Job[ApplyLeaves]) error {
	return w.reviews.InReview(ctx, func(ctx context.Context, tx attendance.Reviews) error {
		var errs []error
		if !job.Args.Session.IsZero() {
			errs = append(errs, w.rules.ApplyLeaves(ctx, tx, job.Args.Session))
		}
		if !job.Args.Request.IsZero() {
			errs = append(errs, w.rules.ApplyLeave(ctx, tx, job.Args.Request))
		}
		return errors.Join(errs...)
	})
}

// Leave enqueues the second look at a leave, in the transaction that approves it.
func (q *Queue) Leave(ctx context.Context, tx pgx.Tx, request attendance.ID) error {
	_, err := q.client.InsertTx(ctx, tx, ApplyLeaves{Request: request}, nil)
	return err
}
