// Package pendrive holds the operations that only a pendrive answers: how it
// stands, which phones it knows, its backups, and when it may be pulled out. The cloud mounts them as well, so that there
// is one contract, and says that a pendrive answers them.
//
// It knows no disk and no network: edge/node tells.
package pendrive

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/rest"
)

// Deps is what the operations need. A zero Deps is the cloud's, and is enough to
// print the contract.
type Deps struct {
	Drive Drive
}

// Drive is what a pendrive says of itself.
type Drive interface {
	Status(ctx context.Context) (EdgeStatus, error)
	// Invite makes a link that lets one phone in.
	Invite(ctx context.Context) (Invitation, error)
	// SetClock takes a teacher's word for the school's local time; its zone means nothing.
	SetClock(ctx context.Context, local time.Time) error
	// Revoke shuts a phone out.
	Revoke(ctx context.Context, phone attendance.ID) error
	// Backup makes a backup now.
	Backup(ctx context.Context) (Saved, error)
	// Eject sends what it can within seconds, closes the register and ends the
	// program once this is answered. force: also while a class runs.
	Eject(ctx context.Context, force bool) (Ejected, error)
}

// Register mounts what a pendrive answers.
func Register(api huma.API, d Deps) {
	d.status(api)
	d.phones(api)
	d.care(api)
	d.clock(api)
}

// ofEdge marks an operation as answered by a pendrive. Who reaches it at all is
// the door's affair: this computer, and phones that its teacher paired.
func ofEdge(op huma.Operation) huma.Operation {
	op.Tags = []string{"Pendrive"}
	op.Errors = append(op.Errors, http.StatusNotFound)
	return rest.Served(op, "edge")
}

// drive is what answers, or why nothing does.
func (d Deps) drive() (Drive, error) {
	if d.Drive == nil {
		return nil, rest.NewProblem(http.StatusNotFound, "edge-only", "only a pendrive answers this: ask the one in the room")
	}
	return d.Drive, nil
}
