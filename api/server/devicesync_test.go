package server_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/demo"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/server"
)

const syncPath = "/api/device/sync"

// signed is a request with a scanner's signature.
func (s *scanner) signed(t *testing.T, p *program, method, target string, nonce uint64, body []byte) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, p.url+target, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	said := auth.NonceHex(nonce)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(rest.DeviceHeader, s.id.String())
	r.Header.Set(rest.NonceHeader, said)
	r.Header.Set(rest.SignatureHeader, hex.EncodeToString(auth.SignRequest(s.key, method, target, said, body)))
	return r
}

// reply is an answer and whether the server proved that it is its own.
type reply struct {
	answer
	proven bool
}

func (s *scanner) do(t *testing.T, r *http.Request) reply {
	t.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	want := auth.SignReply(s.key, r.Header.Get(rest.NonceHeader), res.StatusCode, raw)
	return reply{answer{res.StatusCode, res.Header, raw}, res.Header.Get(rest.SignatureHeader) == hex.EncodeToString(want)}
}

// says sends a body under the next nonce.
func (s *scanner) says(t *testing.T, p *program, body any) reply {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	s.nonce++
	return s.do(t, s.signed(t, p, http.MethodPost, syncPath, s.nonce, raw))
}

type synced struct {
	NowMS   int64 `json:"now_ms"`
	Ack     int64
	Results []struct {
		Seq    int64
		Result string
	}
	Session *struct {
		SessionID  string `json:"session_id"`
		CourseCode string `json:"course_code"`
	}
	Tasks  []any
	PollMS int64 `json:"poll_ms"`
	Rotate string
}

// heard wants an answer that is the server's own.
func (s *scanner) heard(t *testing.T, p *program, body any) synced {
	t.Helper()
	got := s.says(t, p, body)
	if got.status != http.StatusOK || !got.proven {
		t.Fatalf("got %d %s (proven %t), want to be heard", got.status, got.raw, got.proven)
	}
	var out synced
	got.into(t, &out)
	return out
}

func beat(marks ...object) object {
	if marks == nil {
		marks = []object{}
	}
	return object{"fw": "1.0.0", "epoch": 1, "boot": 1, "up_ms": 100_000, "now_ms": 0, "battery": 88, "rssi": -61, "depth": len(marks), "capacity": 162, "templates": 60, "marks": marks}
}

func touched(seq int) object {
	return object{"seq": seq, "boot_id": 1, "uptime_ms": 99_000, "unix_ms": 0, "slot": 7, "template_id": 12, "confidence": 150, "map_version": 1}
}

// scansOf is how many scans of a scanner are stored, wherever.
func (p *program) scansOf(t *testing.T, s *scanner) int {
	t.Helper()
	pool, done := p.store(t)
	defer done()
	var n int
	err := pool.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM fact WHERE device_id = $1) + (SELECT count(*) FROM inbox WHERE device_id = $1)", s.id.String()).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAScannerIsHeardAndTold(t *testing.T) {
	t.Parallel()
	p := start(t, func(c *server.Config) { c.Demo = true; c.AdminPassword = password })
	me := p.signIn(t, "admin", password)
	s := p.paired(t, me, object{"name": "B12", "room": "B12"})
	first := s.heard(t, p, beat())
	if first.Session != nil || first.Ack != 0 || first.Tasks == nil || first.Results == nil || first.PollMS != 30_000 {
		t.Errorf("got %+v, want no class", first)
	}
	teacher := p.signInTeacher(t, "MCA-301", demo.PIN)
	var day struct {
		Courses []struct{ ID, Code string }
	}
	p.do(t, http.MethodGet, "/api/teacher/me", teacher, nil).into(t, &day)
	var course string
	for _, c := range day.Courses {
		if c.Code == "MCA-301" {
			course = c.ID
		}
	}
	if a := p.do(t, http.MethodPost, "/api/teacher/start-session", teacher, object{"course_id": course, "duration_minutes": 30, "room": "B12"}); a.status >= 300 {
		t.Fatalf("start: got %d %s", a.status, a.raw)
	}
	now := s.heard(t, p, beat(touched(1), touched(2)))
	if now.Session == nil || now.Session.CourseCode != "MCA-301" || now.PollMS != 1000 || now.Ack != 2 || len(now.Results) != 2 || now.Results[1].Result != "unknown_template" || now.Results[1].Seq != 2 {
		t.Errorf("got %+v, want the class and two marks that are kept", now)
	}
	again := s.heard(t, p, beat(touched(2)))
	if again.Results[0].Result != "duplicate" || again.Ack != 2 || p.scansOf(t, s) != 2 {
		t.Errorf("got %+v and %d kept, want it once", again, p.scansOf(t, s))
	}
	row := p.scannerRow(t, me, s.id.String())
	if !row.Online || row.Firmware != "1.0.0" || *row.Battery != 88 || *row.QueueCount != 1 || row.ClockOffsetMS != nil {
		t.Errorf("got %+v, want how it is", row)
	}
	// A newer firmware says more, and a strange reading keeps no mark in the scanner.
	odd := beat(touched(3))
	odd["humidity"], odd["battery"], odd["rssi"], odd["depth"] = 40, nil, -1<<30, 1<<40
	odd["marks"].([]object)[0]["session_id"], odd["marks"].([]object)[0]["angle"] = "0", 3
	if got := s.heard(t, p, odd); got.Ack != 3 {
		t.Errorf("got %+v, want it stored", got)
	}
	if got := s.says(t, p, beat(object{"seq": 0})); got.status != http.StatusUnprocessableEntity || !got.proven {
		t.Errorf("got %d %s, want a refusal that is proven", got.status, got.raw)
	}
}

