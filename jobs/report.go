package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/arise-attendance/arise/api/attendance"
)

// Papers makes the reports that are too large to wait for.
type Papers interface {
	// Build makes one, from nothing; the last try says why it failed.
	Build(ctx context.Context, id attendance.ID, last bool) error
	// OrderDue orders those that are made regularly and are due.
	OrderDue(ctx context.Context) error
	// Forget deletes those that were kept long enough.
	Forget(ctx context.Context) error
}

const (
	reportQueue  = "report"
	reportAtOnce = 1 // the classrooms come first
	reportTries  = 3
	// reportFor is how long one may take. River takes a job for lost after an hour.
	reportFor   = 30 * time.Minute
	forgetPaper = 6 * time.Hour
)

// BuildReport makes a report that somebody asked for.
type BuildReport struct {
	Report attendance.ID `json:"report"`
}

// Kind is for River.
func (BuildReport) Kind() string { return "build_report" }

type reportWorker struct {
	river.WorkerDefaults[BuildReport]
	papers Papers
}

func (w *reportWorker) Timeout(*river.Job[BuildReport]) time.Duration { return reportFor }

func (w *reportWorker) Work(ctx context.Context, job *river.Job[BuildReport]) error {
	return w.papers.Build(ctx, job.Args.Report, job.Attempt >= job.MaxAttempts)
}

// OrderReports orders reports that are made regularly and are due.
type OrderReports struct{}

// Kind is for River.
func (OrderReports) Kind() string { return "order_reports" }

// orderEvery is how late a regular report may be.
const orderEvery = 5 * time.Minute

type orderWorker struct {
	river.WorkerDefaults[OrderReports]
	papers Papers
}

func (w *orderWorker) Work(ctx context.Context, _ *river.Job[OrderReports]) error {
	return w.papers.OrderDue(ctx)
}

// ForgetReports deletes reports that were kept long enough.
type ForgetReports struct{}

// Kind is for River.
func (ForgetReports) Kind() string { return "forget_reports" }

type forgetReportsWorker struct {
	river.WorkerDefaults[ForgetReports]
	papers Papers
}

func (w *forgetReportsWorker) Work(ctx context.Context, _ *river.Job[ForgetReports]) error {
	return w.papers.Forget(ctx)
}

// Order enqueues a report's making in the transaction that keeps what was asked.
func (q *Queue) Order(ctx context.Context, tx pgx.Tx, report attendance.ID) error {
	_, err := q.client.InsertTx(ctx, tx, BuildReport{Report: report}, &river.InsertOpts{Queue: reportQueue, MaxAttempts: reportTries})
	if err != nil {
		return fmt.Errorf("enqueue report %s: %w", report, err)
	}
	return nil
}
