// Package outbox shows the office what leaves the school and what did not: the log
// of mails, and jobs that failed. Only the cloud answers it.
package outbox

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/mail"
	"github.com/arise-attendance/arise/api/rest"
)

// Mails is the log.
type Mails interface {
	Mails(ctx context.Context, w mail.Which) ([]mail.Mail, error)
	// Resend queues one that failed, or of which nobody knows whether it left.
	Resend(ctx context.Context, id attendance.ID) error
	Queue(ctx context.Context, m mail.Mail) error
}

// Failure is a job that failed and is tried again later, or that was given up.
type Failure struct {
	ID       int64
	Kind     string
	State    string // retryable or discarded
	Attempts int
	Most     int
	At       time.Time // of the last attempt
	NextAt   time.Time // zero: was given up
	Error    string
}

// Jobs are what the server does later.
type Jobs interface {
	// Failures are the newest so many.
	Failures(ctx context.Context, most int) ([]Failure, error)
	// Again has one tried now; ErrNotFound when there is none.
	Again(ctx context.Context, id int64) error
}

// Deps is what the operations need. A zero Deps is enough to print the contract.
type Deps struct {
	Service *attendance.Service
	Mails   Mails
	Jobs    Jobs
	Sends   bool // a mail server is configured
}

// Register mounts the outbox.
func Register(api huma.API, d Deps) {
	d.mails(api)
	d.jobs(api)
}

func ofAdmin(op huma.Operation) huma.Operation {
	op.Tags, op.Security = []string{"Outbox"}, rest.Only(attendance.RoleAdmin)
	return rest.Served(op, "cloud")
}