func TestWhatAScannerDidNotSignIsRefusedAndLeavesNoTrace(t *testing.T) {
	t.Parallel()
	p := office(t)
	me := p.signIn(t, "admin", password)
	s, other := p.paired(t, me, object{"name": "B12"}), p.paired(t, me, object{"name": "C1"})
	body, err := json.Marshal(beat(touched(1)))
	if err != nil {
		t.Fatal(err)
	}
	n := s.nonce
	good := func() *http.Request { n++; return s.signed(t, p, http.MethodPost, syncPath, n, body) }
	for name, c := range map[string]struct {
		request func() *http.Request
		status  int
		kind    string
	}{
		"no signature": {func() *http.Request { r := good(); r.Header.Del(rest.SignatureHeader); return r }, 401, "bad-signature"},
		"half a signature": {func() *http.Request {
			r := good()
			r.Header.Set(rest.SignatureHeader, r.Header.Get(rest.SignatureHeader)[:32])
			return r
		}, 401, "bad-signature"},
		"no headers at all": {func() *http.Request { r := good(); r.Header.Del(rest.DeviceHeader); return r }, 401, "signed-out"},
		"a signature of nothing": {func() *http.Request {
			r := good()
			r.Header.Set(rest.SignatureHeader, strings.Repeat("0", 64))
			return r
		}, 401, "bad-signature"},
		"another scanner's signature": {func() *http.Request {
			forger := *other
			forger.id = s.id
			n++
			return forger.signed(t, p, http.MethodPost, syncPath, n, body)
		}, 401, "bad-signature"},
		"in another's name": {func() *http.Request { r := good(); r.Header.Set(rest.DeviceHeader, other.id.String()); return r }, 401, "bad-signature"},
		"nobody's name":     {func() *http.Request { r := good(); r.Header.Set(rest.DeviceHeader, newID(t).String()); return r }, 401, "bad-signature"},
		"another nonce":     {func() *http.Request { r := good(); r.Header.Set(rest.NonceHeader, auth.NonceHex(n+5)); return r }, 401, "bad-signature"},
		"a body that was cut": {func() *http.Request {
			r := good()
			cut := bytes.NewReader(body[:len(body)-20])
			r.Body, r.ContentLength = io.NopCloser(cut), int64(cut.Len())
			return r
		}, 401, "bad-signature"},
		"a body that was changed": {func() *http.Request {
			r := good()
			changed := bytes.Replace(body, []byte(`"slot":7`), []byte(`"slot":8`), 1)
			r.Body = io.NopCloser(bytes.NewReader(changed))
			return r
		}, 401, "bad-signature"},
		"a query that was added": {func() *http.Request { r := good(); r.URL.RawQuery = "x=1"; return r }, 401, "bad-signature"},
		"the key without the server": {func() *http.Request {
			raw := *s
			raw.key = s.secret
			n++
			return raw.signed(t, p, http.MethodPost, syncPath, n, body)
		}, 401, "bad-signature"},
		"a key with another server": {func() *http.Request {
			raw := *s
			raw.key = auth.DeviceKeyFor(s.secret, newID(t))
			n++
			return raw.signed(t, p, http.MethodPost, syncPath, n, body)
		}, 401, "bad-signature"},
		"a nonce of nothing": {func() *http.Request { return s.signed(t, p, http.MethodPost, syncPath, 0, body) }, 401, "bad-signature"},
		"too much": {func() *http.Request {
			n++
			return s.signed(t, p, http.MethodPost, syncPath, n, bytes.Repeat([]byte(" "), 65<<10))
		}, 413, "too-large"},
		"a person": {func() *http.Request {
			r := good()
			r.Header.Del(rest.DeviceHeader)
			r.Header.Set("Authorization", "Bearer "+me)
			return r
		}, 401, "signed-out"},
	} {
		got := s.do(t, c.request())
		if got.status != c.status || got.problem(t) != c.kind || got.proven {
			t.Errorf("%s: got %d %s (proven %t), want %d %s", name, got.status, got.raw, got.proven, c.status, c.kind)
		}
	}
	if p.scansOf(t, s) != 0 || p.scansOf(t, other) != 0 || p.scannerRow(t, me, s.id.String()).Online {
		t.Error("something was written")
	}
	if got := s.do(t, s.signed(t, p, http.MethodPost, syncPath, s.nonce+1, body)); got.status != http.StatusOK || got.header.Get(rest.ServerHeader) != s.server.String() {
		t.Errorf("got %d %s, want that a forger moved no nonce", got.status, got.raw)
	}
}

