package server_test

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/demo"
	"github.com/arise-attendance/arise/api/server"
)

type object = map[string]any

// drive is a pendrive that speaks HTTP.
type drive struct {
	*program
	node, incarnation attendance.ID
	token, version    string
	institution       string
	hash              [32]byte
	seq               int64
}

// claim pairs a new drive of all courses.
func (p *program) claim(t testing.TB, name string) *drive {
	t.Helper()
	code, err := server.Pair(t.Context(), p.config, name, nil)
	if err != nil {
		t.Fatal(err)
	}
	d := &drive{program: p, incarnation: newID(t)}
	if got := d.claimAs(t, code, 7); got != name {
		t.Fatalf("got %q, want %q", got, name)
	}
	return d
}

// claimAs brings a code with a key of its own, and returns the pendrive's name.
func (d *drive) claimAs(t testing.TB, code string, which byte) string {
	t.Helper()
	key := bytes.Repeat([]byte{which}, 32)
	var got struct {
		NodeID      attendance.ID `json:"node_id"`
		Name        string        `json:"name"`
		Institution string        `json:"institution"`
		Generation  attendance.ID `json:"generation"`
		ServerTime  time.Time     `json:"server_time"`
	}
	d.do(t, http.MethodPost, "/api/sync/claim", "", object{"code": code, "key": key, "incarnation": d.incarnation, "version": d.version}).into(t, &got)
	if got.NodeID.IsZero() || got.Generation.IsZero() || time.Since(got.ServerTime).Abs() > time.Minute {
		t.Fatalf("got %+v, want the pendrive", got)
	}
	d.node, d.token, d.institution = got.NodeID, auth.NodeToken(got.NodeID, key), got.Institution
	return got.Name
}

// batch is the next lines of the log.
func (d *drive) batch(facts ...attendance.Fact) object {
	before, first := d.hash, d.seq+1
	lines := []object{}
	for _, f := range facts {
		d.seq++
		d.hash = attendance.Chain(d.hash, d.seq, f.ID, f.Body)
		lines = append(lines, object{"seq": d.seq, "id": f.ID, "body": f.Body})
	}
	return object{
		"protocol": 1, "incarnation": d.incarnation, "first_seq": first, "last_seq": d.seq,
		"hash_before": hex.EncodeToString(before[:]), "clock": object{"wall_ms": time.Now().UnixMilli(), "mono_ms": 5}, "facts": lines, "version": d.version,
	}
}

type receipt struct {
	AckedThrough int64  `json:"acked_through"`
	HashAtAck    string `json:"hash_at_ack"`
	Results      []struct {
		Seq  int64  `json:"seq"`
		Code string `json:"code"`
	} `json:"results"`
	Feed struct {
		Generation attendance.ID `json:"generation"`
		Rev        int64         `json:"rev"`
	} `json:"feed"`
	Advice struct {
		Batch int `json:"batch"`
	} `json:"advice"`
}

func (d *drive) send(t *testing.T, body any, header ...string) answer {
	t.Helper()
	return d.do(t, http.MethodPost, "/api/sync/receive", d.token, body, header...)
}

func (d *drive) fact(t *testing.T, f attendance.Fact) attendance.Fact {
	t.Helper()
	now := time.Now()
	f.ID, f.Node = newID(t), d.node
	f.Stamp = attendance.Stamp{WallMS: now.UnixMilli(), HLC: attendance.HLCAt(now)}
	if err := f.Seal(); err != nil {
		t.Fatal(err)
	}
	return f
}

// class is a session of a demo course with one scan.
func (d *drive) class(t *testing.T, school demo.School) []attendance.Fact {
	t.Helper()
	e := school.Enrolments[0]
	se := newID(t)
	return []attendance.Fact{
		d.fact(t, attendance.Fact{Kind: attendance.SessionOpened, Session: se, Actor: school.Teachers[0].ID, Opening: &attendance.Opening{
			Course: e.Course, Kind: attendance.Offline, ClosesMS: time.Now().Add(time.Hour).UnixMilli(), Policy: attendance.DefaultPolicy(),
		}}),
		d.fact(t, attendance.Fact{
			Kind: attendance.MarkSeen, Session: se, Student: e.Student, Class: attendance.Evidence, Status: attendance.Present, Method: attendance.Biometric,
		}),
	}
}

