package torture

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// ill is what the network does to one request.
type ill struct {
	lost   bool          // it never arrives
	silent bool          // it arrives, and the reply does not come back
	half   int           // so many bytes of the request arrive, and then the line is dead; 0: all
	cut    int           // the reply ends after so many bytes, counted from one; 0: it is whole
	twice  bool          // it arrives twice
	stale  bool          // it arrives once more after the next one
	every  time.Duration // a byte of the reply at a time, so far apart
	portal string        // answered by a hotel: page, moved, or a 511
}

// network stands between a pendrive and the cloud. What the cloud confirms passes
// through here, so it is noted here.
type network struct {
	*httptest.Server
	t       testing.TB
	cloud   string
	place   string
	history *History
	life    atomic.Int64 // of the drive: how often it was started

	mu   sync.Mutex
	ills func(n int, path string) ill // of the n-th request of a path; nil: none
	n    map[string]int
	late []*held
}

type held struct {
	head *http.Request
	body []byte
}

func newNetwork(t testing.TB, cloud, place string, h *History) *network {
	n := &network{t: t, cloud: cloud, place: place, history: h, n: map[string]int{}}
	n.Server = httptest.NewServer(http.HandlerFunc(n.serve))
	t.Cleanup(n.Close)
	return n
}

// misbehave changes what happens to requests from now on; they are counted anew.
func (n *network) misbehave(ills func(n int, path string) ill) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ills, n.n = ills, map[string]int{}
}

// requests is how many of a path there were since.
func (n *network) requests(path string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.n[path]
}

const uploads = "/api/sync/receive"

func (n *network) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the drive is gone
	}
	life := n.life.Load()
	n.mu.Lock()
	n.n[r.URL.Path]++
	var what ill
	if n.ills != nil {
		what = n.ills(n.n[r.URL.Path], r.URL.Path)
	}
	late := n.late
	n.late = nil
	if what.stale {
		n.late = append(n.late, &held{r.Clone(r.Context()), body})
	}
	n.mu.Unlock()
	switch {
	case what.portal != "":
		portal(w, what.portal)
		return
	case what.half > 0:
		n.sever(r, body, what.half)
		panic(http.ErrAbortHandler)
	case what.lost:
		panic(http.ErrAbortHandler)
	}
	reply, err := n.pass(r, body)
	if err == nil && what.twice {
		_, err = n.pass(r, body)
	}
	for _, old := range late {
		if _, err := n.pass(old.head, old.body); err != nil {
			n.t.Logf("a stale request: %v", err)
		}
	}
	if err != nil || what.silent {
		panic(http.ErrAbortHandler)
	}
	if reply.ack != nil {
		reply.ack.Count = life
	}
	n.answer(w, r, reply, what)
}

// reply is the cloud's whole answer.
type reply struct {
	*http.Response
	raw []byte
	ack *Event // of an upload
}

// pass brings a request to the cloud.
func (n *network) pass(r *http.Request, body []byte) (reply, error) {
	out, err := http.NewRequestWithContext(n.t.Context(), r.Method, n.cloud+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	out.Header = r.Header.Clone()
	out.Header.Set("Accept-Encoding", "identity")
	resp, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return reply{}, err
	}
	got := reply{resp, raw, nil}
	if resp.StatusCode == http.StatusOK && r.URL.Path == uploads {
		if got.ack, err = n.note(body, raw); err != nil {
			n.history.Add(Event{Type: Broken, Place: Cloud, Said: "a receipt that cannot be read: " + err.Error()})
		}
	}
	return got, nil
}

// sever brings the beginning of a request to the cloud and hangs up.
func (n *network) sever(r *http.Request, body []byte, bytes int) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(n.cloud, "http://"))
	if err != nil {
		n.t.Error(err)
		return
	}
	defer conn.Close()
	raw := wire(r, body)
	_, _ = conn.Write(raw[:min(bytes, len(raw)-1)]) // the cloud may have hung up
}

