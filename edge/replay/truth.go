package replay

import (
	"context"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// slowest is how long an answer may have travelled to tell the time still.
const slowest = 8 * time.Second

// truth is what time it is, as an answer says that was asked for a while ago
// (Cristian, "Probabilistic Clock Synchronization", 1989); zero: it does not say.
func (r *Replay) truth(said, asked time.Time) time.Time {
	took := r.o.World.Now().Sub(asked)
	if said.IsZero() || took < 0 || took > slowest {
		return time.Time{}
	}
	return said.Add(took / 2)
}

// hear takes over what time the cloud says it is.
func (r *Replay) hear(ctx context.Context, now time.Time) error {
	if now.IsZero() || !r.o.Service.Clock().News(now, attendance.ByCloud) {
		return nil // spare the medium
	}
	return r.o.Log.Hear(ctx, func(ctx context.Context, tx attendance.Outlog) error {
		return r.o.Service.Hear(ctx, tx, now, attendance.ByCloud)
	})
}
