// Package cloudtest is a small cloud for the pendrive's tests: it speaks the sync
// protocol from memory, counts what it was given, and misbehaves on demand. The
// real cloud meets the real pendrive in api/server/lesson.
package cloudtest

import (
	"compress/gzip"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
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

func (c *Cloud) claim(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Code string
		Key  []byte
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Code != Code || len(in.Key) != 32 {
		Problem(w, http.StatusForbidden, "wrong-claim", nil)
		return
	}
	if c.key != nil && string(c.key) != string(in.Key) {
		Problem(w, http.StatusConflict, "claimed", nil)
		return
	}
	c.key = in.Key
	answer(w, map[string]any{
		"node_id": c.Node, "name": "Room 204", "institution": "Test College", "server_time": time.Now().UTC(), "generation": c.generation,
	})
}

func (c *Cloud) known(w http.ResponseWriter, r *http.Request) bool {
	if c.key == nil || r.Header.Get("Authorization") != "Bearer "+auth.NodeToken(c.Node, c.key) {
		Problem(w, http.StatusUnauthorized, "signed-out", nil)
		return false
	}
	return true
}

type upload struct {
	Incarnation attendance.ID
	HashBefore  string `json:"hash_before"`
	HeadSeq     int64  `json:"head_seq"`
	Facts       []attendance.Sent
}

func (c *Cloud) receive(w http.ResponseWriter, r *http.Request) {
	if !c.known(w, r) {
		return
	}
	var up upload
	z, err := gzip.NewReader(r.Body)
	if err == nil {
		err = json.NewDecoder(z).Decode(&up)
	}
	if err != nil || len(up.Facts) == 0 {
		Problem(w, http.StatusBadRequest, "truncated", nil)
		return
	}
	at := c.streams[up.Incarnation]
	hash, err := hex.DecodeString(up.HashBefore)
	if err != nil || len(hash) != 32 {
		Problem(w, http.StatusUnprocessableEntity, "invalid", nil)
		return
	}
	run, first := [32]byte(hash), up.Facts[0].Seq
	if first > at.Seq+1 {
		Problem(w, http.StatusConflict, "sync-gap", map[string]any{"wanted": at.Seq + 1})
		return
	}
	fork := first == at.Seq+1 && run != at.Hash
	for _, f := range up.Facts {
		if run = attendance.Chain(run, f.Seq, f.ID, f.Body); f.Seq == at.Seq && run != at.Hash {
			fork = true
		}
	}
	last := up.Facts[len(up.Facts)-1].Seq
	if fork || up.HeadSeq < at.Seq {
		Problem(w, http.StatusConflict, "sync-fork", map[string]any{"seq": at.Seq, "rewound": up.HeadSeq < at.Seq})
		return
	}
	for _, f := range up.Facts {
		if _, again := c.bodies[f.ID]; !again {
			c.stored[f.ID]++
			c.bodies[f.ID] = f
		}
	}
	if last >= at.Seq {
		at = attendance.Stream{Seq: last, Hash: run}
		c.streams[up.Incarnation] = at
	}
	if c.how.Lose != nil && c.how.Lose(c.calls["/api/sync/receive"]) {
		Hang()
	}
	results := []any{}
	for _, res := range c.how.Results {
		results = append(results, map[string]any{"seq": res.Seq, "code": res.Code, "effective_ms": res.EffectiveMS, "ord": res.Ord})
	}
	answer(w, map[string]any{
		"acked_through": at.Seq, "hash_at_ack": hex.EncodeToString(at.Hash[:]), "results": results, "server_time": time.Now().UTC(),
		"feed": c.head(), "advice": map[string]any{"batch": 1000, "wait_ms": 0},
	})
}

func (c *Cloud) head() map[string]any {
	return map[string]any{"generation": c.generation, "rev": len(c.rows), "facts": strconv.Itoa(len(c.told))}
}

func (c *Cloud) roster(w http.ResponseWriter, r *http.Request) {
	if !c.known(w, r) {
		return
	}
	q := r.URL.Query()
	snapshot := q.Get("generation") == ""
	rev, _ := strconv.Atoi(q.Get("rev"))
	facts, _ := strconv.Atoi(q.Get("facts"))
	if !snapshot && (q.Get("generation") != c.generation.String() || rev > len(c.rows)) {
		Problem(w, http.StatusConflict, "must-refetch", nil)
		return
	}
	upTo, factsTo := len(c.rows), len(c.told)
	if c.how.Page > 0 && !snapshot {
		upTo = min(upTo, rev+c.how.Page)
	}
	if c.how.Page > 0 {
		factsTo = min(factsTo, facts+c.how.Page)
	}
	changes, digest := c.rows[min(rev, upTo):upTo], ""
	if snapshot {
		changes = c.held()
	}
	if upTo == len(c.rows) {
		var d attendance.Digest
		for _, row := range c.held() {
			d = d.Add(attendance.RowHash(row.Kind, row.Key, row.Row))
		}
		digest = strconv.FormatUint(uint64(d), 10)
	}
	answer(w, map[string]any{
		"generation": c.generation, "rev": upTo, "head": len(c.rows), "snapshot": snapshot, "changes": append([]attendance.Change{}, changes...),
		"digest": digest, "more": upTo < len(c.rows),
		"facts": append([]attendance.Told{}, c.told[min(facts, factsTo):factsTo]...), "facts_cursor": strconv.Itoa(factsTo),
		"facts_more": factsTo < len(c.told),
	})
}

// held is the newest of each row.
func (c *Cloud) held() []attendance.Change {
	newest := map[string]int{}
	for i, r := range c.rows {
		newest[string(r.Kind)+r.Key] = i
	}
	out := []attendance.Change{}
	for i, r := range c.rows {
		if newest[string(r.Kind)+r.Key] == i && !r.Gone {
			out = append(out, r)
		}
	}
	return out
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
