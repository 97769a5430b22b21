package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
)

// Requests a minute. Reads are many where a screen is watched; a whole class, a
// hostel or an office has one address; both stay far below.
const (
	mostWrites  = 100    // of one person or program
	mostReads   = 600    // of one person or program
	mostScanner = 600    // of one scanner, which speaks once a second or with a queue
	mostUnknown = 1200   // of one address, by those who are not signed in
	mostCrowded = 12_000 // the same, where all classes of a campus do it at once
)

const limitWindow = time.Minute

type pace int

const (
	usual pace = iota
	often
	crowded
	scanner
	unlimited
)

const paceKey = "pace"

func paced(op huma.Operation, p pace) huma.Operation {
	if op.Metadata == nil {
		op.Metadata = map[string]any{}
	}
	op.Metadata[paceKey] = p
	return op
}

// Often counts the calls of a write as if they were reads: a quick hand marks a
// class one by one.
func Often(op huma.Operation) huma.Operation { return paced(op, often) }

// Crowded is for what all classes of a campus do in the same minute, signed in or
// not, behind one address.
func Crowded(op huma.Operation) huma.Operation { return paced(op, crowded) }

// OfScanner counts the calls of original scanners: each by itself, as far as its MAC
// address or its address tells, and all behind one address as a crowd.
func OfScanner(op huma.Operation) huma.Operation { return paced(op, scanner) }

// Unlimited does not count calls: what must never be refused, such as a finger
// that a scanner would forget, and what costs nothing.
func Unlimited(op huma.Operation) huma.Operation { return paced(op, unlimited) }

// Limit holds back who asks too much: each person, program or scanner by itself, and
// those who are not signed in by their address. The counting is httprate's sliding
// window over a counter. Pendrives have their own pace.
func Limit(api huma.API, counter httprate.LimitCounter) {
	limiter := func(most int) *httprate.RateLimiter {
		quiet := httprate.WithResponseHeaders(httprate.ResponseHeaders{}) // a problem says it
		return httprate.NewRateLimiter(most, limitWindow, httprate.WithLimitCounter(counter), quiet)
	}
	writes, reads, unknown, crowd, device := limiter(mostWrites), limiter(mostReads), limiter(mostUnknown), limiter(mostCrowded), limiter(mostScanner)
	api.UseMiddleware(func(ctx huma.Context, next func(huma.Context)) {
		op, who := ctx.Operation(), auth.From(ctx.Context())
		pace, _ := op.Metadata[paceKey].(pace)
		r, w := humachi.Unwrap(ctx)
		address := ClientNetwork(ctx.Context())
		l, key, limited := unknown, "address "+address, false
		switch {
		case pace == unlimited || who.Role == attendance.RoleNode:
			next(ctx)
			return
		case who.Role == attendance.RoleDevice:
			l, key = device, "scanner "+who.ID.String()
		case pace == scanner: // all of an address together, or one could make itself many
			l, key = crowd, "scanners "+address
			if mac := macOf(r); mac != "" {
				limited = device.OnLimit(w, r, "scanner "+address+" "+mac)
			}
		case who.ID.IsZero() && pace == crowded:
			l, key = crowd, "crowd "+key
		case who.ID.IsZero():
		case op.Method == http.MethodGet || pace == often || pace == crowded:
			l, key = reads, "reads "+string(who.Role)+who.ID.String()
		default:
			l, key = writes, "writes "+string(who.Role)+who.ID.String()
		}
		if limited || l.OnLimit(w, r, key) {
			now := time.Now().UTC()
			wait := limitWindow - now.Sub(now.Truncate(limitWindow))
			WriteProblem(w, TooMany(wait, "too many requests: wait a minute, then go on more slowly"))
			return
		}
		next(ctx)
	})
}

// mostBeat is more than the heartbeat of an original scanner has.
const mostBeat = 4 << 10

// macOf is the MAC address that an original scanner's heartbeat says, and "" of its
// other calls, which say none.
func macOf(r *http.Request) string {
	if r.Method == http.MethodGet || r.Body == nil {
		return ""
	}
	head, err := io.ReadAll(io.LimitReader(r.Body, mostBeat))
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), r.Body), r.Body}
	var said struct {
		MAC string `json:"mac_address"`
	}
	if err != nil || json.Unmarshal(head, &said) != nil {
		return ""
	}
	return strings.ToUpper(said.MAC)
}

// ClientNetwork is the caller's address as it is counted: of IPv6 the first 64
// bits, as everybody has as many addresses in them as they like.
func ClientNetwork(ctx context.Context) string {
	ip := middleware.GetClientIPAddr(ctx)
	if !ip.IsValid() {
		return "unknown"
	}
	if ip.Is6() {
		return netip.PrefixFrom(ip, 64).Masked().Addr().String()
	}
	return ip.String()
}
