package postgres_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/db/postgres"
)

// ledger reads all that was noted of a subject, the oldest first.
func (s *school) ledger(t *testing.T, subject attendance.ID) []attendance.AuditEntry {
	t.Helper()
	all, err := s.Audit(t.Context(), attendance.AuditFilter{Subject: subject.String(), Most: 1000})
	if err != nil {
		t.Fatal(err)
	}
	out := make([]attendance.AuditEntry, 0, len(all))
	for i := range all {
		out = append(out, all[len(all)-1-i])
	}
	return out
}

func kinds(entries []attendance.AuditEntry) string {
	var out []string
	for _, e := range entries {
		out = append(out, e.Kind)
	}
	return strings.Join(out, " ")
}

func (s *school) whole(t *testing.T) attendance.AuditHead {
	t.Helper()
	rows := int64(0)
	head, err := s.VerifyAudit(t.Context(), func(attendance.AuditHead) { rows++ })
	if err != nil || head.Seq != rows {
		t.Fatalf("got %d rows and head %d, %v, want a whole ledger", rows, head.Seq, err)
	}
	return head
}

// meera is a person of the office whose name would like to be SQL.
func meera(t *testing.T) (context.Context, auth.Principal) {
	t.Helper()
	p := auth.Principal{
		Actor: attendance.Actor{ID: newID(t), Role: attendance.RoleAdmin}, Name: `M'; DROP TABLE audit; -- "`, Login: newID(t), Address: "192.0.2.7",
	}
	return auth.With(t.Context(), p), p
}

func TestARowOfTheRosterIsNotedBeforeAndAfterAndByWhom(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, postgres.Options{})
	ctx, who := meera(t)
	id := newID(t)
	put := func(change func(*attendance.StudentEntry)) {
		t.Helper()
		st := student(id, 7)
		st.PasswordHash = "$argon2id$first"
		change(&st)
		if _, err := s.Change(ctx, func(ctx context.Context, r attendance.Registrar) error { return r.PutStudent(ctx, st) }); err != nil {
			t.Fatal(err)
		}
	}
	put(func(*attendance.StudentEntry) {})
	put(func(*attendance.StudentEntry) {}) // nothing changes
	put(func(st *attendance.StudentEntry) { st.Name, st.PasswordHash = "Tenzin", "$argon2id$second" })
	put(func(st *attendance.StudentEntry) {
		st.Name, st.PasswordHash, st.Archived = "Tenzin", "$argon2id$second", true
	})
	got := s.ledger(t, id)
	if kinds(got) != "student.added student.changed student.archived" {
		t.Fatalf("got %s", kinds(got))
	}
	change := got[1]
	if string(change.Body.Before) != `{"name": "Student 7", "password_hash": "(secret)"}` || string(change.Body.After) != `{"name": "Tenzin", "password_hash": "(secret)"}` {
		t.Errorf("got %s and %s, want what differs, without secrets", change.Body.Before, change.Body.After)
	}
	want := attendance.AuditActor{ID: who.ID, Role: "admin", Name: who.Name, Login: who.Login, Address: who.Address}
	if change.Actor != want || time.Since(change.At()).Abs() > time.Minute {
		t.Errorf("got %+v at %v, want %+v now", change.Actor, change.At(), want)
	}
	for _, e := range got {
		if strings.Contains(string(e.Body.Before)+string(e.Body.After), "argon2") {
			t.Errorf("%s tells a secret: %s %s", e.Kind, e.Body.Before, e.Body.After)
		}
	}
	s.whole(t)
}

func TestWhatIsNotStoredIsNotNoted(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, postgres.Options{})
	before := s.whole(t)
	errOnPurpose := errors.New("on purpose")
	_, err := s.Change(t.Context(), func(ctx context.Context, r attendance.Registrar) error {
		return errors.Join(r.PutStudent(ctx, student(newID(t), 9)), errOnPurpose)
	})
	if !errors.Is(err, errOnPurpose) {
		t.Fatal(err)
	}
	if got := s.whole(t); got != before {
		t.Errorf("got %d rows, want %d", got.Seq, before.Seq)
	}
}

