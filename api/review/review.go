// Package review holds the operations on what somebody wants changed in the
// register, who decides it, and the ledger that proves it. Only the cloud answers
// them. It reaches data through small interfaces of its own and imports rest, auth
// and attendance only.
package review

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/rest"
)

// Ledger is the append-only audit of what people changed.
type Ledger interface {
	// Audit reads it, the newest row first.
	Audit(ctx context.Context, by attendance.AuditFilter) ([]attendance.AuditEntry, error)
	AuditHead(ctx context.Context) (attendance.AuditHead, error)
}

// Deps is what the operations need. A zero Deps is enough to print the contract.
type Deps struct {
	Service  *attendance.Service
	Ledger   Ledger
	Requests Requests
}

// Register mounts them.
func Register(api huma.API, d Deps) {
	d.audit(api)
	d.asking(api)
	d.listing(api)
	d.answering(api)
}

// ofAdmin is an operation for the office.
func ofAdmin(op huma.Operation) huma.Operation {
	return only(op, attendance.RoleAdmin)
}

func ofTeacher(op huma.Operation) huma.Operation { return only(op, attendance.RoleTeacher) }

func ofStudent(op huma.Operation) huma.Operation { return only(op, attendance.RoleStudent) }

func only(op huma.Operation, role attendance.Role) huma.Operation {
	op.Security = rest.Only(role)
	if op.Tags == nil {
		op.Tags = []string{"Requests"}
	}
	return rest.Served(op, "cloud")
}

// at prints a time as the contract does.
func at(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
