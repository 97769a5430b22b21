// Package cloudtest is a small cloud for the pendrive's tests: it speaks the sync
// protocol from memory, counts what it was given, and misbehaves on demand. The
// real cloud meets the real pendrive in api/server/lesson.
package cloudtest

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Code is the claim code that this cloud takes.
const Code = "ARISE-TEST-CODE"

// Cloud is a running stub.
type Cloud struct {
	*httptest.Server
	Node attendance.ID

	mu         sync.Mutex
	how        Manners
	generation attendance.ID

	key     []byte
	calls   map[string]int
	streams map[attendance.ID]attendance.Stream
	stored  map[attendance.ID]int // how often a fact would have been inserted
	bodies  map[attendance.ID]attendance.Sent
	rows    []attendance.Change // by rev, which counts from one
	told    []attendance.Told
}

// Manners are how the cloud behaves.
type Manners struct {
	// Fault looks at each request first, numbered from one for each path, and
	// answers in the cloud's place when it returns true.
	Fault func(n int, path string, w http.ResponseWriter, r *http.Request) bool
	// Lose says after which uploads the reply is lost though all was stored.
	Lose func(n int) bool
	// Results is what the cloud says of lines that were not simply stored.
	Results []attendance.Result
	Page    int // rows, and facts, in one answer; 0: all
}

// Behave changes the cloud's manners from now on.
func (c *Cloud) Behave(how Manners) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.how = how
}

// New starts a cloud that knows nothing yet.
func New(t testing.TB) *Cloud {
	t.Helper()
	c := &Cloud{
		Node: NewID(t), generation: NewID(t), calls: map[string]int{}, streams: map[attendance.ID]attendance.Stream{},
		stored: map[attendance.ID]int{}, bodies: map[attendance.ID]attendance.Sent{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/sync/claim", c.claim)
	mux.HandleFunc("POST /api/sync/receive", c.receive)
	mux.HandleFunc("GET /api/sync/roster", c.roster)
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.calls[r.URL.Path]++
		if c.how.Fault != nil && c.how.Fault(c.calls[r.URL.Path], r.URL.Path, w, r) {
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(c.Close)
	return c
}

// NewID makes an id, or ends the test.
func NewID(t testing.TB) attendance.ID {
	t.Helper()
	id, err := attendance.NewID(time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Hang ends a connection without an answer.
func Hang() { panic(http.ErrAbortHandler) }

// Problem answers as the cloud refuses.
func Problem(w http.ResponseWriter, status int, kind string, more map[string]any) {
	body := map[string]any{"type": "urn:arise:problem:" + kind, "title": http.StatusText(status), "status": status, "detail": "on purpose"}
	for k, v := range more {
		body[k] = v
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false) // as the cloud does: a row's bytes are what its digest is made of
	_ = out.Encode(body)
}

// Put adds rows to the feed.
func (c *Cloud) Put(rows ...attendance.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range rows {
		r.Rev = int64(len(c.rows) + 1)
		c.rows = append(c.rows, r)
	}
}

// Held are the rows that a pendrive should hold.
func (c *Cloud) Held() []attendance.Change {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held()
}

// Tell adds facts to the feed.
func (c *Cloud) Tell(facts ...attendance.Told) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told = append(c.told, facts...)
}

// Regenerate is what a restored database does: every place in the feed is gone.
func (c *Cloud) Regenerate(t testing.TB) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation = NewID(t)
}

// Generation is of the roster.
func (c *Cloud) Generation() attendance.ID {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.generation
}

// Forget is what a cloud does that was restored from a backup: all that was
// received after a line of each log is gone.
func (c *Cloud) Forget(t testing.TB, after int64) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for inc := range c.streams {
		var st attendance.Stream
		for seq := int64(1); seq <= after; seq++ {
			for _, f := range c.bodies {
				if f.Seq == seq {
					st = attendance.Stream{Seq: seq, Hash: attendance.Chain(st.Hash, seq, f.ID, f.Body)}
				}
			}
		}
		c.streams[inc] = st
	}
	for id, f := range c.bodies {
		if f.Seq > after {
			delete(c.bodies, id)
			delete(c.stored, id)
		}
	}
}

// Calls is how often a path was asked for.
func (c *Cloud) Calls(path string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls[path]
}

// Stored are the facts that arrived. It is an error of the protocol, reported
// here, when one would have been stored twice.
func (c *Cloud) Stored(t testing.TB) map[attendance.ID]attendance.Fact {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	out := map[attendance.ID]attendance.Fact{}
	for id, sent := range c.bodies {
		if c.stored[id] != 1 {
			t.Errorf("fact %s was stored %d times", id, c.stored[id])
		}
		f, err := attendance.Decode(sent.Body)
		if err != nil {
			t.Errorf("fact %s: %v", id, err)
		}
		out[id] = f
	}
	return out
}

// Row is a feed row.
func Row(kind attendance.RowKind, id attendance.ID, row any) attendance.Change {
	b, err := json.Marshal(row)
	if err != nil {
		panic(fmt.Sprintf("a feed struct always encodes: %v", err))
	}
	return attendance.Change{Kind: kind, Key: id.String(), Row: b}
}

// Lives is how many incarnations of the pendrive's log it heard of.
func (c *Cloud) Lives() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.streams)
}
