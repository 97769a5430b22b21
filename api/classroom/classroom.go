// Package classroom holds the operations that both servers answer in the same
// way: the cloud, and a pendrive in a room without internet. A handler reads its
// input, makes one call to the domain's Service and shapes the answer; it holds
// no rule and no SQL, and does not know which server it runs in.
package classroom

import (
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/live"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/signin"
)

// Deps is what the operations need. A zero Deps is enough to print the contract.
type Deps struct {
	Service *attendance.Service
	Hub     *live.Hub
	Desk    signin.Desk
	Server  Server
	Sync    Sync
	Legacy  bool // accept original scanners, which sign nothing
	// StopLive ends the live streams when the server shuts down: a stream never
	// ends by itself.
	StopLive <-chan struct{}
}

// Server says which of the two answers.
type Server struct {
	Kind string // "cloud" or "edge"
	Name string // of the pendrive; the cloud has the school's
}

// both marks an operation as answered by the cloud and by a pendrive.
func both(op huma.Operation) huma.Operation { return rest.Served(op, "cloud", "edge") }

// ofTeacher is an operation for a signed-in teacher.
func ofTeacher(op huma.Operation) huma.Operation {
	op.Security = rest.Only(attendance.RoleTeacher)
	if op.Tags == nil {
		op.Tags = []string{"Teacher"}
	}
	return both(op)
}

// Register mounts the classroom.
func Register(api huma.API, d Deps) {
	d.signIn(api)
	d.day(api)
	d.sessions(api)
	d.marks(api)
	d.walkIns(api)
	d.live(api)
	d.reports(api)
	d.sheets(api)
	d.history(api)
	d.details(api)
	d.corrections(api)
	d.deletions(api)
	d.analytics(api)
	d.scanners(api)
	d.originalScanner(api)
	d.devices(api)
	d.sync(api)
}

// at prints a time as the contract does; "never" is null.
func at(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Millisecond)
	return &t
}

// seconds rounds a remaining time down, as the original counted.
func seconds(d time.Duration) int { return int(d / time.Second) }
