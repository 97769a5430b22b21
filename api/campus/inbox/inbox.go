// Package inbox holds the operations with which the office deals with what could
// not be placed: marks of nobody known, classes that a pendrive was not to hold,
// bytes that nobody can read. Only the cloud answers them; the rules are in
// api/attendance.
package inbox

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/attendance/office"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// Items are what was kept aside.
type Items interface {
	// InInbox gives a transaction that can change the roster too.
	InInbox(ctx context.Context, fn func(context.Context, attendance.Inbox, attendance.Registrar) error) error
	Items(ctx context.Context, by attendance.ItemFilter) ([]attendance.ItemRow, error)
	// ItemCounts is how many wait for each reason.
	ItemCounts(ctx context.Context) (map[attendance.Why]int, error)
}

// Deps is what the operations need. A zero Deps is enough to print the contract.
type Deps struct {
	Service *attendance.Service
	Office  office.Office
	Items   Items
}

// Register mounts them.
func Register(api huma.API, d Deps) {
	d.listing(api)
	d.deciding(api)
	d.admitting(api)
}

func ofAdmin(op huma.Operation) huma.Operation {
	op.Tags, op.Security = []string{"Inbox"}, rest.Only(attendance.RoleAdmin)
	return rest.Served(op, "cloud")
}

// desk is a transaction of somebody who deals with the inbox.
type desk struct {
	attendance.Inbox
	roster attendance.Registrar
	by     attendance.Actor
}

// do deals with one item in a transaction and shows what became of it.
func (d Deps) do(ctx context.Context, fn func(context.Context, desk) (attendance.Item, error)) (*inboxItemOutput, error) {
	var it attendance.Item
	err := d.Items.InInbox(ctx, func(ctx context.Context, tx attendance.Inbox, r attendance.Registrar) (err error) {
		it, err = fn(ctx, desk{tx, r, auth.From(ctx).Actor})
		return err
	})
	switch err = spelt(err); {
	case errors.Is(err, attendance.ErrRuled):
		return nil, rest.NewProblem(http.StatusConflict, "decided", err.Error())
	case errors.Is(err, attendance.ErrMarkedSince):
		return nil, rest.NewProblem(http.StatusConflict, "marked-since", err.Error())
	case errors.Is(err, attendance.ErrUnruled):
		return nil, rest.NewProblem(http.StatusConflict, "undecided", err.Error())
	case err != nil:
		return nil, err
	}
	rows, err := d.Items.Items(ctx, attendance.ItemFilter{Below: it.Number + 1, State: attendance.ItemsAll, Most: 1})
	if err != nil {
		return nil, err
	}
	return &inboxItemOutput{Body: bodyOf(rows[0])}, nil
}
