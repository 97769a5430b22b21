package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"
)

// Retention drops what the school need not know any longer. How long that is, is
// said where it is kept.
type Retention interface {
	// ForgetSignals drops hints that codes of online classes were passed on.
	ForgetSignals(ctx context.Context) error
	// ForgetMails drops what was written, and later that it was.
	ForgetMails(ctx context.Context) error
	// ForgetImports drops files of the office of long ago.
	ForgetImports(ctx context.Context) (int64, error)
}

// forgetEvery is how often old things are dropped.
const forgetEvery = 24 * time.Hour

// ForgetOld drops what is too old to keep.
type ForgetOld struct{}

// Kind is for River.
func (ForgetOld) Kind() string { return "forget_old" }

type forgetWorker struct {
	river.WorkerDefaults[ForgetOld]
	old Retention
}

func (w *forgetWorker) Work(ctx context.Context, _ *river.Job[ForgetOld]) error {
	_, err := w.old.ForgetImports(ctx)
	return errors.Join(err, w.old.ForgetSignals(ctx), w.old.ForgetMails(ctx))
}
