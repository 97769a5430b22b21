package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/arise-attendance/arise/api/attendance"
)

// Imports does what files of the office say.
type Imports interface {
	// Run works at one for a while, and reports whether there is more to do.
	Run(ctx context.Context, id attendance.ID) (bool, error)
	// Resume goes on with those at which nobody works.
	Resume(ctx context.Context) error
}

// RunImport applies or takes back an import, whichever was begun; without one, it
// looks for those that a killed server left.
type RunImport struct {
	Import attendance.ID `json:"import,omitzero"`
}

// Kind is for River.
func (RunImport) Kind() string { return "run_import" }

type importWorker struct {
	river.WorkerDefaults[RunImport]
	imports Imports
}

func (w *importWorker) Work(ctx context.Context, job *river.Job[RunImport]) error {
	if job.Args.Import.IsZero() {
		return w.imports.Resume(ctx)
	}
	more, err := w.imports.Run(ctx, job.Args.Import)
	if err == nil && more {
		return river.JobSnooze(0) // others may go first
	}
	return err
}

// importFor is more than one run works; hashing one batch of passwords is its last.
const importFor = 5 * time.Minute

// Timeout is for River.
func (w *importWorker) Timeout(*river.Job[RunImport]) time.Duration { return importFor }

// resumeEvery is how soon an import goes on after its server was killed.
const resumeEvery = time.Minute

// Begin enqueues an import in the transaction that begins it.
func (q *Queue) Begin(ctx context.Context, tx pgx.Tx, begun attendance.ID) error {
	if _, err := q.client.InsertTx(ctx, tx, RunImport{Import: begun}, nil); err != nil {
		return fmt.Errorf("enqueue import %s: %w", begun, err)
	}
	return nil
}