// wire is a request as it goes over the line.
func wire(r *http.Request, body []byte) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s %s HTTP/1.1\r\nHost: school\r\nContent-Length: %d\r\n", r.Method, r.URL.RequestURI(), len(body))
	for _, name := range []string{"Authorization", "Content-Type", "Content-Encoding", "Accept"} {
		if v := r.Header.Get(name); v != "" {
			fmt.Fprintf(&out, "%s: %s\r\n", name, v)
		}
	}
	out.WriteString("\r\n")
	out.Write(body)
	return out.Bytes()
}

// note writes down which lines the cloud took.
func (n *network) note(body, receipt []byte) (*Event, error) {
	var up struct {
		Incarnation attendance.ID
		HashBefore  string `json:"hash_before"`
		Facts       []struct {
			attendance.Sent
			Text string
		}
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err == nil {
		err = json.NewDecoder(z).Decode(&up)
	}
	if err != nil {
		return nil, err
	}
	var got struct {
		AckedThrough int64  `json:"acked_through"`
		HashAtAck    string `json:"hash_at_ack"`
	}
	if err := json.Unmarshal(receipt, &got); err != nil {
		return nil, err
	}
	before, err := hex.DecodeString(up.HashBefore)
	if err != nil {
		return nil, err
	}
	for i, f := range up.Facts {
		if f.Text != "" {
			f.Body = []byte(f.Text)
		}
		e := Event{Type: Sent, Place: n.place, Incarnation: up.Incarnation, Seq: f.Seq, ID: f.ID, Body: f.Body}
		if i == 0 {
			e.Hash = before
		}
		n.history.Add(e)
	}
	hash, err := hex.DecodeString(got.HashAtAck)
	return &Event{Type: Ack, Place: n.place, Incarnation: up.Incarnation, Seq: got.AckedThrough, Hash: hash}, err
}

// answer hands the reply to the drive, or as much of it as the network carries.
func (n *network) answer(w http.ResponseWriter, r *http.Request, got reply, what ill) {
	if what.cut == 0 && what.every == 0 {
		if got.ack != nil {
			n.history.Add(*got.ack)
		}
		for _, name := range []string{"Content-Type", "Retry-After"} {
			if v := got.Header.Get(name); v != "" {
				w.Header().Set(name, v)
			}
		}
		w.WriteHeader(got.StatusCode)
		_, _ = w.Write(got.raw) // the drive may be gone
		return
	}
	raw := got.bytes()
	if what.cut > 0 {
		raw = raw[:min(what.cut-1, len(raw))]
	}
	conn, buf, err := http.NewResponseController(w).Hijack()
	if err != nil {
		n.t.Error(err)
		return
	}
	defer conn.Close()
	if what.every == 0 {
		_, _ = conn.Write(raw)
		return
	}
	gone := make(chan struct{})
	go func() { // until the drive hangs up
		_, _ = io.Copy(io.Discard, buf)
		close(gone)
	}()
	tick := time.NewTicker(what.every)
	defer tick.Stop()
	for i := range raw {
		select {
		case <-tick.C:
		case <-gone:
			return
		case <-r.Context().Done():
			return
		}
		if _, err := conn.Write(raw[i : i+1]); err != nil {
			return
		}
	}
	if got.ack != nil {
		n.history.Add(*got.ack)
	}
}

// bytes is the reply as it goes over the wire.
func (r reply) bytes() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n", r.Status, r.Header.Get("Content-Type"), len(r.raw))
	out.Write(r.raw)
	return out.Bytes()
}

// portal is a network that wants a sign-in first.
func portal(w http.ResponseWriter, how string) {
	const page = "<!doctype html><title>Welcome</title><form>Room number</form>"
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	switch how {
	case "moved":
		w.Header().Set("Location", "http://192.0.2.1/login")
		w.WriteHeader(http.StatusFound)
	case "511":
		w.WriteHeader(http.StatusNetworkAuthenticationRequired)
	case "json": // it pretends to be what was asked for
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"status":"ok","login":"http://192.0.2.1/"}`)
		return
	}
	_, _ = bufio.NewReader(strings.NewReader(page)).WriteTo(w)
}