func TestAStatementOfAnyProgramIsNoted(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, postgres.Options{})
	for _, sql := range []string{
		"UPDATE student SET name = 'x' WHERE id = $1",
		"UPDATE student SET password_hash = 'y' WHERE id = $1",
	} {
		if _, err := s.pool.Exec(t.Context(), sql, s.students[0].String()); err != nil {
			t.Fatal(err)
		}
	}
	got := s.ledger(t, s.students[0])
	if kinds(got) != "student.added enrolment.added student.changed student.changed" || got[2].Actor.Role != "server" || !got[2].Actor.ID.IsZero() {
		t.Errorf("got %s by %+v", kinds(got), got[2].Actor)
	}
	if e := got[3]; strings.Contains(string(e.Body.After), `"y"`) {
		t.Errorf("got %s, want no secret", e.Body.After)
	}
}

func TestAccountsSettingsAndPendrivesAreNoted(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, postgres.Options{})
	ctx, who := meera(t)
	a := auth.Account{ID: newID(t), Username: "asha", PasswordHash: "$argon2id$", CreatedAt: time.Now()}
	node := s.store.pair(t, "Room 1")
	other := a
	other.ID, other.Username = newID(t), "binod"
	for _, err := range []error{
		s.AddAccount(ctx, a), s.AddAccount(ctx, other), s.SetPassword(ctx, a.ID, "$argon2id$2", who.Login), s.ArchiveAccount(ctx, a.ID), s.office().RevokeNode(ctx, node.ID),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := s.ledger(t, a.ID); kinds(got) != "account.added account.changed account.archived" || string(got[1].Body.After) != `{"password_hash": "(secret)"}` {
		t.Errorf("account: got %s", kinds(got))
	}
	if got := s.ledger(t, node.ID); !strings.HasPrefix(kinds(got), "node.added") || !strings.HasSuffix(kinds(got), "node.revoked") {
		t.Errorf("pendrive: got %s", kinds(got))
	}
	if _, err := s.Change(ctx, func(ctx context.Context, r attendance.Registrar) error {
		return errors.Join(
			r.PutSetting(ctx, attendance.SettingEntry{Key: "edit_hours", Value: []byte("24")}),
			r.PutSetting(ctx, attendance.SettingEntry{Key: "smtp_password", Value: []byte(`"hunter2"`)}),
		)
	}); err != nil {
		t.Fatal(err)
	}
	all, err := s.Audit(t.Context(), attendance.AuditFilter{Actor: who.ID, Kind: "setting.added", Most: 10})
	if err != nil || len(all) != 2 || strings.Contains(string(all[0].Body.After), "hunter2") || !strings.Contains(string(all[1].Body.After), "24") {
		t.Errorf("settings: got %+v, %v", all, err)
	}
	for i, e := range all {
		if e.Actor.Address != who.Address {
			t.Errorf("%d: got %+v", i, e.Actor)
		}
	}
}

