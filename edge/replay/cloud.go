package replay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Cloud is the school's server as a paired pendrive sees it. Beside the errors
// below it refuses with the domain's Gap, Fork, ErrRefetch and ErrRevoked.
type Cloud interface {
	Receive(ctx context.Context, up attendance.Upload) (Reply, error)
	// Roster asks for what follows a place in the feed; the zero Head for all.
	Roster(ctx context.Context, from attendance.Head) (attendance.Page, error)
}

// Reply is the cloud's answer to a batch.
type Reply struct {
	attendance.Receipt
	Feed  attendance.Head
	Batch int           // lines it would like at once
	Wait  time.Duration // before the next batch
}

// ErrAway is no answer at all: no network, no server, or one in trouble.
var ErrAway = errors.New("the cloud cannot be reached")

// Busy asks to come again later.
type Busy struct{ For time.Duration }

func (e Busy) Error() string { return fmt.Sprintf("the cloud is busy, again in %s", e.For) }

// Stranger is an answer that is not the cloud's: a network that wants a sign-in
// first, or a wrong address.
type Stranger struct{ Why string }

func (e Stranger) Error() string { return "something else than the cloud answers: " + e.Why }

// Refused is an answer that will not change by asking again.
type Refused struct {
	Status int
	Kind   string // the problem's name
	Detail string
}

func (e Refused) Error() string {
	return fmt.Sprintf("the cloud refuses (%d %s): %s", e.Status, e.Kind, e.Detail)
}

// reached reports whether it was the cloud that answered.
func reached(err error) bool {
	var stranger Stranger
	return !errors.Is(err, ErrAway) && !errors.As(err, &stranger)
}

// attention is a sentence for the screen when a person must act; a network that is
// away is nobody's fault and needs none.
func attention(err error) string {
	var stranger Stranger
	var refused Refused
	var busy Busy
	switch {
	case err == nil, errors.Is(err, ErrAway), errors.As(err, &busy), errors.Is(err, context.Canceled):
		return ""
	case errors.Is(err, attendance.ErrRevoked):
		return "The office has revoked this pendrive: it begins no class. What it held was handed in for the office to look at; bring it there."
	case errors.As(err, &stranger):
		return "Something else answers in place of the cloud: sign in to this network, or check CLOUD_SERVER_URL. Marks are safe here."
	case errors.As(err, &refused) && refused.Status == 401:
		return "The cloud does not know this pendrive any more. Its marks are safe here: bring it to the office."
	case errors.As(err, &refused):
		return "The cloud refuses what this pendrive sends: " + refused.Detail + ". Marks are safe here."
	}
	return "Sending does not succeed: " + err.Error() + ". Marks are safe here."
}
