package door

import (
	"net/http"
	"path"
	"strings"
)

// opening is an address that anybody in the room may call. A path that ends with
// a slash stands for all below it.
type opening struct {
	path   string
	writes bool // also what changes something
	finger bool // a refusal would make an original scanner forget it
}

// openings is all that the room reaches, beside the files that pages are made of.
// What an operation checks for itself (a scanner's signature, a student's
// password) it still does.
var openings = []opening{
	{path: "/api/health"},
	{path: "/api/session-status"},
	{path: "/api/mark-attendance-by-roll-id", writes: true, finger: true},
	{path: "/api/bulk-mark-attendance", writes: true, finger: true},
	{path: "/api/device/", writes: true},
	{path: "/api/student/", writes: true}, // signing in; the rest of it only reads
	{path: "/student"},
	{path: "/student/"},
	{path: "/online/"}, // says that such a class is held in the cloud
	{path: Pair, writes: true},
}

// Pair is where the QR code leads.
const Pair = "/pair/"

// opened finds a request's opening.
func opened(r *http.Request) (opening, bool) {
	at := path.Clean(r.URL.Path)
	if at != strings.TrimSuffix(r.URL.Path, "/") && at != "/" { // /api/device/../teacher
		return opening{}, false
	}
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	for _, o := range openings {
		if (reads || o.writes) && (at == o.path || strings.HasSuffix(o.path, "/") && strings.HasPrefix(at, o.path)) {
			return o, true
		}
	}
	// Styles and scripts hold nothing of anybody.
	if reads && !strings.HasPrefix(at, "/api/") && path.Ext(at) != "" {
		return opening{path: at}, true
	}
	return opening{}, false
}

// onlyHere is what not even a paired phone does: let others in, and what somebody
// does who stands at the drive.
func onlyHere(r *http.Request) bool {
	if r.Method != http.MethodPost {
		return false
	}
	switch path.Clean(r.URL.Path) {
	case "/api/edge/phones", "/api/edge/backup", "/api/edge/eject":
		return true
	}
	return false
}

// isPage reports whether a person looks at the answer.
func isPage(r *http.Request) bool {
	return r.Method == http.MethodGet && !strings.HasPrefix(r.URL.Path, "/api/")
}