func packed(t testing.TB, body any) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := json.NewEncoder(z).Encode(body); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func newID(t testing.TB) attendance.ID {
	t.Helper()
	id, err := attendance.NewID(time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestAPendriveFromClaimToRoster(t *testing.T) {
	t.Parallel()
	p := start(t, func(c *server.Config) { c.Demo = true })
	d := p.claim(t, "Lab 2")
	school := demo.Make(time.Now().UTC())

	first := d.class(t, school)
	body := d.batch(first...)
	for _, how := range []string{"the first time", "after a lost reply"} {
		var got receipt
		d.send(t, packed(t, body), "Content-Encoding", "gzip").into(t, &got)
		if got.AckedThrough != 2 || got.HashAtAck != hex.EncodeToString(d.hash[:]) || len(got.Results) != 0 || got.Feed.Rev == 0 || got.Advice.Batch == 0 {
			t.Errorf("%s: got %+v, want two lines stored", how, got)
		}
	}
	var plain receipt
	d.send(t, d.batch(d.fact(t, attendance.Fact{Kind: "mark.sung", Session: newID(t)}))).into(t, &plain)
	if plain.AckedThrough != 3 || len(plain.Results) != 1 || plain.Results[0].Code != "unknown_kind" {
		t.Errorf("plain JSON: got %+v, want one unknown kind", plain)
	}

	var page struct {
		Generation  attendance.ID       `json:"generation"`
		Rev         int64               `json:"rev"`
		Snapshot    bool                `json:"snapshot"`
		Changes     []attendance.Change `json:"changes"`
		Digest      string              `json:"digest"`
		Facts       []attendance.Told   `json:"facts"`
		FactsCursor string              `json:"facts_cursor"`
		FactsMore   bool                `json:"facts_more"`
	}
	// Facts wait until no transaction is under way that began before theirs, and
	// other tests share the server's transaction numbers.
	for late := time.Now().Add(time.Minute); len(page.Facts) == 0 && time.Now().Before(late); {
		d.do(t, http.MethodGet, "/api/sync/roster", d.token, nil).into(t, &page)
	}
	if want := 20 + 8 + 20 + 600 + 1200; !page.Snapshot || len(page.Changes) != want || page.Digest == "" || len(page.Facts) != 2000 || !page.FactsMore {
		t.Errorf("got %d rows and %d facts, digest %q, want %d and 2000 and more", len(page.Changes), len(page.Facts), page.Digest, want)
	}
	digest := page.Digest
	q := url.Values{"generation": {page.Generation.String()}, "rev": {"1"}, "facts": {page.FactsCursor}}
	if a := d.do(t, http.MethodGet, "/api/sync/roster?"+q.Encode(), d.token, nil); a.status != http.StatusConflict || a.problem(t) != "must-refetch" {
		t.Errorf("from before its scope was set: got %d %s, want must-refetch", a.status, a.raw)
	}
	q.Set("rev", jsonNumber(page.Rev))
	d.do(t, http.MethodGet, "/api/sync/roster?"+q.Encode(), d.token, nil).into(t, &page)
	if page.Snapshot || len(page.Changes) != 0 || page.Digest != digest || len(page.Facts) == 0 {
		t.Errorf("the next page: got %d changes, %d facts, digest %q, want 0, some and %q", len(page.Changes), len(page.Facts), page.Digest, digest)
	}
}

func jsonNumber(n int64) string {
	b, _ := json.Marshal(n)
	return string(b)
}

func TestWhatAnUploadIsRefusedFor(t *testing.T) {
	t.Parallel()
	p := start(t, nil)
	d := p.claim(t, "Lab 2")
	good := packed(t, d.batch(d.fact(t, attendance.Fact{Kind: attendance.Note, Session: newID(t)})))
	note := d.fact(t, attendance.Fact{Kind: attendance.Note, Session: newID(t)})
	if a := d.send(t, good, "Content-Encoding", "gzip"); a.status != http.StatusOK {
		t.Fatalf("got %d %s", a.status, a.raw)
	}
	change := func(what string, to any) object {
		copied := *d
		b := copied.batch(note)
		b[what] = to
		return b
	}
	many := []object{}
	for i := range 1001 {
		many = append(many, object{"seq": i + 2, "id": note.ID, "body": note.Body})
	}
	for name, tc := range map[string]struct {
		token   string
		body    any
		gzip    bool
		status  int
		problem string
		says    string
	}{
		"nobody":                       {"", change("protocol", 1), false, 401, "signed-out", ""},
		"another key":                  {auth.NodeToken(d.node, bytes.Repeat([]byte{8}, 32)), change("protocol", 1), false, 401, "signed-out", ""},
		"an unknown drive":             {auth.NodeToken(newID(t), bytes.Repeat([]byte{7}, 32)), change("protocol", 1), false, 401, "signed-out", ""},
		"a line cut in the middle":     {d.token, good[:len(good)/2], true, 400, "truncated", "send the batch again"},
		"a line cut at the end":        {d.token, good[:len(good)-1], true, 400, "truncated", "send the batch again"},
		"something that is no gzip":    {d.token, []byte("{}"), true, 400, "truncated", "send the batch again"},
		"JSON that ends too early":     {d.token, []byte(`{"protocol":1,"facts":[`), false, 400, "truncated", "send it again"},
		"too many lines":               {d.token, object{"protocol": 1, "incarnation": d.incarnation, "first_seq": 2, "last_seq": 1002, "hash_before": strings.Repeat("00", 32), "clock": object{}, "facts": many}, false, 422, "invalid", "1000"},
		"a gzip bomb":                  {d.token, packed(t, strings.Repeat("0", 8<<20)), true, 413, "too-large", "fewer"},
		"a hash that is none":          {d.token, change("hash_before", "xyz"), false, 422, "invalid", "hash_before"},
		"no incarnation":               {d.token, change("incarnation", ""), false, 422, "invalid", "incarnation"},
		"lines that are other lines":   {d.token, change("last_seq", 9), false, 422, "invalid", "first_seq"},
		"a gap":                        {d.token, object{"protocol": 1, "incarnation": d.incarnation, "first_seq": 5, "last_seq": 5, "hash_before": strings.Repeat("00", 32), "clock": object{}, "facts": []object{{"seq": 5, "id": note.ID, "body": note.Body}}}, false, 409, "sync-gap", `"wanted":2`},
		"another log of the same name": {d.token, change("hash_before", strings.Repeat("00", 32)), false, 409, "sync-fork", `"seq":1`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var header []string
			if tc.gzip {
				header = []string{"Content-Encoding", "gzip"}
			}
			a := p.do(t, http.MethodPost, "/api/sync/receive", tc.token, tc.body, header...)
			if a.status != tc.status || a.problem(t) != tc.problem || !strings.Contains(string(a.raw), tc.says) {
				t.Errorf("got %d %s\nwant %d %s, saying %q", a.status, a.raw, tc.status, tc.problem, tc.says)
			}
		})
	}
}

func TestWhatAClaimIsRefusedFor(t *testing.T) {
	t.Parallel()
	p := start(t, nil)
	code, err := server.Pair(t.Context(), p.config, "Lab 2", nil)
	if err != nil {
		t.Fatal(err)
	}
	claim := func(code string, key []byte) answer {
		return p.do(t, http.MethodPost, "/api/sync/claim", "", object{"code": code, "key": key, "incarnation": newID(t)})
	}
	mine := bytes.Repeat([]byte{1}, 32)
	if a := claim("WRONG-WRONG", mine); a.status != http.StatusForbidden || a.problem(t) != "wrong-claim" {
		t.Errorf("a wrong code: got %d %s", a.status, a.raw)
	}
	if a := claim(code, mine[1:]); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a short key: got %d %s", a.status, a.raw)
	}
	first := claim(code, mine)
	var a, b struct {
		Node attendance.ID `json:"node_id"`
	}
	first.into(t, &a)
	claim(strings.ToLower(code), mine).into(t, &b)
	if a.Node.IsZero() || a != b {
		t.Errorf("the same key again: got %v, want %v", b, a)
	}
	if again := claim(code, bytes.Repeat([]byte{2}, 32)); again.status != http.StatusConflict || again.problem(t) != "claimed" {
		t.Errorf("another key: got %d %s", again.status, again.raw)
	}
	if bytes.Contains(first.raw, []byte(base64.StdEncoding.EncodeToString(mine))) {
		t.Error("the answer repeats the key")
	}
}

