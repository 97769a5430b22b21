package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"
)

// Signals are hints that codes of online classes were passed on.
type Signals interface {
	// ForgetSignals drops what is too old to look into.
	ForgetSignals(ctx context.Context) error
}

// forgetEvery is how often old signals are dropped.
const forgetEvery = 24 * time.Hour

// ForgetSignals drops old browsers, addresses and counts of wrong codes.
type ForgetSignals struct{}

// Kind is for River.
func (ForgetSignals) Kind() string { return "forget_signals" }

type forgetWorker struct {
	river.WorkerDefaults[ForgetSignals]
	signals Signals
}

func (w *forgetWorker) Work(ctx context.Context, _ *river.Job[ForgetSignals]) error {
	return w.signals.ForgetSignals(ctx)
}
