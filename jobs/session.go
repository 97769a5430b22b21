package jobs

import (
	"context"

	"github.com/riverqueue/river"

	"github.com/arise-attendance/arise/api/attendance"
)

// CloseSession ends sessions whose time is up. Session only says why the job
// exists: an extension may have moved the end, and another may be due as well.
type CloseSession struct {
	Session attendance.ID `json:"session,omitzero"`
}

// Kind is for River.
func (CloseSession) Kind() string { return "close_session" }

type closeWorker struct {
	river.WorkerDefaults[CloseSession]
	rules *attendance.Service
}

func (w *closeWorker) Work(ctx context.Context, _ *river.Job[CloseSession]) error {
	_, err := w.rules.CloseDue(ctx)
	return err
}

// SettleInbox places facts that came before the session they belong to.
type SettleInbox struct {
	Session attendance.ID `json:"session"`
}

// Kind is for River.
func (SettleInbox) Kind() string { return "settle_inbox" }

type settleWorker struct {
	river.WorkerDefaults[SettleInbox]
	rules *attendance.Service
	inbox Inbox
}

func (w *settleWorker) Work(ctx context.Context, job *river.Job[SettleInbox]) error {
	return w.inbox.InSettle(ctx, func(ctx context.Context, tx attendance.Inbound) error {
		_, err := w.rules.Settle(ctx, tx, job.Args.Session)
		return err
	})
}
