package server_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/db/postgres"
)

const nodes = "/api/admin/nodes"

// made is a pendrive and the code that is shown once.
type made struct {
	ID         string    `json:"id"`
	ClaimCode  string    `json:"claim_code"`
	ClaimUntil time.Time `json:"claim_until"`
	Download   string    `json:"download"`
	Programs   []string  `json:"programs"`
	Notes      []string  `json:"notes"`
}

func (d *desk) make(t *testing.T, body object) (m made) {
	t.Helper()
	a := d.ask(t, http.MethodPost, nodes, body, http.StatusCreated, &m)
	if m.ID == "" || strings.Count(m.ClaimCode, "-") != 5 || time.Until(m.ClaimUntil) < 29*24*time.Hour {
		t.Fatalf("got %s, want an id and a code", a.raw)
	}
	return m
}

// node is one pendrive as the office sees it.
func (d *desk) node(t *testing.T, id string) object {
	t.Helper()
	return d.read(t, nodes+"/"+id)
}

// courses makes a semester with two courses, and one course outside.
func (d *desk) courses(t *testing.T) (term, one, two, alone string) {
	t.Helper()
	term = d.add(t, "/api/admin/semesters", object{"semester_name": "Monsoon"})
	other := d.add(t, "/api/admin/semesters", object{"semester_name": "Spring"})
	add := func(code, term string) string {
		return d.add(t, "/api/admin/courses", object{"course_name": code, "course_code": code, "default_duration_minutes": 50, "semester_id": term})
	}
	return term, add("A-1", term), add("A-2", term), add("B-1", other)
}

func TestTheOfficeKeepsItsPendrives(t *testing.T) {
	t.Parallel()
	d := sitDown(t, nil)
	term, one, _, alone := d.courses(t)
	end := time.Now().Add(90 * 24 * time.Hour).UTC().Truncate(time.Second)
	good := object{"name": "Room 204", "course_ids": []string{alone}, "semester_ids": []string{term}, "expires_at": end}
	m := d.make(t, good)
	for _, c := range []struct {
		body   object
		status int
		kind   string
		field  string
	}{
		{object{"name": " "}, 422, "invalid", "name"},
		{object{"name": "ROOM 204"}, 409, "conflict", "name"},
		{object{"name": "x", "course_ids": []string{}, "semester_ids": nil}, 422, "invalid", ""},
		{object{"name": "x", "course_ids": []string{}, "semester_ids": []string{}}, 422, "invalid", "course_ids"},
		{object{"name": "x", "all_courses": true}, 422, "invalid", "course_ids"},
		{object{"name": "x", "course_ids": []string{newID(t).String()}}, 422, "invalid", "course_ids"},
		{object{"name": "x", "semester_ids": []string{newID(t).String()}}, 422, "invalid", "semester_ids"},
		{object{"name": "x", "course_ids": []string{"1"}}, 422, "invalid", ""},
		{object{"name": "x", "expires_at": time.Now().Add(-time.Hour)}, 422, "invalid", "expires_at"},
		{object{"name": "x", "expires_at": "0001-01-01T00:00:00Z"}, 422, "invalid", "expires_at"},
	} {
		body := object{}
		for k, v := range good {
			body[k] = v
		}
		for k, v := range c.body {
			body[k] = v
		}
		d.refuses(t, "POST", nodes, d.token, body, c.status, c.kind, c.field)
	}
	n := d.node(t, m.ID)
	if n["state"] != "waiting" || n["name"] != "Room 204" || n["claim_until"] == nil || n["last_contact_at"] != nil || n["expires_at"] != end.Format(time.RFC3339) {
		t.Errorf("got %v, want it to wait for its code", n)
	}

	drive := d.bring(t, m.ClaimCode)
	drive.send(t, drive.batch(drive.fact(t, attendance.Fact{Kind: attendance.Note, Session: newID(t)})))
	if n = d.node(t, m.ID); n["state"] != "active" || n["last_contact_at"] == nil || n["version"] != "test 7" || n["claim_until"] != nil || n["waiting_facts"] != 0.0 {
		t.Errorf("got %v, want it active", n)
	}
	behind := time.Now().Add(-time.Hour).UnixMilli()
	d.do(t, http.MethodGet, "/api/sync/roster?waiting=9&version=8&wall_ms="+jsonNumber(behind), drive.token, nil)
	if n = d.node(t, m.ID); n["waiting_facts"] != 9.0 || n["version"] != "8" || n["clock_ahead_ms"].(float64) > -3_500_000 {
		t.Errorf("got %v, want 9 waiting and a clock that is an hour behind", n)
	}

	path := nodes + "/" + m.ID
	d.make(t, object{"name": "Room 205", "all_courses": true})
	d.refuses(t, "PATCH", path, d.token, object{"name": "room 205"}, 409, "conflict", "name")
	d.refuses(t, "PATCH", path, d.token, object{"name": "a\rb"}, 422, "invalid", "name")
	d.refuses(t, "PATCH", path, d.token, object{"all_courses": false}, 422, "invalid", "course_ids")
	d.refuses(t, "PATCH", path, d.token, object{"expires_at": end, "never_ends": true}, 422, "invalid", "never_ends")
	d.refuses(t, "PATCH", nodes+"/"+newID(t).String(), d.token, object{"name": "x"}, 404, "not-found", "")
	d.ask(t, http.MethodPatch, path, object{"name": "Lab", "course_ids": []string{one}, "never_ends": true}, 200, nil)
	n = d.node(t, m.ID)
	if ids := n["course_ids"].([]any); n["name"] != "Lab" || len(ids) != 1 || ids[0] != one || len(n["semester_ids"].([]any)) != 0 || n["expires_at"] != nil {
		t.Errorf("got %v, want it changed", n)
	}
	if got := strings.Join(d.names(t, nodes, "name"), ","); got != "Lab,Room 205" {
		t.Errorf("got %s, want both by name", got)
	}
}

