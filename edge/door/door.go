// Package door decides who comes in from where, before any operation is looked
// for. There are three places to stand:
//
//   - here: this computer. The teacher's screen, everything.
//   - paired: a phone or another computer that the teacher let in by a QR code.
//     Everything but letting others in.
//   - the room: anybody else in the classroom's network. Scanners, and the pages
//     on which students read; the list is in room.go and everything not on it is
//     refused.
//
// One socket serves all three and looks at who calls, rather than a second one on
// the loopback: scanners, phones and the teacher then know one port, a computer
// asks once whether it may be reached, and no program can sit on the other half of
// the port. Where a connection comes from cannot be pretended: the answers to a
// loopback address never leave the computer.
//
// The door does not replace signing in. It keeps a room full of students away from
// the page where a PIN is typed.
package door

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/go-chi/httprate"

	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/edge/page"
	"github.com/arise-attendance/arise/edge/phone"
)

// Door guards a pendrive's program. Make one with New.
type Door struct {
	phones *phone.Book
	name   string // that the listener was told to use
	pace   *httprate.RateLimiter
}

// perMinute is what one address of the room may ask: a scanner asks once a second
// and a student's page seldom.
const perMinute = 1200

// New makes a door. listen is where the program listens: a name in it is one more
// that it answers to.
func New(phones *phone.Book, listen string) *Door {
	d := &Door{phones: phones}
	if host, _, err := net.SplitHostPort(listen); err == nil {
		d.name = host
	}
	quiet := httprate.WithResponseHeaders(httprate.ResponseHeaders{}) // a problem says it
	d.pace = httprate.NewRateLimiter(perMinute, time.Minute, httprate.WithLimitCounter(httprate.NewLocalLimitCounter(time.Minute)), quiet)
	return d
}

// Guard stands before everything else a router does.
func (d *Door) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !d.answersTo(r) {
			rest.WriteProblem(w, rest.NewProblem(http.StatusMisdirectedRequest, "wrong-host",
				"this program does not answer to that name: use the address on the pendrive's page"))
			return
		}
		from := caller(r)
		if from.IsLoopback() {
			next.ServeHTTP(w, r)
			return
		}
		if known, ok := d.phones.Known(r.Context(), secretOf(r), from.String()); ok {
			d.paired(known, w, r, next)
			return
		}
		d.room(from, w, r, next)
	})
}

// paired lets a phone in until it is shut out.
func (d *Door) paired(known context.Context, w http.ResponseWriter, r *http.Request, next http.Handler) {
	if onlyHere(r) {
		rest.WriteProblem(w, rest.NewProblem(http.StatusForbidden, "here-only", "this is done on the pendrive's own computer"))
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // left by a request before it was paired
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(known, cancel)()
	next.ServeHTTP(w, r.WithContext(ctx))
}

// room lets in what is on the list, small and not too often.
func (d *Door) room(from netip.Addr, w http.ResponseWriter, r *http.Request, next http.Handler) {
	o, ok := opened(r)
	if !ok {
		refuse(w, r)
		return
	}
	if d.pace.OnLimit(w, r, httprate.CanonicalizeIP(from.String())) {
		if o.finger {
			// Any answer makes an original scanner forget a finger; none at all makes
			// it keep it and come again.
			panic(http.ErrAbortHandler)
		}
		rest.WriteProblem(w, rest.TooMany(time.Minute, "too many requests from this address: wait a minute"))
		return
	}
	if r.ContentLength > roomBody {
		rest.WriteProblem(w, rest.NewProblem(http.StatusRequestEntityTooLarge, "too-large", "this is more than a scanner sends at once"))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, roomBody)
	// Whoever reads its answer too slowly does not keep a place for ever. A writer
	// without deadlines is a test's.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(roomAnswer))
	next.ServeHTTP(w, r)
}

const (
	roomBody   = 64 << 10 // the largest queue of a scanner is far below
	roomAnswer = 2 * time.Minute
)

func refuse(w http.ResponseWriter, r *http.Request) {
	if isPage(r) {
		page.Closed(w, own(r))
		return
	}
	rest.WriteProblem(w, rest.NewProblem(http.StatusForbidden, "pair-first",
		"the classroom's network reaches scanners' and students' addresses only: pair this browser on the pendrive's own computer, at "+own(r)+"/status"))
}

// caller is where a request comes from; the zero address is nobody we know.
func caller(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap()
}
