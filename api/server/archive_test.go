package server_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/server"
)

func TestOldRowsOfTheLedgerAreArchivedAndTheRestIsWhole(t *testing.T) {
	t.Parallel()
	p := office(t)
	me := p.signIn(t, "admin", password)
	rename := func(name string) {
		t.Helper()
		if a := p.do(t, http.MethodPost, "/api/admin/config", me, object{"batch_name": name}); a.status != http.StatusOK {
			t.Fatalf("got %d %s", a.status, a.raw)
		}
	}
	rename("one") // row 3
	var head struct{ Hash string }
	p.do(t, http.MethodGet, "/api/admin/audit/head", me, nil).into(t, &head)
	between := time.Now().Add(time.Millisecond)
	for time.Now().Before(between) {
		rename("one") // which changes nothing
	}
	rename("two") // row 4
	file := filepath.Join(t.TempDir(), "audit-2025.jsonl")
	archive := func(before time.Time, file string) (string, error) {
		var out bytes.Buffer
		err := server.ArchiveAudit(t.Context(), p.config, before, file, &out)
		return out.String(), err
	}
	if says, err := archive(time.Now().AddDate(-1, 0, 0), file); err != nil || says != "no row is as old\n" {
		t.Errorf("of last year: got %q, %v", says, err)
	}
	says, err := archive(between, file)
	if want := "3 rows, to row 3, are in " + file + " and no longer in the database\nhead " + head.Hash + "\n"; err != nil || says != want {
		t.Fatalf("got %q, %v, want %q", says, err, want)
	}
	if _, err := archive(time.Now(), file); err == nil || !strings.Contains(err.Error(), "exists") {
		t.Errorf("over a file: got %v, want it left alone", err)
	}
	rows, _ := p.audit(t, me, "")
	if len(rows) != 2 || rows[0].Kind != "audit.archived" || rows[0].After["hash"] != head.Hash || rows[1].Seq != 4 {
		t.Errorf("got %+v, want the row after, and one that says it", rows)
	}
	for _, known := range []string{"", head.Hash} {
		if says, err := p.verify(t, known); err != nil || !strings.HasPrefix(says, "rows to 3 were archived in audit-2025.jsonl\n") || !strings.Contains(says, "5 rows, unbroken") {
			t.Errorf("with head %q: got %q, %v", known, says, err)
		}
	}
	var out bytes.Buffer
	if err := server.VerifyArchive(file, &out); err != nil || out.String() != "to row 3, unbroken\nhead "+head.Hash+"\n" {
		t.Errorf("the file: got %q, %v", out.String(), err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, bytes.Replace(raw, []byte("admin"), []byte("other"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := server.VerifyArchive(file, &out); err == nil || !strings.Contains(err.Error(), "not what was sealed") {
		t.Errorf("the file, changed: got %v", err)
	}
	// Whoever owns the database moves the beginning, and says nothing.
	p.sql(t, "ALTER TABLE audit DISABLE TRIGGER USER", "ALTER TABLE audit_start DISABLE TRIGGER USER",
		"UPDATE audit_start SET (seq, hash) = (SELECT seq, hash FROM audit WHERE seq = 4)", "DELETE FROM audit WHERE seq = 4")
	if _, err := p.verify(t, ""); err == nil || !strings.Contains(err.Error(), "no row says that they were archived") {
		t.Errorf("cut without a word: got %v, want it found", err)
	}
}

func TestTheLedgersBeginningIsNotMovedByHand(t *testing.T) {
	t.Parallel()
	p := office(t)
	p.signIn(t, "admin", password)
	for _, sql := range []string{
		"DELETE FROM audit WHERE seq = 1",
		"UPDATE audit_start SET seq = 1",
		"UPDATE audit_start SET seq = 99, hash = sha256('x')",
		"DELETE FROM audit_start",
	} {
		if err := p.try(t, sql); err == nil {
			t.Errorf("%s: got no error", sql)
		}
	}
	if says, err := p.verify(t, ""); err != nil || !strings.HasPrefix(says, "2 rows, unbroken") {
		t.Errorf("got %q, %v", says, err)
	}
}
