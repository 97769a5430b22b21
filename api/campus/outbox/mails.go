package outbox

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/mail"
	"github.com/arise-attendance/arise/api/rest"
)

type mailBody struct {
	ID        attendance.ID  `json:"id" format:"uuid"`
	Kind      string         `json:"kind" enum:"notice,report,test"`
	StudentID *attendance.ID `json:"student_id" format:"uuid" nullable:"true"`
	To        []string       `json:"to"`
	Subject   string         `json:"subject"`
	Body      string         `json:"body" doc:"Empty once it is 90 days old."`
	State     string         `json:"state" enum:"queued,sending,sent,failed,unsure" doc:"Unsure: the server stopped while sending, and only the receiver knows."`
	Attempts  int            `json:"attempts"`
	Error     string         `json:"error" doc:"Why it is not there; the mail server's own words."`
	CreatedAt time.Time      `json:"created_at"`
	SentAt    *time.Time     `json:"sent_at" nullable:"true"`
}

type mailsInput struct {
	State     string        `query:"state" enum:"queued,sending,sent,failed,unsure" doc:"Only mails in this state."`
	StudentID attendance.ID `query:"student_id" format:"uuid" doc:"Only mails to this student."`
	Limit     int           `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Cursor    string        `query:"cursor" maxLength:"200" doc:"next_cursor of the page before."`
}

type mailsOutput struct {
	Body struct {
		Mails      []mailBody `json:"mails" doc:"Newest first."`
		NextCursor string     `json:"next_cursor,omitempty" doc:"Absent on the last page."`
		Sends      bool       `json:"sends" doc:"This server has a mail server to send through."`
	}
}

type mailPath struct {
	ID attendance.ID `path:"id" format:"uuid"`
}

type testMailInput struct {
	Body struct {
		To string `json:"to" minLength:"3" maxLength:"200" example:"office@school.example"`
	}
}

func (d Deps) mails(api huma.API) {
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "list-mails", Method: http.MethodGet, Path: "/api/admin/mails", Summary: "The log of mails",
	}), d.listMails)
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "resend-mail", Method: http.MethodPost, Path: "/api/admin/mails/{id}/resend", Summary: "Send a mail again that failed",
		DefaultStatus: http.StatusAccepted, Errors: []int{http.StatusNotFound, http.StatusConflict},
	}), d.resendMail)
	rest.Handle(api, ofAdmin(huma.Operation{
		OperationID: "test-mail", Method: http.MethodPost, Path: "/api/admin/mails/test", Summary: "Send a mail to see whether mail works",
		DefaultStatus: http.StatusAccepted, Errors: []int{http.StatusConflict},
	}), d.testMail)
}

func (d Deps) listMails(ctx context.Context, in *mailsInput) (*mailsOutput, error) {
	w := mail.Which{State: mail.State(in.State), Student: in.StudentID, Most: in.Limit + 1}
	var err error
	if w.BeforeAt, w.BeforeID, err = readPlace(in.Cursor, d.Service.Now()); err != nil {
		return nil, err
	}
	got, err := d.Mails.Mails(ctx, w)
	if err != nil {
		return nil, err
	}
	out := &mailsOutput{}
	out.Body.Sends = d.Sends
	if len(got) > in.Limit {
		got = got[:in.Limit]
		out.Body.NextCursor = place(got[in.Limit-1])
	}
	out.Body.Mails = make([]mailBody, len(got))
	for i, m := range got {
		out.Body.Mails[i] = mailBody{
			ID: m.ID, Kind: string(m.Kind), To: m.To, Subject: m.Subject, Body: m.Body, State: string(m.State),
			Attempts: m.Attempts, Error: m.Error, CreatedAt: m.CreatedAt.UTC(), SentAt: at(m.SentAt),
		}
		if !m.Student.IsZero() {
			out.Body.Mails[i].StudentID = &m.Student
		}
	}
	return out, nil
}

func (d Deps) resendMail(ctx context.Context, in *mailPath) (*struct{}, error) {
	err := d.Mails.Resend(ctx, in.ID)
	if errors.Is(err, mail.ErrNotFailed) {
		return nil, rest.NewProblem(http.StatusConflict, "not-failed", err.Error())
	}
	return nil, err
}

func (d Deps) testMail(ctx context.Context, in *testMailInput) (*struct{}, error) {
	if !d.Sends {
		return nil, rest.NewProblem(http.StatusConflict, "no-mail", "this server sends no mail: set ARISE_SMTP_URL and ARISE_MAIL_FROM, and start it again")
	}
	a, err := netmail.ParseAddress(in.Body.To)
	if err != nil {
		return nil, attendance.Invalid{Field: "to", Why: "is no e-mail address"}
	}
	school, err := d.Service.School(ctx)
	if err != nil {
		return nil, err
	}
	id, err := d.Service.NewID()
	if err != nil {
		return nil, err
	}
	return nil, d.Mails.Queue(ctx, mail.Test(a.Address, school, id.String()))
}

// at prints a time; "never" is null.
func at(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// place is where a page ends: cursors are no secret, only opaque.
func place(m mail.Mail) string {
	return base64.RawURLEncoding.EncodeToString([]byte(m.CreatedAt.UTC().Format(time.RFC3339Nano) + " " + m.ID.String()))
}

func readPlace(cursor string, now time.Time) (time.Time, attendance.ID, error) {
	if cursor == "" {
		return now.AddDate(1, 0, 0), attendance.ID{}, nil // before anything that any clock wrote
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	when, id, ok := strings.Cut(string(raw), " ")
	if err == nil && ok {
		if t, err := time.Parse(time.RFC3339Nano, when); err == nil {
			if id, err := attendance.ParseID(id); err == nil {
				return t, id, nil
			}
		}
	}
	return time.Time{}, attendance.ID{}, attendance.Invalid{Field: "query.cursor", Why: "is none of this server's: begin without one"}
}
