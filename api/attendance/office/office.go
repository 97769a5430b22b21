// Package office holds the rules by which a school's office keeps its people,
// courses and who is in them: what is refused, what an archived student leaves
// behind, what a new roll number does to the past.
//
// It owns no storage. Every change is one transaction of a [Registry], which also
// tells the pendrives; a change that is refused leaves nothing.
package office

import (
	"context"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Registry runs a change of the roster in one transaction.
type Registry interface {
	Change(ctx context.Context, fn func(context.Context, attendance.Registrar) error) (int64, error)
}

// Office changes the roster.
type Office struct {
	Registry Registry
	Now      func() time.Time
	NewID    func() (attendance.ID, error)
}

// desk is one change: the transaction, and the moment at which it happens.
type desk struct {
	attendance.Registrar
	clock func() time.Time
	now   time.Time
	newID func() (attendance.ID, error)
}

func (o Office) change(ctx context.Context, fn func(context.Context, *desk) error) error {
	_, err := o.Registry.Change(ctx, func(ctx context.Context, r attendance.Registrar) error {
		return fn(ctx, o.desk(r))
	})
	return err
}

func (o Office) desk(r attendance.Registrar) *desk {
	d := &desk{Registrar: r, clock: o.Now, newID: o.NewID}
	d.tick()
	return d
}

// add is a change that makes a row.
func (o Office) add(ctx context.Context, fn func(context.Context, *desk, attendance.ID) error) (attendance.ID, error) {
	id, err := o.NewID()
	if err != nil {
		return attendance.ID{}, err
	}
	return id, o.change(ctx, func(ctx context.Context, d *desk) error { return fn(ctx, d, id) })
}

// tick looks at the clock again, once a change has the row that it works on: it may
// have waited for another change, and must not happen before that one. Times are
// in milliseconds, as the pendrives learn them.
func (d *desk) tick() { d.now = d.clock().Truncate(time.Millisecond) }

func (d *desk) ms() int64 { return d.now.UnixMilli() }

// running reports whether something with an end, 0 for none, goes on after now.
func (d *desk) running(toMS int64) bool { return toMS == 0 || toMS > d.ms() }
