package jobs

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/arise-attendance/arise/api/attendance"
)

// Failure is a job that failed and is tried again later, or that was given up.
type Failure struct {
	ID       int64
	Kind     string
	State    string
	Attempts int
	Most     int
	At       time.Time
	NextAt   time.Time // zero: was given up
	Error    string
}

// Failures are the newest so many jobs that failed.
func (q *Queue) Failures(ctx context.Context, most int) ([]Failure, error) {
	got, err := q.client.JobList(ctx, river.NewJobListParams().
		States(rivertype.JobStateRetryable, rivertype.JobStateDiscarded).OrderBy(river.JobListOrderByID, river.SortOrderDesc).First(most))
	if err != nil {
		return nil, fmt.Errorf("list jobs that failed: %w", err)
	}
	out := make([]Failure, len(got.Jobs))
	for i, j := range got.Jobs {
		out[i] = Failure{ID: j.ID, Kind: j.Kind, State: string(j.State), Attempts: j.Attempt, Most: j.MaxAttempts}
		if j.AttemptedAt != nil {
			out[i].At = *j.AttemptedAt
		}
		if j.State == rivertype.JobStateRetryable {
			out[i].NextAt = j.ScheduledAt
		}
		if n := len(j.Errors); n > 0 {
			out[i].Error = j.Errors[n-1].Error
		}
	}
	return out, nil
}

// Again has a job tried now.
func (q *Queue) Again(ctx context.Context, id int64) error {
	_, err := q.client.JobRetry(ctx, id)
	if errors.Is(err, rivertype.ErrNotFound) {
		return attendance.Missing{What: "job", Key: strconv.FormatInt(id, 10)}
	}
	return err
}