func TestARevokedPendriveIsShutOut(t *testing.T) {
	t.Parallel()
	p := start(t, nil)
	d := p.claim(t, "Lost on the bus")
	if err := server.Revoke(t.Context(), p.config, "Lost on the bus"); err != nil {
		t.Fatal(err)
	}
	if a := d.do(t, http.MethodGet, "/api/sync/roster", d.token, nil); a.status != http.StatusForbidden || a.problem(t) != "revoked" {
		t.Errorf("its roster: got %d %s, want revoked", a.status, a.raw)
	}
	var got receipt
	batch := d.batch(d.class(t, demo.Make(time.Now().UTC()))...)
	for range 2 { // the first reply may be lost
		d.send(t, batch).into(t, &got)
		if got.AckedThrough != 2 {
			t.Errorf("its upload: got %+v, want both lines confirmed", got)
		}
	}
	var kept, placed int
	p.row(t, "SELECT (SELECT count(*) FROM inbox WHERE reason = 'revoked'), (SELECT count(*) FROM session) + (SELECT count(*) FROM standing)", &kept, &placed)
	if kept != 2 || placed != 0 {
		t.Errorf("got %d in the inbox and %d placed, want 2 and none", kept, placed)
	}
	for _, name := range []string{"Lost on the bus", "Never made"} {
		if err := server.Revoke(t.Context(), p.config, name); !errors.Is(err, attendance.ErrNotFound) {
			t.Errorf("%s: got %v, want not found", name, err)
		}
	}
}
