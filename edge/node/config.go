// Package node wires the pendrive's program: the SQLite register, the classroom's
// operations, the portals and replay. It holds no rule and no SQL.
package node

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Config is what main read from the environment.
type Config struct {
	Listen string        // address on the LAN
	Data   string        // folder of the register
	Cloud  string        // origin of the cloud; empty: where it was paired
	Every  time.Duration // longest wait between two syncs; 0: only when asked
	Claim  string        // pairs on first start; empty: paired already, or later
	Sealed string        // the first roster of a made pendrive; there need be none
	Legacy bool          // accept original scanners, which sign nothing
	Open   bool          // the browser, when it is started
	Zone   *time.Location

	Volume    func(dir string) string // names the medium; nil: nobody asks
	Version   string
	World     attendance.World
	Portals   http.Handler
	Transport http.RoundTripper // nil: the usual one
	Log       *slog.Logger
	LetGo     func() error // of what else is open on the drive, before it is pulled out; may be nil
}
