package replay

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/openapi/client"
)

// mostAnswer bounds what is read of an answer; a whole roster is far below.
const mostAnswer = 64 << 20

// answer reads a response into a body, or says what it was instead. Only JSON with
// status 200 is an answer: a network that wants a sign-in says 200 as well.
func answer(resp *http.Response, err error, into any) error {
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, mostAnswer))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch {
	case resp.StatusCode == http.StatusOK && kind == "application/json":
		if err := json.Unmarshal(raw, into); err != nil {
			return Stranger{Why: "its answer is not what was asked for"}
		}
		return nil
	case resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode == http.StatusServiceUnavailable:
		return Busy{For: retryAfter(resp.Header.Get("Retry-After"))}
	case resp.StatusCode >= http.StatusInternalServerError:
		return fmt.Errorf("%w: it answers %s", ErrAway, resp.Status)
	case resp.StatusCode >= http.StatusBadRequest && kind == "application/problem+json":
		return problem(resp.StatusCode, raw)
	case resp.StatusCode >= http.StatusMultipleChoices && resp.StatusCode < http.StatusBadRequest:
		return Stranger{Why: "it sends us on to " + clip(resp.Header.Get("Location"))}
	}
	return Stranger{Why: fmt.Sprintf("it answers %d with %s", resp.StatusCode, clip(kind))}
}

// problem turns an RFC 9457 problem into what it means here.
func problem(status int, raw []byte) error {
	var p client.Problem
	if err := json.Unmarshal(raw, &p); err != nil {
		return Stranger{Why: "its problem cannot be read"}
	}
	kind := p.Type[strings.LastIndexAny(p.Type, ":/")+1:]
	switch {
	case kind == "sync-gap" && p.Wanted != nil:
		return attendance.Gap{Wanted: *p.Wanted}
	case kind == "sync-fork":
		f := attendance.Fork{}
		if p.Seq != nil {
			f.Seq = *p.Seq
		}
		if p.Rewound != nil {
			f.Rewound = *p.Rewound
		}
		return f
	case kind == "must-refetch":
		return attendance.ErrRefetch
	case kind == "revoked":
		return attendance.ErrRevoked
	case kind == "truncated": // the line cut our batch short: nothing was stored
		return fmt.Errorf("%w: %s", ErrAway, p.Detail)
	}
	return Refused{Status: status, Kind: kind, Detail: p.Detail}
}

// retryAfter reads seconds; a server that says nothing useful gets a few.
func retryAfter(v string) time.Duration {
	if n, err := strconv.Atoi(v); err == nil && n >= 0 && n <= 3600 {
		return time.Duration(n) * time.Second
	}
	return 5 * time.Second
}

// clip keeps a foreign server's words from filling our log.
func clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}