func TestOnlyWhatAPersonChangesAfterAClassIsNoted(t *testing.T) {
	t.Parallel()
	s := setup(t, 2, postgres.Options{})
	se := s.open(t)
	mark := func(status attendance.Status) attendance.ID {
		t.Helper()
		g := newID(t)
		if _, err := s.serve.Mark(t.Context(), s.rao(), se.ID, attendance.Verdict{Gesture: g, Students: s.students[:1], Status: status, Reason: "saw them"}); err != nil {
			t.Fatal(err)
		}
		return g
	}
	mark(attendance.Absent)
	if got := s.ledger(t, se.ID); len(got) != 0 {
		t.Fatalf("while it runs: got %s, want the facts alone", kinds(got))
	}
	if _, err := s.serve.Close(t.Context(), s.rao(), se.ID); err != nil {
		t.Fatal(err)
	}
	g := mark(attendance.Present)
	if _, err := s.serve.Undo(t.Context(), s.rao(), se.ID, g); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.serve.Void(t.Context(), s.rao(), se.ID, "started by mistake"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.serve.Restore(t.Context(), s.rao(), se.ID); err != nil {
		t.Fatal(err)
	}
	got := s.ledger(t, se.ID)
	if kinds(got) != "mark.set mark.set session.voided session.restored" {
		t.Fatalf("got %s", kinds(got))
	}
	first := got[0]
	if string(first.Body.Before) != `{"method": "teacher_manual", "reason": "saw them", "status": "absent"}` ||
		string(first.Body.After) != `{"method": "teacher_manual", "status": "present"}` || first.Body.Reason != "saw them" {
		t.Errorf("got %s, %s, %q", first.Body.Before, first.Body.After, first.Body.Reason)
	}
	if first.Actor.ID != s.teacher || first.Actor.Role != "teacher" || first.Actor.Node != s.cloud {
		t.Errorf("got %+v, want the teacher whom the fact names", first.Actor)
	}
	if got[2].Body.Reason != "started by mistake" || len(s.ledger(t, s.students[0])) != 4 { // added, enrolled, two marks
		t.Errorf("got %q and %s", got[2].Body.Reason, kinds(s.ledger(t, s.students[0])))
	}
	s.whole(t)
}

func TestManyWriteOneChain(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, postgres.Options{})
	before := s.whole(t)
	const writers, rows = 8, 5
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for i := range rows {
				if _, err := s.Change(t.Context(), func(ctx context.Context, r attendance.Registrar) error {
					return r.PutStudent(ctx, student(newID(t), i))
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := s.whole(t); got.Seq != before.Seq+writers*rows {
		t.Errorf("got %d rows, want %d", got.Seq, before.Seq+writers*rows)
	}
}

func TestTheLedgerOnlyGrows(t *testing.T) {
	t.Parallel()
	s := setup(t, 1, postgres.Options{})
	for _, sql := range []string{"UPDATE audit SET line = line", "DELETE FROM audit", "TRUNCATE audit"} {
		if _, err := s.pool.Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "only grows") {
			t.Errorf("%s: got %v, want it refused", sql, err)
		}
	}
}

// Whoever owns the database can switch the triggers off. The chain still tells.
func TestTamperingIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	reseal := `UPDATE audit SET hash = sha256(prev_hash || convert_to(line, 'UTF8')) WHERE seq = 3`
	for name, c := range map[string]struct {
		sql    []string
		broken int64
		says   string
	}{
		"a row is changed":              {[]string{`UPDATE audit SET line = replace(line, 'added', 'other') WHERE seq = 3`}, 3, "not what was sealed"},
		"a row is changed and resealed": {[]string{`UPDATE audit SET line = replace(line, 'added', 'other') WHERE seq = 3`, reseal}, 4, "does not follow"},
		"a row is removed":              {[]string{`DELETE FROM audit WHERE seq = 3`}, 3, "missing, row 4 follows"},
		"two rows are exchanged": {[]string{
			`UPDATE audit a SET line = b.line, hash = b.hash, prev_hash = b.prev_hash FROM audit b WHERE a.seq + b.seq = 7 AND a.seq IN (3, 4)`,
		}, 3, "does not follow"},
		"the tail is cut": {[]string{`DELETE FROM audit WHERE seq > 3`}, 4, "missing, the ledger's head"},
		"the tail is cut, and one row put in again":  {[]string{`DELETE FROM audit WHERE seq > 3`, `UPDATE audit_head SET seq = 3`}, 3, "head names another row"},
		"a row is renumbered, and the gap is hidden": {[]string{`DELETE FROM audit WHERE seq = 3`, `UPDATE audit SET seq = seq - 1 WHERE seq > 3`}, 3, "does not follow"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setup(t, 2, postgres.Options{})
			if head := s.whole(t); head.Seq < 5 {
				t.Fatalf("got %d rows, too few to test with", head.Seq)
			}
			for _, sql := range append([]string{"ALTER TABLE audit DISABLE TRIGGER USER"}, c.sql...) {
				if _, err := s.pool.Exec(t.Context(), sql); err != nil {
					t.Fatal(err)
				}
			}
			_, err := s.VerifyAudit(t.Context(), func(attendance.AuditHead) {})
			var broken attendance.AuditBroken
			if !errors.As(err, &broken) || broken.Seq != c.broken || !strings.Contains(broken.Why, c.says) {
				t.Errorf("got %v, want row %d: %s", err, c.broken, c.says)
			}
		})
	}
}

func TestTheLedgerIsReadByPage(t *testing.T) {
	t.Parallel()
	s := setup(t, 3, postgres.Options{})
	head := s.whole(t)
	below, seen := int64(0), int64(0)
	for {
		page, err := s.Audit(t.Context(), attendance.AuditFilter{Below: below, Most: 2, From: time.Now().Add(-time.Hour), To: time.Now().Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			if want := head.Seq - seen; e.Seq != want {
				t.Errorf("got row %d, want %d", e.Seq, want)
			}
			seen, below = seen+1, e.Seq
		}
	}
	if seen != head.Seq {
		t.Errorf("got %d rows, want %d", seen, head.Seq)
	}
	if none, err := s.Audit(t.Context(), attendance.AuditFilter{From: time.Now().Add(time.Hour), Most: 5}); err != nil || len(none) != 0 {
		t.Errorf("of tomorrow: got %v, %v", none, err)
	}
}
