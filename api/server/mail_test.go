package server_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/arise-attendance/arise/api/mail"
	"github.com/arise-attendance/arise/api/server"
)

// postman is a mail server that hands out what it gets.
type postman chan string

func (p postman) NewSession(*smtp.Conn) (smtp.Session, error) { return p, nil }
func (postman) Reset()                                        {}
func (postman) Logout() error                                 { return nil }
func (postman) Mail(string, *smtp.MailOptions) error          { return nil }
func (postman) Rcpt(string, *smtp.RcptOptions) error          { return nil }
func (p postman) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	p <- string(raw)
	return err
}

// newPostman is a running one, and the way to it.
func newPostman(t *testing.T) (postman, *mail.SMTP) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	box := make(postman, 10)
	receiver := smtp.NewServer(box)
	done := make(chan struct{})
	go func() { defer close(done); _ = receiver.Serve(listener) }() // it ends with an error, always
	t.Cleanup(func() { _ = receiver.Close(); <-done })
	sender, err := mail.NewSMTP("smtp+plain://"+listener.Addr().String(), "office@school.example")
	if err != nil {
		t.Fatal(err)
	}
	return box, sender
}

// next is the next mail that comes.
func (p postman) next(t *testing.T) string {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	select {
	case got := <-p:
		return got
	case <-ctx.Done():
		t.Fatal("no mail came")
		return ""
	}
}

func TestAMailOfTheOfficeArrives(t *testing.T) {
	t.Parallel()
	box, sender := newPostman(t)
	p := start(t, func(c *server.Config) { c.AdminPassword, c.SMTP = password, sender })
	me := p.signIn(t, "admin", password)
	p.refuses(t, "POST", "/api/admin/mails/test", me, object{"to": "nobody"}, 422, "invalid", "to")
	if a := p.do(t, http.MethodPost, "/api/admin/mails/test", me, object{"to": "head@school.example"}); a.status != http.StatusAccepted {
		t.Fatalf("got %d %s", a.status, a.raw)
	}
	if got := box.next(t); !strings.Contains(got, "To: <head@school.example>") || !strings.Contains(got, "My Classroom Pod") {
		t.Errorf("got %s", got)
	}
	var log struct {
		Mails []struct {
			ID, State, Kind string
			To              []string
		}
		Sends bool
	}
	p.do(t, http.MethodGet, "/api/admin/mails?limit=1", me, nil).into(t, &log)
	if len(log.Mails) != 1 || log.Mails[0].Kind != "test" || log.Mails[0].To[0] != "head@school.example" || !log.Sends {
		t.Fatalf("got %+v, want the one in the log", log)
	}
	for path, status := range map[string]int{
		"/api/admin/mails/" + log.Mails[0].ID + "/resend":   http.StatusConflict,
		"/api/admin/mails/" + newID(t).String() + "/resend": http.StatusNotFound,
		"/api/admin/jobs/999999/retry":                      http.StatusNotFound,
	} {
		if a := p.do(t, http.MethodPost, path, me, nil); a.status != status {
			t.Errorf("%s: got %d %s, want %d", path, a.status, a.raw, status)
		}
	}
	p.refuses(t, "GET", "/api/admin/mails?cursor=x", me, nil, 422, "invalid", "")
	if a := p.do(t, http.MethodGet, "/api/admin/jobs", me, nil); a.status != http.StatusOK || string(a.raw) != "[]\n" {
		t.Errorf("got %d %q, want no failures", a.status, a.raw)
	}
}

func TestWithoutAMailServerTheOfficeIsTold(t *testing.T) {
	t.Parallel()
	p := office(t)
	p.refuses(t, "POST", "/api/admin/mails/test", p.signIn(t, "admin", password), object{"to": "head@school.example"}, 409, "no-mail", "")
}

func TestARegularReportIsMailedOnce(t *testing.T) {
	t.Parallel()
	box, sender := newPostman(t)
	p := start(t, func(c *server.Config) { c.AdminPassword, c.SMTP, c.Demo = password, sender, true })
	me := p.signIn(t, "admin", password)
	const path = "/api/admin/reports/schedules"
	for field, wish := range map[string]object{
		"to":    {"kind": "shortage", "every": "day", "to": []string{"nobody"}},
		"every": {"kind": "absentees", "every": "week", "to": []string{"a@school.example"}},
	} {
		p.refuses(t, "POST", path, me, wish, 422, "invalid", field)
	}
	a := p.do(t, http.MethodPost, path, me, object{"kind": "shortage", "every": "week", "weekday": 1, "hour": 7, "below": 75, "to": []string{"Head <head@school.example>"}})
	if a.status != http.StatusCreated {
		t.Fatalf("got %d %s", a.status, a.raw)
	}
	var kept struct{ ID string }
	a.into(t, &kept)
	pool, err := pgxpool.New(t.Context(), p.config.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	// It is Monday morning; two replicas look.
	if _, err := pool.Exec(t.Context(), `UPDATE report_schedule SET next_at = now() - interval '1 hour'`); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := pool.Exec(t.Context(), `INSERT INTO river_job (kind, args, max_attempts, queue, priority, scheduled_at) VALUES ('order_reports', '{}', 3, 'default', 1, now())`); err != nil {
			t.Fatal(err)
		}
	}
	got := box.next(t)
	if !strings.Contains(got, "To: <head@school.example>") || !strings.Contains(got, ".xlsx") || !strings.Contains(got, "shortage") {
		t.Errorf("got %.2000s, want the file for the head", got)
	}
	var reports, mails int
	if err := pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM report), (SELECT count(*) FROM mail)`).Scan(&reports, &mails); err != nil {
		t.Fatal(err)
	}
	if reports != 1 || mails != 1 {
		t.Errorf("got %d reports and %d mails, want one of each", reports, mails)
	}
	for _, status := range []int{http.StatusNoContent, http.StatusNotFound} {
		if a := p.do(t, http.MethodDelete, path+"/"+kept.ID, me, nil); a.status != status {
			t.Errorf("got %d %s, want %d", a.status, a.raw, status)
		}
	}
}
