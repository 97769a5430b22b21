package server_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

func TestTheOfficeSeesThatAPendriveExistsTwice(t *testing.T) {
	t.Parallel()
	d := sitDown(t, nil)
	_, course, _, _ := d.courses(t)
	m := d.make(t, object{"name": "Room 204", "all_courses": true})
	one := d.bring(t, m.ClaimCode)
	opening := func(p *drive) attendance.Fact {
		id, err := attendance.ParseID(course)
		if err != nil {
			t.Fatal(err)
		}
		return p.fact(t, attendance.Fact{Kind: attendance.SessionOpened, Session: newID(t), Opening: &attendance.Opening{
			Course: id, Kind: attendance.Offline, ClosesMS: time.Now().Add(time.Hour).UnixMilli(), Policy: attendance.DefaultPolicy(),
		}})
	}
	sends := func(p *drive, want int64, facts ...attendance.Fact) {
		t.Helper()
		var got receipt
		p.send(t, p.batch(facts...)).into(t, &got)
		if got.AckedThrough != want || len(got.Results) > 0 && got.Results[0].Code != "duplicate" {
			t.Errorf("got %+v, want line %d confirmed", got, want)
		}
	}
	state := func(want string) {
		t.Helper()
		if n := d.node(t, m.ID); n["state"] != want {
			t.Errorf("got %v, want %s", n["state"], want)
		}
	}
	shared := []attendance.Fact{opening(one), opening(one)}
	sends(one, 2, shared...)
	copied := *one
	sends(one, 3, opening(one)) // the original goes on

	mine := opening(&copied)
	a := copied.send(t, copied.batch(mine))
	if a.status != http.StatusConflict || a.problem(t) != "sync-fork" {
		t.Fatalf("the copy: got %d %s, want a fork", a.status, a.raw)
	}
	copied.incarnation, copied.hash, copied.seq = newID(t), [32]byte{}, 0
	sends(&copied, 3, append(shared, mine)...)
	state("active") // a drive that was restored says the same, once
	sends(one, 4, opening(one))
	state("exists_twice")
	var facts, ids int
	d.row(t, "SELECT (SELECT count(*) FROM fact), (SELECT count(DISTINCT id) FROM fact) + (SELECT count(*) FROM inbox WHERE reason <> 'clone_suspect')", &facts, &ids)
	if facts != 5 || ids != 5 {
		t.Errorf("got %d facts, %d of them once, want the 5 of both", facts, ids)
	}
	d.idle(t, one)
}

// idle wants a look that finds nothing new to fit in a kilobyte each way.
func (d *desk) idle(t *testing.T, p *drive) {
	t.Helper()
	var page struct {
		Generation  attendance.ID `json:"generation"`
		Rev         int64         `json:"rev"`
		FactsCursor string        `json:"facts_cursor"`
	}
	p.do(t, http.MethodGet, "/api/sync/roster", p.token, nil).into(t, &page)
	at, err := url.Parse(d.url)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", at.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	q := url.Values{"generation": {page.Generation.String()}, "rev": {fmt.Sprint(page.Rev)}, "facts": {page.FactsCursor}}
	ask := fmt.Sprintf("GET /api/sync/roster?%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n", q.Encode(), at.Host, p.token)
	if _, err := io.WriteString(conn, ask); err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(conn)
	if err != nil || len(raw) > 1000 || len(ask) > 1000 {
		t.Errorf("got %d and %d bytes, %v, want at most 1000:\n%s", len(ask), len(raw), err, raw)
	}
}
