package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/arise-attendance/arise/api/attendance"
)

// Counts gives a worker a transaction in which a course can be counted.
type Counts interface {
	InCount(ctx context.Context, fn func(context.Context, attendance.Counter) error) error
	// Uncounted are the courses whose counts lack something.
	Uncounted(ctx context.Context) ([]attendance.ID, error)
}

// countQueue is apart, so that an import that has the whole school counted does
// not hold up the classes that must be closed.
const countQueue = "count"

// countAtOnce is how many courses one server counts at a time.
const countAtOnce = 2

// countEvery finds what nobody tells of: a class that nobody ended.
const countEvery = time.Minute

// oneAtATime: counting a school may take longer than countEvery.
var oneAtATime = river.UniqueOpts{ByQueue: true, ByState: []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled,
}}

// CountCourse adds up what changed in a course. A screen never waits for it: until
// it is done, those who sum count the course themselves.
type CountCourse struct {
	Course attendance.ID `json:"course"`
}

// Kind is for River.
func (CountCourse) Kind() string { return "count_course" }

// CountStale counts whatever is not counted.
type CountStale struct{}

// Kind is for River.
func (CountStale) Kind() string { return "count_stale" }

// Recount enqueues counts of courses, in the transaction that changed them. There
// is one for each change and not one for each course: a job that is running has
// seen its state already, and would swallow the next. Those that come too late find
// nothing to do.
func (q *Queue) Recount(ctx context.Context, tx pgx.Tx, courses []attendance.ID) error {
	todo := make([]river.InsertManyParams, len(courses))
	for i, c := range courses {
		todo[i] = river.InsertManyParams{Args: CountCourse{Course: c}, InsertOpts: &river.InsertOpts{Queue: countQueue}}
	}
	if _, err := q.client.InsertManyFastTx(ctx, tx, todo); err != nil {
		return fmt.Errorf("enqueue %d counts: %w", len(todo), err)
	}
	return nil
}

type countWorker struct {
	river.WorkerDefaults[CountCourse]
	rules  *attendance.Service
	counts Counts
}

func (w *countWorker) Work(ctx context.Context, job *river.Job[CountCourse]) error {
	return count(ctx, w.rules, w.counts, job.Args.Course, false)
}

// count counts a course; unless always, only if something of it is not counted.
func count(ctx context.Context, rules *attendance.Service, counts Counts, course attendance.ID, always bool) error {
	err := counts.InCount(ctx, func(ctx context.Context, tx attendance.Counter) error {
		if notes, err := tx.Stale(ctx, course); err != nil || len(notes) == 0 && !always {
			return err
		}
		return rules.CountCourse(ctx, tx, course)
	})
	if errors.Is(err, attendance.ErrNotFound) { // removed meanwhile, its counts with it
		return nil
	}
	return err
}

type staleWorker struct {
	river.WorkerDefaults[CountStale]
	rules  *attendance.Service
	counts Counts
}

// Timeout leaves time for a whole school.
func (w *staleWorker) Timeout(*river.Job[CountStale]) time.Duration { return time.Hour }

func (w *staleWorker) Work(ctx context.Context, _ *river.Job[CountStale]) error {
	return CountAll(ctx, w.rules, w.counts)
}

// CountAll counts every course whose counts lack something.
func CountAll(ctx context.Context, rules *attendance.Service, counts Counts) error {
	courses, err := counts.Uncounted(ctx)
	if err != nil {
		return err
	}
	var failed []error // one course that cannot be counted must not hide the others
	for _, c := range courses {
		if err := count(ctx, rules, counts, c, true); err != nil {
			failed = append(failed, fmt.Errorf("count %s: %w", c, err))
		}
	}
	return errors.Join(failed...)
}
