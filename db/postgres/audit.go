package postgres

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// Rows of the roster, accounts, pendrives and requests are noted in the ledger by
// triggers (migration 00012), so that no writer can forget it. Here the transaction
// says whose it is, and what facts change is noted.

// signed begins a transaction in the name of whoever asks. It costs no round trip of
// its own; hexadecimal, because names are anybody's.
func signed(ctx context.Context, o pgx.TxOptions) (pgx.TxOptions, error) {
	p := auth.From(ctx)
	if p.ID.IsZero() {
		return o, nil
	}
	who, err := json.Marshal(attendance.AuditActor{ID: p.ID, Role: string(p.Role), Name: p.Name, Login: p.Login, Address: p.Address})
	if err != nil {
		return o, fmt.Errorf("encode who asks: %w", err)
	}
	o.BeginQuery = "begin; set local arise.who = '" + hex.EncodeToString(who) + "'"
	return o, nil
}

// noteFacts notes those fresh facts in which a person changes what was: sessions
// deleted and restored, and verdicts (but for leaves, whose request is noted) after the end of their session. The marks of a
// running class are facts in a chain of their own, and never wait for this one.
func (t *tx) noteFacts(ctx context.Context, fresh []attendance.Fact) error {
	for _, f := range fresh {
		if !f.IsVoid() && (!f.IsMark() || f.Class == attendance.Evidence || f.Class == attendance.Leave) {
			continue
		}
		se, err := t.ended(ctx, f.Session)
		if err != nil {
			return err
		}
		if f.IsMark() && f.Effective().Before(se.EndAt()) {
			continue
		}
		if err := t.noteFact(ctx, f, se); err != nil {
			return fmt.Errorf("note fact %s in the ledger: %w", f.ID, err)
		}
	}
	return nil
}

// ended is a session of the transaction; who stores facts has locked theirs.
func (t *tx) ended(ctx context.Context, id attendance.ID) (attendance.Session, error) {
	if se, ok := t.sessions[id]; ok {
		return se, nil
	}
	return t.Session(ctx, id)
}

func (t *tx) noteFact(ctx context.Context, f attendance.Fact, se attendance.Session) error {
	type shown struct {
		Status attendance.Status `json:"status"`
		Method attendance.Method `json:"method,omitempty"`
		Reason string            `json:"reason,omitempty"`
	}
	body := map[string]any{}
	if f.Reason != "" {
		body["reason"] = f.Reason
	}
	if f.IsMark() {
		before, err := t.Standings(ctx, f.Session, f.Student)
		if err != nil {
			return err
		}
		was := shown{}
		if len(before) > 0 {
			was = shown{before[0].Status, before[0].Method, before[0].Reason}
		}
		body["before"], body["after"] = was, shown{Status: f.Status, Method: f.Method}
	}
	var who any
	if p := auth.From(ctx); p.ID.IsZero() || p.Role == attendance.RoleNode { // done elsewhere, told here
		who = attendance.AuditActor{ID: f.Actor, Role: string(roleOf(f)), Node: f.Node}
	}
	about := []string{f.ID.String(), f.Session.String(), se.Course.String()}
	if !f.Student.IsZero() {
		about = append(about, f.Student.String())
	}
	return t.note(ctx, string(f.Kind), who, about, body)
}

func roleOf(f attendance.Fact) attendance.Role {
	if f.Class >= attendance.Office {
		return attendance.RoleAdmin
	}
	return attendance.RoleTeacher
}

// note adds a row to the ledger, sealed when the transaction commits. who is nil for
// whoever asks.
func (t *tx) note(ctx context.Context, kind string, who any, about []string, body any) error {
	var actor json.RawMessage
	var err error
	if who != nil {
		if actor, err = json.Marshal(who); err != nil {
			return err
		}
	}
	subjects, err := json.Marshal(about)
	if err != nil {
		return err
	}
	said, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return t.q.NoteAudit(ctx, kind, actor, subjects, said)
}

