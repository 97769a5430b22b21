package postgres_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/classroom"
	"github.com/arise-attendance/arise/api/insight"
	"github.com/arise-attendance/arise/api/live"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/signin"
	own "github.com/arise-attendance/arise/api/student"
	"github.com/arise-attendance/arise/db/postgres"
)

// callers read at the same time, each over a connection of their own.
const callers = 8

// firstReader is the first of the students who read; all of them are in the hall.
const firstReader = 90

// reader asks the operations of a school.
type reader struct {
	*school
	handler http.Handler
	url     string
	client  *http.Client
	tokens  map[attendance.ID]string
	said    *said
}

// reading serves a school. What its database is asked is written down where words
// are given.
func reading(tb testing.TB, s *school, words *said) *reader {
	tb.Helper()
	pool, err := postgres.ConnectAs(tb.Context(), s.url, "public", "reader", func(c *pgxpool.Config) {
		if words != nil {
			c.ConnConfig.Tracer = words
		}
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(pool.Close)
	us := &school{store: store{postgres.New(pool, postgres.Options{}), pool, s.url}, cloud: s.cloud}
	us.serve = us.service(tb)
	tokens, err := auth.NewTokens(bytes.Repeat([]byte("k"), 32), time.Now)
	if err != nil {
		tb.Fatal(err)
	}
	router := rest.Router(slog.New(slog.DiscardHandler), rest.Door{})
	api := rest.NewAPI(router, rest.TokenAuth{Tokens: tokens, Logins: us.Store})
	desk := signin.Desk{Service: us.serve, Tokens: tokens, Brake: us.Brake(), Book: us.Store}
	classroom.Register(api, classroom.Deps{Service: us.serve, Hub: live.NewHub(), Desk: desk})
	own.Register(api, own.Deps{Service: us.serve, Students: us.Store, Courses: us.Store, Letterbox: us.Store, Desk: desk, Figures: us.Store, Board: us.Store})
	insight.Register(api, insight.Deps{Service: us.serve, Figures: us.Store})
	server := httptest.NewServer(router)
	tb.Cleanup(server.Close)
	r := &reader{school: us, handler: router, url: server.URL, tokens: map[attendance.ID]string{}, said: words}
	r.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: callers, DisableCompression: true}}
	for i := range callers {
		r.signIn(tb, tokens, attendance.Actor{ID: bigRow("student", firstReader+i), Role: attendance.RoleStudent})
	}
	r.signIn(tb, tokens, attendance.Actor{ID: bigRow("teacher", 0), Role: attendance.RoleTeacher})
	r.signIn(tb, tokens, attendance.Actor{Role: attendance.RoleAdmin})
	return r
}

func (r *reader) signIn(tb testing.TB, tokens *auth.Tokens, by attendance.Actor) {
	tb.Helper()
	who, login := by.ID, newID(tb)
	if by.Role == attendance.RoleAdmin {
		by.ID = newID(tb)
		if err := r.AddAccount(tb.Context(), auth.Account{ID: by.ID, Username: "a" + by.ID.String()[24:], PasswordHash: "x", CreatedAt: time.Now()}); err != nil {
			tb.Fatal(err)
		}
	}
	err := r.BeginLogin(tb.Context(), auth.Login{ID: login, Person: by.ID, Role: by.Role, CreatedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour)})
	if err != nil {
		tb.Fatal(err)
	}
	if r.tokens[who], _, err = tokens.Issue(auth.Principal{Actor: by, Login: login}); err != nil {
		tb.Fatal(err)
	}
}

// screen is something that somebody reads.
type screen struct {
	who  func(caller int) attendance.ID
	path string
}

func screens() map[string]screen {
	student := func(i int) attendance.ID { return bigRow("student", firstReader+i) }
	teacher := func(int) attendance.ID { return bigRow("teacher", 0) }
	office := func(int) attendance.ID { return attendance.ID{} }
	hall, course, term := bigRow("course", 0).String(), bigRow("course", 2).String(), bigRow("term", 1).String()
	month := "from=" + time.Now().AddDate(0, -1, 0).Format(time.DateOnly) + "&to=" + time.Now().AddDate(0, 0, -5).Format(time.DateOnly)
	const analytics = "/api/admin/analytics/"
	return map[string]screen{
		"dashboard":               {student, "/api/student/dashboard"},
		"explain":                 {student, "/api/student/course/" + hall + "/explain"},
		"own analytics":           {student, "/api/student/analytics"},
		"leaderboard of a hall":   {student, "/api/student/leaderboard?course_id=" + hall},
		"leaderboard of a school": {student, "/api/student/leaderboard"},
		"history of a hall":       {teacher, "/api/teacher/history/" + hall},
		"analytics of a hall":     {teacher, "/api/teacher/analytics/" + hall},
		"overview":                {office, analytics + "overview"},
		"overview of a term":      {office, analytics + "overview?semester_id=" + term},
		"overview of a month":     {office, analytics + "overview?" + month},
		"trends":                  {office, analytics + "trends"},
		"trends of a month":       {office, analytics + "trends?" + month},
		"course":                  {office, analytics + "course/" + course},
		"course of a hall":        {office, analytics + "course/" + hall},
		"student":                 {office, analytics + "student/" + bigRow("student", firstReader).String()},
		"absences":                {office, analytics + "absences"},
	}
}

func (r *reader) request(ctx context.Context, base string, sc screen, caller int) (*http.Request, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, base+sc.path, nil)
	if err == nil {
		q.Header.Set("Authorization", "Bearer "+r.tokens[sc.who(caller)])
	}
	return q, err
}

// read asks over the network, as a browser does.
func (r *reader) read(ctx context.Context, sc screen, caller int) error {
	q, err := r.request(ctx, r.url, sc, caller)
	if err != nil {
		return err
	}
	q.Header.Set("Accept-Encoding", "gzip")
	res, err := r.client.Do(q)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	if res.StatusCode != http.StatusOK || n == 0 {
		return fmt.Errorf("%s: got %s and %d bytes", sc.path, res.Status, n)
	}
	return err
}

// answer is what a request takes here, without the network and whoever asks.
func (r *reader) answer(ctx context.Context, sc screen) error {
	q, err := r.request(ctx, "", sc, 0)
	if err != nil {
		return err
	}
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, q)
	if w.Code != http.StatusOK || w.Body.Len() == 0 {
		return fmt.Errorf("%s: got %d %s", sc.path, w.Code, w.Body)
	}
	return nil
}
