package review

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

type auditInput struct {
	Actor   attendance.ID `query:"actor" format:"uuid" doc:"Who did it."`
	Subject string        `query:"subject" maxLength:"200" doc:"The id or key of anything it is about: a student, a course, a session, a request."`
	Kind    string        `query:"kind" maxLength:"60" doc:"What was done." example:"session.voided"`
	From    time.Time     `query:"from" doc:"Not before."`
	To      time.Time     `query:"to" doc:"Before."`
	Cursor  string        `query:"cursor" maxLength:"20" doc:"next_cursor of the page before."`
	Limit   int           `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type auditActorBody struct {
	ID      attendance.ID `json:"id,omitzero" format:"uuid" required:"false" doc:"Missing: the server itself, or a command on it."`
	Role    string        `json:"role" enum:"admin,teacher,student,node,device,integration,server"`
	Name    string        `json:"name,omitempty" doc:"As they were called then."`
	LoginID attendance.ID `json:"login_id,omitzero" format:"uuid" required:"false"`
	Address string        `json:"address,omitempty"`
	NodeID  attendance.ID `json:"node_id,omitzero" format:"uuid" required:"false" doc:"The pendrive on which it was done."`
}

type auditEntryBody struct {
	Seq      int64           `json:"seq" doc:"Without gaps, in the order of commits."`
	At       time.Time       `json:"at"`
	Actor    auditActorBody  `json:"actor"`
	Kind     string          `json:"kind" example:"student.changed"`
	Subjects []string        `json:"subjects"`
	Before   json.RawMessage `json:"before,omitempty" required:"false" doc:"What differs, before. Of a secret only that there was one."`
	After    json.RawMessage `json:"after,omitempty" required:"false" doc:"What differs, after."`
	Reason   string          `json:"reason,omitempty"`
	Hash     string          `json:"hash" doc:"SHA-256 over the hash before it and the row, in hexadecimal."`
}

type auditOutput struct {
	Body struct {
		Entries    []auditEntryBody `json:"entries" doc:"Newest first."`
		NextCursor string           `json:"next_cursor,omitempty" doc:"Missing on the last page."`
	}
}

type auditHeadOutput struct {
	Body struct {
		Seq  int64  `json:"seq" doc:"How many rows the ledger has."`
		Hash string `json:"hash" doc:"Of the last row, in hexadecimal."`
	}
}

func (d Deps) audit(api huma.API) {
	rest.Handle(api, rest.ForPrograms(ofAdmin(huma.Operation{
		OperationID: "list-audit", Method: http.MethodGet, Path: "/api/admin/audit", Tags: []string{"Audit"},
		Summary: "Read who changed what, when and why",
		Description: "Every change of the roster, the settings, accounts, pendrives, scanners, tokens and requests, deleted and restored classes, and verdicts after a class has ended; " +
			"every import, every file that left the school (export.sent, backup.written), and where somebody signed in (login.added) and out (login.revoked). " +
			"Rows are chained: each carries a hash over itself and the one before, and none is ever changed; old ones leave the database only into a file, and a row says so.",
	}), auth.ScopeAudit), d.listAudit)
	rest.Handle(api, rest.ForPrograms(ofAdmin(huma.Operation{
		OperationID: "get-audit-head", Method: http.MethodGet, Path: "/api/admin/audit/head", Tags: []string{"Audit"},
		Summary: "Read where the audit ends", Description: "Write the hash down elsewhere: `api admin audit-verify -head HASH` then proves that nothing was cut off since.",
	}), auth.ScopeAudit), d.auditHead)
}

func (d Deps) listAudit(ctx context.Context, in *auditInput) (*auditOutput, error) {
	f := attendance.AuditFilter{Actor: in.Actor, Subject: in.Subject, Kind: in.Kind, From: in.From, To: in.To, Most: in.Limit + 1}
	if in.Cursor != "" {
		var err error
		if f.Below, err = strconv.ParseInt(in.Cursor, 10, 64); err != nil || f.Below < 1 {
			return nil, attendance.Invalid{Field: "cursor", Why: "is not one that a page gave: begin without one"}
		}
	}
	all, err := d.Ledger.Audit(ctx, f)
	if err != nil {
		return nil, err
	}
	out := &auditOutput{}
	out.Body.Entries = make([]auditEntryBody, 0, len(all))
	for _, e := range all {
		if len(out.Body.Entries) == in.Limit {
			out.Body.NextCursor = strconv.FormatInt(out.Body.Entries[in.Limit-1].Seq, 10)
			break
		}
		out.Body.Entries = append(out.Body.Entries, entryOf(e))
	}
	return out, nil
}

func entryOf(e attendance.AuditEntry) auditEntryBody {
	return auditEntryBody{
		Seq: e.Seq, At: at(e.At()), Kind: e.Kind, Subjects: e.Subjects,
		Actor: auditActorBody{
			ID: e.Actor.ID, Role: e.Actor.Role, Name: e.Actor.Name, LoginID: e.Actor.Login, Address: e.Actor.Address, NodeID: e.Actor.Node,
		},
		Before: e.Body.Before, After: e.Body.After, Reason: e.Body.Reason, Hash: hex.EncodeToString(e.Hash[:]),
	}
}

func (d Deps) auditHead(ctx context.Context, _ *struct{}) (*auditHeadOutput, error) {
	h, err := d.Ledger.AuditHead(ctx)
	if err != nil {
		return nil, err
	}
	out := &auditHeadOutput{}
	out.Body.Seq, out.Body.Hash = h.Seq, hex.EncodeToString(h.Hash[:])
	return out, nil
}
