// Package jobs does what comes later in the cloud: River workers, and the hook
// that enqueues them in the transaction which made them necessary. A worker
// holds no rule; it calls one of the domain's.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/arise-attendance/arise/api/attendance"
)

// Inbox gives a worker a transaction in which waiting facts can be placed, or leaves.
type Inbox interface {
	InSettle(ctx context.Context, fn func(context.Context, attendance.Inbound) error) error
	Reviews
}

// Store is what the workers need of it.
type Store interface {
	Inbox
	Counts
}

// Queue enqueues and works.
type Queue struct {
	// Ended, if set before Run, hears how each job of this server ended: its kind,
	// and River's state.
	Ended func(kind, state string)

	pool   *pgxpool.Pool
	log    *slog.Logger
	client *river.Client[pgx.Tx]
	node   attendance.ID
	rules  *attendance.Service
}

// New makes a queue whose hook can be given to the store; Serve completes it.
func New(pool *pgxpool.Pool, log *slog.Logger) *Queue {
	return &Queue{pool: pool, log: log}
}

// Migrate brings River's own tables up to date, in the schema the pool uses.
func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
	m, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	if err != nil {
		return fmt.Errorf("prepare the job queue's tables: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("make the job queue's tables: %w", err)
	}
	return nil
}

// atOnce is how many jobs one server works on: the classrooms come first.
const atOnce = 4

// closeEvery is how late a session may be closed. Each session has a job for that,
// but River's leader hands those out, and when its server dies nobody leads for a
// quarter of a minute. So each server looks itself; ending twice is ending once.
const closeEvery = 2 * time.Second

// Serve gives the workers what they call. It must come before the first fact.
func (q *Queue) Serve(rules *attendance.Service, store Store, old Retention, imports Imports, post Post, papers Papers, node attendance.ID) error {
	workers := river.NewWorkers()
	river.AddWorker(workers, &closeWorker{rules: rules})
	river.AddWorker(workers, &settleWorker{rules: rules, inbox: store})
	river.AddWorker(workers, &countWorker{rules: rules, counts: store})
	river.AddWorker(workers, &staleWorker{rules: rules, counts: store})
	river.AddWorker(workers, &leaveWorker{rules: rules, reviews: store})
	river.AddWorker(workers, &forgetWorker{old: old})
	river.AddWorker(workers, &importWorker{imports: imports})
	river.AddWorker(workers, &warnWorker{post: post})
	river.AddWorker(workers, &mailWorker{post: post})
	river.AddWorker(workers, &reportWorker{papers: papers})
	river.AddWorker(workers, &forgetReportsWorker{papers: papers})
	river.AddWorker(workers, &orderWorker{papers: papers})
	client, err := river.NewClient(riverpgxv5.New(q.pool), &river.Config{
		Logger:  slog.New(levelled{q.log.Handler()}),
		Queues:  map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: atOnce}, mailQueue: {MaxWorkers: mailsAtOnce}, reportQueue: {MaxWorkers: reportAtOnce}, countQueue: {MaxWorkers: countAtOnce}},
		Workers: workers,
		PeriodicJobs: []*river.PeriodicJob{
			every("forget_old", forgetEvery, ForgetOld{}),
			every("resume_imports", resumeEvery, RunImport{}),
			every("warn_students", warnEvery, WarnStudents{}),
			every("forget_reports", forgetPaper, ForgetReports{}),
			every("order_reports", orderEvery, OrderReports{}),
			river.NewPeriodicJob(river.PeriodicInterval(countEvery), func() (river.JobArgs, *river.InsertOpts) {
				return CountStale{}, &river.InsertOpts{Queue: countQueue, UniqueOpts: oneAtATime}
			}, &river.PeriodicJobOpts{ID: "count_stale", RunOnStart: true}),
		},
	})
	if err != nil {
		return fmt.Errorf("prepare the job queue: %w", err)
	}
	q.client, q.node, q.rules = client, node, rules
	return nil
}

func every(id string, interval time.Duration, args river.JobArgs) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(interval),
		func() (river.JobArgs, *river.InsertOpts) { return args, nil }, &river.PeriodicJobOpts{ID: id, RunOnStart: true})
}

// Run works until ctx ends, then lets jobs under way finish.
func (q *Queue) Run(ctx context.Context) error {
	done, unsubscribe := q.client.Subscribe(river.EventKindJobCompleted, river.EventKindJobFailed, river.EventKindJobCancelled)
	defer unsubscribe()
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the job queue: %w", err)
	}
	q.watch(ctx, done)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopFor)
	defer cancel()
	err := q.client.Stop(ctx)
	if errors.Is(err, context.DeadlineExceeded) { // a long one: it is cut, and told so
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cutFor)
		defer cancel()
		err = q.client.StopAndCancel(ctx)
	}
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stop the job queue: %w", err)
	}
	return nil
}

// watch closes what is due and tells how jobs ended, until ctx ends.
func (q *Queue) watch(ctx context.Context, done <-chan *river.Event) {
	due := time.NewTicker(closeEvery)
	defer due.Stop()
	for {
		if _, err := q.rules.CloseDue(ctx); err != nil && ctx.Err() == nil {
			q.log.WarnContext(ctx, "sessions that are due were not closed", "error", err)
		}
		for waiting := true; waiting; {
			select {
			case <-ctx.Done():
				return
			case <-due.C:
				waiting = false
			case e := <-done:
				if e != nil && q.Ended != nil {
					q.Ended(e.Job.Kind, string(e.Job.State))
				}
			}
		}
	}
}

// stopFor is how long jobs may take to finish; one that is cut runs again.
const stopFor = 15 * time.Second

// cutFor is how long a job that is cut may take to notice.
const cutFor = 5 * time.Second

// levelled keeps River's routine talk out of an operator's log.
type levelled struct{ slog.Handler }

func (l levelled) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && l.Handler.Enabled(ctx, level)
}

func (l levelled) WithAttrs(attrs []slog.Attr) slog.Handler {
	return levelled{l.Handler.WithAttrs(attrs)}
}

func (l levelled) WithGroup(name string) slog.Handler { return levelled{l.Handler.WithGroup(name)} }
