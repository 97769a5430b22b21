package torture

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Type says what a line of a history is.
type Type string

// Types of events. A client's question without an answer stays an Invoke: it may or
// may not have happened.
const (
	Invoke Type = "invoke" // a client asks
	OK     Type = "ok"     // it was acknowledged
	Fail   Type = "fail"   // it was refused: it must not have happened

	Trouble Type = "trouble" // an answer that leaves open whether it happened
	Fault   Type = "fault"   // something was done to the system
	Boot    Type = "boot"    // a place is up, again
	Broken  Type = "broken"  // a place said or did what it never may
	Shown   Type = "shown"   // what a place shows in the middle of things
	Gone    Type = "gone"    // a place knows nothing of a session
	Sent    Type = "sent"    // a line of a log that the cloud was given
	Ack     Type = "ack"     // a receipt, as the pendrive got it; Count: which of its lives
	Revoked Type = "revoked" // a place was shut out
	Drained Type = "drained" // nothing waits any more; Count: milliseconds since the faults stopped

	Stored   Type = "stored"   // a fact in Postgres, in the end
	Aside    Type = "aside"    // a fact in the inbox, in the end
	Standing Type = "standing" // what a place shows in the end
	Roster   Type = "roster"   // a course's roster at a place, in the end; Said: all of it
	Read     Type = "read"     // all of a place was read: what has no line is not there
)

// Kind is what a client asks for.
type Kind string

// Kinds of questions.
const (
	Open    Kind = "open"
	End     Kind = "end"
	Scan    Kind = "scan"    // a finger at an original scanner
	Verdict Kind = "verdict" // a teacher's tap
)

// Answers to a scan that is acknowledged.
const (
	Accepted = "accepted"
	Already  = "already"
)

// Cloud is the place that has Postgres.
const Cloud = "cloud"

// Event is one line of a history. Which fields are set depends on Type.
type Event struct {
	AtMS  int64  `json:"at_ms"`
	Type  Type   `json:"type"`
	Op    int    `json:"op,omitempty"`    // joins an Invoke and its answer
	Place string `json:"place,omitempty"` // a running drive, or Cloud
	Kind  Kind   `json:"kind,omitempty"`

	Session attendance.ID     `json:"session,omitzero"`
	Student attendance.ID     `json:"student,omitzero"`
	Gesture attendance.ID     `json:"gesture,omitzero"`
	Status  attendance.Status `json:"status,omitempty"`
	Said    string            `json:"said,omitempty"`
	Count   int64             `json:"count,omitempty"`

	ID          attendance.ID  `json:"id,omitzero"`
	Node        attendance.ID  `json:"node,omitzero"`
	Incarnation attendance.ID  `json:"incarnation,omitzero"`
	Seq         int64          `json:"seq,omitempty"`
	Hash        []byte         `json:"hash,omitempty"` // Ack: at seq; Sent: before the line, on a batch's first
	Body        []byte         `json:"body,omitempty"`
	Ord         attendance.HLC `json:"ord,omitempty"`
	EffectiveMS int64          `json:"effective_ms,omitempty"`
	StoredMS    int64          `json:"stored_ms,omitempty"` // by the cloud's clock
}

// History collects events in the order in which they happened. It is safe for
// concurrent use.
type History struct {
	mu     sync.Mutex
	start  time.Time
	events []Event
	ops    int
	out    *json.Encoder
	err    error
}

// NewHistory writes each event to out as well, one JSON line each; nil: nowhere.
func NewHistory(out io.Writer) *History {
	h := &History{start: time.Now()}
	if out != nil {
		h.out = json.NewEncoder(out)
	}
	return h
}

// Add notes an event.
func (h *History) Add(e Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.add(e)
}

func (h *History) add(e Event) {
	e.AtMS = time.Since(h.start).Milliseconds()
	h.events = append(h.events, e)
	if h.out != nil && h.err == nil {
		h.err = h.out.Encode(e)
	}
}

// Ask notes a question before it is sent; the answer's type and words are noted by
// what is returned, which is not called when there is none.
func (h *History) Ask(e Event) (answered func(Type, string)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops++
	e.Type, e.Op = Invoke, h.ops
	h.add(e)
	return func(t Type, said string) {
		h.Add(Event{Type: t, Op: e.Op, Said: said})
	}
}

// Events are all events so far, and the error of writing them.
func (h *History) Events() ([]Event, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Event(nil), h.events...), h.err
}

// ReadHistory reads what a History wrote.
func ReadHistory(r io.Reader) ([]Event, error) {
	var out []Event
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e Event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return nil, fmt.Errorf("line %d: %w", len(out)+1, err)
		}
		out = append(out, e)
	}
	return out, lines.Err()
}