// bring claims a pendrive with its code.
func (p *program) bring(t *testing.T, code string) *drive {
	t.Helper()
	d := &drive{program: p, incarnation: newID(t), version: "test 7"}
	d.claimAs(t, code, 7)
	return d
}

func TestAPendriveIsRevokedAndIssuedAgain(t *testing.T) {
	t.Parallel()
	d := sitDown(t, nil)
	m := d.make(t, object{"name": "Room 204", "all_courses": true})
	path := nodes + "/" + m.ID
	lost := d.bring(t, m.ClaimCode)
	for range 2 {
		d.ask(t, http.MethodPost, path+"/revoke", nil, 200, nil)
	}
	if n := d.node(t, m.ID); n["state"] != "revoked" {
		t.Errorf("got %v, want it revoked", n)
	}
	d.refuses(t, "GET", "/api/sync/roster", lost.token, nil, 403, "revoked", "")
	d.make(t, object{"name": "Room 204", "all_courses": true}) // its name is free again
	d.refuses(t, "POST", path+"/reissue", d.token, nil, 409, "conflict", "name")
	d.ask(t, http.MethodPatch, path, object{"name": "Room 204, the old"}, 200, nil)

	var again made
	d.ask(t, http.MethodPost, path+"/reissue", nil, 200, &again)
	if n := d.node(t, m.ID); again.ID != m.ID || again.ClaimCode == m.ClaimCode || n["state"] != "waiting" {
		t.Errorf("got %+v and %v, want the same pendrive and another code", again, n)
	}
	found := &drive{program: d.program, incarnation: newID(t)}
	found.claimAs(t, again.ClaimCode, 9)
	if found.node.String() != m.ID {
		t.Errorf("got node %s, want %s", found.node, m.ID)
	}

	// Somebody finds the lost one and plugs it in. What it holds is kept for people.
	_, course, _, _ := d.courses(t)
	d.refuses(t, "GET", "/api/sync/roster", lost.token, nil, 403, "revoked", "")
	opening := func(p *drive) []attendance.Fact {
		id, err := attendance.ParseID(course)
		if err != nil {
			t.Fatal(err)
		}
		return []attendance.Fact{p.fact(t, attendance.Fact{Kind: attendance.SessionOpened, Session: newID(t), Opening: &attendance.Opening{
			Course: id, Kind: attendance.Offline, ClosesMS: time.Now().Add(time.Hour).UnixMilli(), Policy: attendance.DefaultPolicy(),
		}})}
	}
	for _, c := range []struct {
		who  *drive
		want string
	}{{lost, "revoked"}, {found, ""}} {
		var got receipt
		c.who.send(t, c.who.batch(opening(c.who)...)).into(t, &got)
		code := ""
		for _, r := range got.Results {
			code += r.Code
		}
		if got.AckedThrough != 1 || code != c.want {
			t.Errorf("got %+v, want line 1 to be %q", got, c.want)
		}
	}
	stranger := &drive{program: d.program, node: found.node, incarnation: newID(t), token: auth.NodeToken(found.node, bytes.Repeat([]byte{3}, 32))}
	if got := stranger.send(t, stranger.batch(opening(stranger)...)); got.status != http.StatusUnauthorized {
		t.Errorf("a key that never was: got %d, want 401", got.status)
	}
	for _, action := range []string{"/revoke", "/reissue"} {
		d.refuses(t, "POST", nodes+"/"+newID(t).String()+action, d.token, nil, 404, "not-found", "")
	}
}

func TestAPendriveWhoseEndHasPassedIsGivenALaterOneFirst(t *testing.T) {
	t.Parallel()
	d := sitDown(t, nil)
	m := d.make(t, object{"name": "Room 204", "all_courses": true, "expires_at": time.Now().Add(time.Hour)})
	d.exec(t, "UPDATE node SET expires_at = now() - interval '1 minute' WHERE id = $1", m.ID)
	if n := d.node(t, m.ID); n["state"] != "expired" {
		t.Errorf("got %v, want it expired", n)
	}
	d.refuses(t, "POST", nodes+"/"+m.ID+"/reissue", d.token, nil, 422, "invalid", "expires_at")
	d.ask(t, http.MethodPatch, nodes+"/"+m.ID, object{"expires_at": time.Now().Add(time.Hour)}, 200, nil)
	d.ask(t, http.MethodPost, nodes+"/"+m.ID+"/reissue", nil, 200, nil)
}

// exec is what no operation does, such as letting time pass.
func (p *program) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	pool, err := postgres.Connect(t.Context(), p.config.DatabaseURL, p.config.Schema)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// row asks the database for one.
func (p *program) row(t *testing.T, sql string, into ...any) {
	t.Helper()
	pool, err := postgres.Connect(t.Context(), p.config.DatabaseURL, p.config.Schema)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := pool.QueryRow(t.Context(), sql).Scan(into...); err != nil {
		t.Fatal(err)
	}
}