// Audit reads the ledger, the newest first.
func (s *Store) Audit(ctx context.Context, by attendance.AuditFilter) ([]attendance.AuditEntry, error) {
	p := dbsqlc.AuditParams{Below: by.Below, ActorID: by.Actor, ToMs: math.MaxInt64, Most: int32(by.Most)} //nolint:gosec // a page
	if by.Below == 0 {
		p.Below = math.MaxInt64
	}
	if by.Kind != "" {
		p.Kind = &by.Kind
	}
	if !by.From.IsZero() {
		p.FromMs = by.From.UnixMilli()
	}
	if !by.To.IsZero() {
		p.ToMs = by.To.UnixMilli()
	}
	q := dbsqlc.New(s.pool)
	if by.Subject == "" {
		rows, err := q.Audit(ctx, p)
		return entries(rows, err)
	}
	rows, err := q.AuditOf(ctx, dbsqlc.AuditOfParams{
		Subject: by.Subject, Below: p.Below, ActorID: p.ActorID, Kind: p.Kind, FromMs: p.FromMs, ToMs: p.ToMs, Most: p.Most,
	})
	out := make([]dbsqlc.AuditRow, len(rows))
	for i, r := range rows {
		out[i] = dbsqlc.AuditRow(r)
	}
	return entries(out, err)
}

func entries(rows []dbsqlc.AuditRow, err error) ([]attendance.AuditEntry, error) {
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	out := make([]attendance.AuditEntry, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal([]byte(r.Line), &out[i]); err != nil {
			return nil, fmt.Errorf("row %d of the ledger: %w: run api admin audit-verify", r.Seq, err)
		}
		out[i].Hash = [32]byte(r.Hash)
	}
	return out, nil
}

// AuditHead is how far the ledger goes.
func (s *Store) AuditHead(ctx context.Context) (attendance.AuditHead, error) {
	r, err := dbsqlc.New(s.pool).AuditHead(ctx)
	if err != nil {
		return attendance.AuditHead{}, fmt.Errorf("read the ledger's head: %w", err)
	}
	return attendance.AuditHead{Seq: r.Seq, Hash: [32]byte(r.Hash)}, nil
}

// verifyBatch is how many rows are held in memory at once.
const verifyBatch = 2000

// VerifyAudit walks the whole ledger and returns where it ends. AuditBroken names the
// first row that is not what was sealed. It calls each with the head after each row.
func (s *Store) VerifyAudit(ctx context.Context, each func(attendance.AuditHead)) (attendance.AuditHead, error) {
	var at attendance.AuditHead
	end, err := s.AuditHead(ctx)
	if err != nil {
		return at, err
	}
	q := dbsqlc.New(s.pool)
	start, err := q.AuditStart(ctx)
	if err != nil {
		return at, fmt.Errorf("read where the ledger begins: %w", err)
	}
	at = attendance.AuditHead{Seq: start.Seq, Hash: [32]byte(start.Hash)}
	said := start.Seq == 0 // that the rows before were archived
	for {
		rows, err := q.AuditLines(ctx, at.Seq, verifyBatch)
		if err != nil {
			return at, fmt.Errorf("read the ledger: %w", err)
		}
		for _, r := range rows {
			at, err = at.Next(attendance.AuditLine{Seq: r.Seq, Line: r.Line, Prev: [32]byte(r.PrevHash), Hash: [32]byte(r.Hash)})
			if err != nil {
				return at, err
			}
			said = said || attendance.Archives(r.Line, start.Seq, [32]byte(start.Hash))
			if at.Seq == end.Seq && at.Hash != end.Hash {
				return at, attendance.AuditBroken{Seq: at.Seq, Why: "the ledger's head names another row"}
			}
			each(at)
		}
		if len(rows) < verifyBatch {
			break
		}
	}
	if at.Seq < end.Seq {
		return at, attendance.AuditBroken{Seq: at.Seq + 1, Why: fmt.Sprintf("it is missing, the ledger's head is row %d", end.Seq)}
	}
	if !said {
		return at, attendance.AuditBroken{Seq: start.Seq, Why: "it and those before are missing, and no row says that they were archived"}
	}
	return at, nil
}
