// Package rest is how A.R.I.S.E. speaks HTTP, whichever server answers: the
// shape of the API, of its errors, and who may call what. It knows no operation.
package rest

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Problem is an RFC 9457 problem. Type is stable and is what a program should
// look at; Detail is for people and names the way out.
type Problem struct {
	Type   string              `json:"type" doc:"Stable name of the problem." example:"urn:arise:problem:session-ended"`
	Title  string              `json:"title" doc:"Short name for people." example:"Conflict"`
	Status int                 `json:"status" doc:"HTTP status." example:"409"`
	Detail string              `json:"detail" doc:"What is wrong here, and the way out." example:"the session has ended"`
	Errors []*huma.ErrorDetail `json:"errors,omitempty" doc:"One entry for each wrong field."`

	// Extension members; each belongs to one type.
	SessionID string `json:"session_id,omitempty" doc:"With session-running: the session to resume."`
	Wanted    int64  `json:"wanted,omitempty" doc:"With sync-gap: the line of the log to send from."`
	Seq       int64  `json:"seq,omitempty" doc:"With sync-fork: the last line on which both logs may agree."`
	Rewound   bool   `json:"rewound,omitempty" doc:"With sync-fork: the drive was set back rather than copied."`
	CloudURL  string `json:"cloud_url,omitempty" doc:"With cloud-only: where the cloud is."`
	TriesLeft int    `json:"tries_left,omitempty" doc:"With wrong-code: wrong codes before a pause."`
	RequestID string `json:"request_id,omitempty" doc:"With internal: what to look for in the server's log."`
	Floor     string `json:"floor,omitempty" doc:"With stale-nonce: the last nonce that was used, 16 hex digits."`
	RetryS    int    `json:"retry_after_s,omitempty" doc:"With too-many-requests and busy: seconds to wait."`
}

const problemPrefix = "urn:arise:problem:"

// NewProblem makes a problem of a named type.
func NewProblem(status int, kind, detail string) *Problem {
	return &Problem{Type: problemPrefix + kind, Title: http.StatusText(status), Status: status, Detail: detail}
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus is for huma.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is for huma: a problem says that it is one.
func (p *Problem) ContentType(ct string) string {
	if ct == "application/json" {
		return "application/problem+json"
	}
	return ct
}

// GetHeaders is for huma.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.RetryS > 0 {
		h.Set("Retry-After", itoa(p.RetryS))
	}
	return h
}

// Field adds a wrong field.
func (p *Problem) Field(location, message string) *Problem {
	p.Errors = append(p.Errors, &huma.ErrorDetail{Location: location, Message: message})
	return p
}

// kinds names what huma itself refuses.
var kinds = map[int]string{
	http.StatusBadRequest:            "bad-request",
	http.StatusUnauthorized:          "signed-out",
	http.StatusForbidden:             "forbidden",
	http.StatusNotFound:              "not-found",
	http.StatusMethodNotAllowed:      "method-not-allowed",
	http.StatusNotAcceptable:         "not-acceptable",
	http.StatusRequestTimeout:        "timeout",
	http.StatusConflict:              "conflict",
	http.StatusRequestEntityTooLarge: "too-large",
	http.StatusUnsupportedMediaType:  "unsupported-media-type",
	http.StatusUnprocessableEntity:   "invalid",
	http.StatusTooManyRequests:       "too-many-requests",
	http.StatusServiceUnavailable:    "busy",
}

// fromHuma turns huma's own errors into problems. A submitted value is never
// echoed: it may be a PIN.
func fromHuma(status int, msg string, errs ...error) huma.StatusError {
	kind, ok := kinds[status]
	if !ok {
		kind = "internal"
	}
	p := NewProblem(status, kind, msg)
	for _, err := range errs {
		if err == nil {
			continue
		}
		if d, ok := err.(huma.ErrorDetailer); ok { //nolint:errorlint // huma hands over the detail itself, never wrapped
			e := d.ErrorDetail()
			p = p.Field(e.Location, e.Message)
			continue
		}
		if status < http.StatusInternalServerError { // what failed inside is for the log
			p.Errors = append(p.Errors, &huma.ErrorDetail{Message: err.Error()})
		}
	}
	return p
}