func TestANonceIsGoodOnce(t *testing.T) {
	t.Parallel()
	p := office(t)
	s := p.paired(t, p.signIn(t, "admin", password), object{"name": "B12"})
	body, err := json.Marshal(beat(touched(1)))
	if err != nil {
		t.Fatal(err)
	}
	at := func(nonce uint64) reply { return s.do(t, s.signed(t, p, http.MethodPost, syncPath, nonce, body)) }
	const boot2 = 2<<32 + 9
	if got := at(boot2); got.status != http.StatusOK {
		t.Fatalf("got %d %s", got.status, got.raw)
	}
	for _, old := range []uint64{boot2, boot2 - 1, 1<<32 + 4000, 1} {
		got := at(old)
		var problem struct{ Floor string }
		got.into(t, &problem)
		if got.status != http.StatusConflict || got.problem(t) != "stale-nonce" || !got.proven || problem.Floor != auth.NonceHex(boot2) {
			t.Errorf("nonce %x: got %d %s (proven %t), want the last one, proven", old, got.status, got.raw, got.proven)
		}
	}
	// Recorded, and played many times at once.
	var all sync.WaitGroup
	var mu sync.Mutex
	good := 0
	for range 8 {
		all.Go(func() {
			if got := at(boot2 + 1); got.status == http.StatusOK {
				mu.Lock()
				good++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if good != 1 || p.scansOf(t, s) != 1 {
		t.Errorf("got %d heard and %d kept, want one", good, p.scansOf(t, s))
	}
}

func TestAScannerThatWasShutOutIsRefusedAtOnceAndLetInAgain(t *testing.T) {
	t.Parallel()
	p := office(t)
	me := p.signIn(t, "admin", password)
	s := p.paired(t, me, object{"name": "B12"})
	s.heard(t, p, beat(touched(1)))
	path := devicesPath + "/" + s.id.String()
	if a := p.do(t, http.MethodDelete, path, me, nil); a.status != http.StatusNoContent {
		t.Fatalf("got %d %s", a.status, a.raw)
	}
	if got := s.says(t, p, beat(touched(2))); got.status != http.StatusUnauthorized || got.problem(t) != "revoked" || got.proven {
		t.Errorf("got %d %s", got.status, got.raw)
	}
	if p.scansOf(t, s) != 1 {
		t.Errorf("got %d scans, want the first only", p.scansOf(t, s))
	}
	if row := p.scannerRow(t, me, s.id.String()); row.State != "revoked" || row.PairedAt != nil {
		t.Errorf("got %+v", row)
	}
	var offered struct{ Code string }
	p.do(t, http.MethodPost, path+"/pair", me, nil).into(t, &offered)
	if got := s.says(t, p, beat(touched(2))); got.status != http.StatusUnauthorized {
		t.Errorf("while a code waits: got %d %s", got.status, got.raw)
	}
	back := p.take(t, p.pairing(t, offered.Code, newID(t)))
	if got := back.heard(t, p, beat(touched(1), touched(2))); got.Results[0].Result != "duplicate" || got.Ack != 2 {
		t.Errorf("got %+v, want the mark that it had kept", got)
	}
	if got := s.says(t, p, beat()); got.status != http.StatusUnauthorized || got.problem(t) != "bad-signature" {
		t.Errorf("with the key before: got %d %s", got.status, got.raw)
	}
}

func TestAKeyIsRotatedWithoutALostMark(t *testing.T) {
	t.Parallel()
	p := office(t)
	me := p.signIn(t, "admin", password)
	s := p.paired(t, me, object{"name": "B12"})
	path := devicesPath + "/" + s.id.String() + "/rotate"
	for range 2 { // asking twice is asking once
		if a := p.do(t, http.MethodPost, path, me, nil); a.status != http.StatusOK || !strings.Contains(string(a.raw), `"rotating":true`) {
			t.Fatalf("got %d %s", a.status, a.raw)
		}
	}
	first := s.heard(t, p, beat(touched(1)))
	if again := s.heard(t, p, beat(touched(1))); len(first.Rotate) != 64 || again.Rotate != first.Rotate {
		t.Fatalf("got salts %q and %q, want the same until it is used", first.Rotate, again.Rotate)
	}
	salt, err := hex.DecodeString(first.Rotate)
	if err != nil {
		t.Fatal(err)
	}
	old := *s
	s.secret = auth.NextDeviceKey(s.secret, salt)
	s.key = auth.DeviceKeyFor(s.secret, s.server)
	if got := s.heard(t, p, beat(touched(2))); got.Rotate != "" || got.Ack != 2 {
		t.Errorf("got %+v, want it heard with its new key", got)
	}
	old.nonce = s.nonce
	if got := old.says(t, p, beat(touched(3))); got.status != http.StatusUnauthorized || got.problem(t) != "bad-signature" {
		t.Errorf("the key before: got %d %s", got.status, got.raw)
	}
	s.heard(t, p, beat())
	if row := p.scannerRow(t, me, s.id.String()); row.Rotating || row.State != "paired" {
		t.Errorf("got %+v", row)
	}
}

func TestAnotherServersSecretOpensNoKey(t *testing.T) {
	t.Parallel()
	p := office(t)
	s := p.paired(t, p.signIn(t, "admin", password), object{"name": "B12"})
	c := p.config
	c.Secret = bytes.Repeat([]byte("x"), 32)
	again := startOn(t, c)
	if got := s.says(t, again, beat(touched(1))); got.status != http.StatusUnauthorized || got.problem(t) != "bad-signature" || again.scansOf(t, s) != 0 {
		t.Errorf("got %d %s", got.status, got.raw)
	}
}

func TestOneNoisyScannerHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	p := start(t, func(c *server.Config) { c.Legacy = true; c.AdminPassword = password })
	me := p.signIn(t, "admin", password)
	noisy, quiet := p.paired(t, me, object{"name": "B12"}), p.paired(t, me, object{"name": "C1"})
	held := false
	for range 1300 { // in one minute or in two
		got := noisy.says(t, p, beat())
		if got.status == http.StatusTooManyRequests {
			if !got.proven || got.header.Get("Retry-After") == "" {
				t.Errorf("got %s (proven %t), want to be told how long, by the server itself", got.raw, got.proven)
			}
			held = true
			break
		}
	}
	if !held {
		t.Error("got no limit for a scanner")
	}
	quiet.heard(t, p, beat(touched(1)))
	// The same for original ones behind one address.
	beatOf := func(mac string) int {
		return p.do(t, http.MethodPost, "/api/device/heartbeat", "", object{"mac_address": mac, "queue_count": 0}).status
	}
	held = false
	for range 1300 {
		if held = beatOf("AA:BB:CC:00:11:22") == http.StatusTooManyRequests; held {
			break
		}
	}
	if !held {
		t.Error("got no limit for an original scanner")
	}
	if got := beatOf("AA:BB:CC:00:11:33"); got != http.StatusOK {
		t.Errorf("another one: got %d", got)
	}
	if a := p.do(t, http.MethodGet, "/api/session-status", "", nil); a.status != http.StatusOK {
		t.Errorf("what it polls: got %d %s", a.status, a.raw)
	}
	if a := p.do(t, http.MethodPost, "/api/mark-attendance-by-roll-id", "", object{"class_roll_id": 7}); a.status == http.StatusTooManyRequests {
		t.Errorf("its finger: got %d %s", a.status, a.raw)
	}
}
