package server_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/server"
)

type auditRow struct {
	Seq    int64
	At     time.Time
	Kind   string
	Hash   string
	Reason string
	Actor  struct {
		ID, Role, Name, Address string
		LoginID                 string `json:"login_id"`
	}
	Subjects      []string
	Before, After map[string]any
}

// audit reads a page of the ledger.
func (p *program) audit(t *testing.T, token, query string) (rows []auditRow, next string) {
	t.Helper()
	var page struct {
		Entries    []auditRow
		NextCursor string `json:"next_cursor"`
	}
	a := p.do(t, http.MethodGet, "/api/admin/audit?"+query, token, nil)
	if a.status != http.StatusOK {
		t.Fatalf("audit?%s: got %d %s", query, a.status, a.raw)
	}
	a.into(t, &page)
	return page.Entries, page.NextCursor
}

// sql runs statements as the owner of the database.
func (p *program) sql(t *testing.T, all ...string) {
	t.Helper()
	db, err := pgx.Connect(t.Context(), p.config.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(t.Context())
	for _, sql := range all {
		if _, err := db.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// try runs a statement as the owner of the database, which may refuse it.
func (p *program) try(t *testing.T, sql string) error {
	t.Helper()
	db, err := pgx.Connect(t.Context(), p.config.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(t.Context())
	_, err = db.Exec(t.Context(), sql)
	return err
}

func (p *program) verify(t *testing.T, head string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := server.VerifyAudit(t.Context(), p.config, head, &out)
	return out.String(), err
}

func TestTheOfficeReadsWhoChangedWhat(t *testing.T) {
	t.Parallel()
	p := office(t)
	me := p.signIn(t, "admin", password)
	p.do(t, http.MethodPost, "/api/admin/config", me, object{"batch_name": "MCA 2026"})
	p.do(t, http.MethodPost, "/api/admin/admins", me, object{"username": "asha"})
	rows, next := p.audit(t, me, "kind=setting.added&subject=batch_name")
	if len(rows) != 1 || next != "" || rows[0].After["value"] != "MCA 2026" || rows[0].Before != nil {
		t.Fatalf("got %+v, want the name", rows)
	}
	by := rows[0].Actor
	if by.Role != "admin" || by.Name != "admin" || by.Address != "127.0.0.1" || by.LoginID == "" || time.Since(rows[0].At).Abs() > time.Minute {
		t.Errorf("got %+v, want me, here and now", by)
	}
	mine, _ := p.audit(t, me, "actor="+by.ID)
	if len(mine) != 3 || mine[2].Kind != "login.added" || mine[0].Kind != "account.added" || mine[0].After["username"] != "asha" || mine[0].After["password_hash"] != "(secret)" {
		t.Errorf("got %+v, want what I did, the newest first, without secrets", mine)
	}
	seen := 0
	for cursor := ""; ; cursor = next {
		if rows, next = p.audit(t, me, "limit=1&cursor="+cursor); len(rows) != 1 {
			t.Fatalf("got %d rows on a page of one", len(rows))
		}
		if seen++; next == "" {
			break
		}
	}
	if seen != 4 || rows[0].Seq != 1 || rows[0].Actor.Role != "server" { // the first account
		t.Errorf("got %d rows, the last %+v, want all four", seen, rows[0])
	}
	if none, _ := p.audit(t, me, "from="+url.QueryEscape(time.Now().Add(time.Hour).Format(time.RFC3339))); len(none) != 0 {
		t.Errorf("of tomorrow: got %+v", none)
	}
	p.refuses(t, "GET", "/api/admin/audit?cursor=x", me, nil, 422, "invalid", "cursor")
	p.refuses(t, "GET", "/api/admin/audit?limit=1000", me, nil, 422, "invalid", "")
}

func TestTheAuditIsVerifiedAndItsTailIsHeldByAHeadWrittenDown(t *testing.T) {
	t.Parallel()
	p := office(t)
	me := p.signIn(t, "admin", password)
	rename := func(name string) {
		t.Helper()
		if a := p.do(t, http.MethodPost, "/api/admin/config", me, object{"batch_name": name}); a.status != http.StatusOK {
			t.Fatalf("got %d %s", a.status, a.raw)
		}
	}
	rename("one")
	var head struct {
		Seq  int64
		Hash string
	}
	p.do(t, http.MethodGet, "/api/admin/audit/head", me, nil).into(t, &head)
	says, err := p.verify(t, "")
	if want := "3 rows, unbroken\nhead " + head.Hash + "\n"; err != nil || says != want {
		t.Fatalf("got %q, %v, want %q", says, err, want)
	}
	rename("two")
	if says, err := p.verify(t, head.Hash); err != nil || !strings.HasPrefix(says, "the head given is row 3; 1 followed\n4 rows") {
		t.Errorf("got %q, %v", says, err)
	}
	if _, err := p.verify(t, "12ab"); err == nil {
		t.Error("half a head: got no error")
	}
	// The tail is cut, carefully, and grows anew.
	p.sql(t, "ALTER TABLE audit DISABLE TRIGGER USER", "DELETE FROM audit WHERE seq > 1",
		"UPDATE audit_head SET (seq, hash) = (SELECT seq, hash FROM audit WHERE seq = 1)")
	rename("three")
	rename("four")
	if says, err := p.verify(t, ""); err != nil || !strings.HasPrefix(says, "3 rows, unbroken") {
		t.Errorf("alone: got %q, %v, want that the chain cannot know", says, err)
	}
	if _, err := p.verify(t, head.Hash); err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("with the head: got %v, want the cut found", err)
	}
	p.sql(t, `UPDATE audit SET line = replace(line, 'three', 'theee') WHERE seq = 2`)
	if _, err := p.verify(t, ""); err == nil || err.Error() != (attendance.AuditBroken{Seq: 2, Why: "its content is not what was sealed"}).Error() {
		t.Errorf("got %v, want row 2 named", err)
	}
}
