package node

import (
	"context"
	"fmt"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// remember makes a clock start from what this drive was told of the time.
func (n *Node) remember(ctx context.Context, clock *attendance.Clock) error {
	last, heard, err := n.store.LastAnchor(ctx)
	if err != nil {
		return fmt.Errorf("read what time it was: %w", err)
	}
	a := clock.Remember(last, heard)
	if n.store.Failed() != nil {
		return nil //nolint:nilerr // it can be read still
	}
	return n.store.Hear(ctx, func(ctx context.Context, tx attendance.Outlog) error { return tx.KeepAnchor(ctx, a) })
}

// SetClock takes a teacher's word for what time it is: the school's local time.
func (o office) SetClock(ctx context.Context, local time.Time) error {
	at := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), 0, o.config.Zone)
	_, heard, err := o.store.LastAnchor(ctx)
	if err != nil {
		return err
	}
	switch {
	case at.Before(heard.Add(-attendance.MaxAhead)):
		return attendance.Invalid{Field: "local_time", Why: "this pendrive heard from the school at " + heard.In(o.config.Zone).Format("15:04 on 2 January 2006") + ": it must be later"}
	case at.Year() < 2024 || at.Year() > 2100:
		return attendance.Invalid{Field: "local_time", Why: "look at the year"}
	}
	err = o.store.Hear(ctx, func(ctx context.Context, tx attendance.Outlog) error {
		return o.room.service.Hear(ctx, tx, at, attendance.ByTeacher)
	})
	if err == nil {
		o.hub.All()
	}
	return err
}
