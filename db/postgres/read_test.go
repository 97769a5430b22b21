package postgres_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/classroom"
	"github.com/arise-attendance/arise/api/insight"
	"github.com/arise-attendance/arise/api/live"
	"github.com/arise-attendance/arise/api/reports"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/signin"
	own "github.com/arise-attendance/arise/api/student"
	"github.com/arise-attendance/arise/db/postgres"
	"github.com/arise-attendance/arise/db/postgres/internal/dbsqlc"
)

// callers read at the same time, over as many connections.
const callers = 8

// reader asks the operations of a school over HTTP.
type reader struct {
	*school
	url    string
	client *http.Client
	tokens map[attendance.ID]string
	said   *said
}

// reading serves a school. Its queries are written down where said is given.
func reading(tb testing.TB, s *school, words *said) *reader {
	tb.Helper()
	pool, err := postgres.ConnectAs(tb.Context(), s.store.url, "public", "reader", func(c *pgxpool.Config) {
		if words != nil {
			c.ConnConfig.Tracer = words
		}
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(pool.Close)
	us := &school{store: store{postgres.New(pool, postgres.Options{}), pool, s.store.url}, cloud: s.cloud}
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
	reports.Register(api, reports.Deps{Service: us.serve, School: us.Store, Papers: us.Store})
	server := httptest.NewServer(router)
	tb.Cleanup(server.Close)
	r := &reader{school: us, url: server.URL, tokens: map[attendance.ID]string{}, said: words}
	r.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: callers, DisableCompression: true}}
	for i := range callers {
		r.signIn(tb, tokens, attendance.Actor{ID: bigRow("student", 321+i), Role: attendance.RoleStudent})
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

// read asks once, as a browser does.
func (r *reader) read(ctx context.Context, who attendance.ID, path string) error {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+path, nil)
	if err != nil {
		return err
	}
	q.Header.Set("Authorization", "Bearer "+r.tokens[who])
	q.Header.Set("Accept-Encoding", "gzip")
	res, err := r.client.Do(q)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	if res.StatusCode != http.StatusOK || n == 0 {
		return fmt.Errorf("%s: got %s and %d bytes", path, res.Status, n)
	}
	return err
}

// said writes down what a pool's connections are asked. It is a pgx.QueryTracer.
type said struct {
	mu  sync.Mutex
	all []statement
}

type statement struct {
	sql  string
	args []any
}

func (s *said) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, statement{d.SQL, d.Args})
	return ctx
}

func (*said) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// bare asks the same once more: pgx, and sqlc's function that scans the rows, and
// nothing that looks at them.
func (s statement) bare(ctx context.Context, conn *pgx.Conn) error {
	rest, named := strings.CutPrefix(s.sql, "-- name: ")
	if !named {
		_, err := conn.Exec(ctx, s.sql)
		return err
	}
	name, _, _ := strings.Cut(rest, " ")
	fn := reflect.ValueOf(dbsqlc.New(conn)).MethodByName(name)
	in := []reflect.Value{reflect.ValueOf(ctx)}
	switch {
	case fn.Type().NumIn() == 1+len(s.args):
		for _, a := range s.args {
			in = append(in, reflect.ValueOf(a))
		}
	default: // more than four are fields, in the same order
		params := reflect.New(fn.Type().In(1)).Elem()
		for i, a := range s.args {
			params.Field(i).Set(reflect.ValueOf(a))
		}
		in = append(in, params)
	}
	out := fn.Call(in)
	err, _ := out[len(out)-1].Interface().(error)
	return err
}

// screen is something that somebody reads.
type screen struct {
	who  func(caller int) attendance.ID
	path string
}

func screens() map[string]screen {
	pupil := func(i int) attendance.ID { return bigRow("student", 321+i) }
	teacher := func(int) attendance.ID { return bigRow("teacher", 0) }
	office := func(int) attendance.ID { return attendance.ID{} }
	hall, course, term := bigRow("course", 0).String(), bigRow("course", 2).String(), bigRow("term", 1).String()
	month := "from=" + time.Now().AddDate(0, -1, 0).Format(time.DateOnly) + "&to=" + time.Now().AddDate(0, 0, -5).Format(time.DateOnly)
	analytics := "/api/admin/analytics/"
	return map[string]screen{
		"dashboard":               {pupil, "/api/student/dashboard"},
		"explain":                 {pupil, "/api/student/course/" + hall + "/explain"},
		"own analytics":           {pupil, "/api/student/analytics"},
		"overview":                {office, analytics + "overview"},
		"overview of a term":      {office, analytics + "overview?semester_id=" + term},
		"overview of a month":     {office, analytics + "overview?" + month},
		"trends":                  {office, analytics + "trends"},
		"trends of a month":       {office, analytics + "trends?" + month},
		"course":                  {office, analytics + "course/" + course},
		"course of a hall":        {office, analytics + "course/" + hall},
		"student":                 {office, analytics + "student/" + bigRow("student", 321).String()},
		"absences":                {office, analytics + "absences"},
		"teacher's history":       {teacher, "/api/teacher/history/" + hall},
		"teacher's analytics":     {teacher, "/api/teacher/analytics/" + hall},
		"leaderboard of a hall":   {pupil, "/api/student/leaderboard?course_id=" + hall},
		"leaderboard of a school": {pupil, "/api/student/leaderboard"},
	}
}

func median(all []time.Duration) time.Duration { return rank(all, 50) }

// rank is the percentile of some measurements.
func rank(all []time.Duration, percent int) time.Duration {
	slices.Sort(all)
	return all[(len(all)-1)*percent/100]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// alone reads a screen, and asks its statements bare, by turns; and reports how
// long each takes.
func (r *reader) alone(b *testing.B, words *reader, sc screen) {
	b.Helper()
	ctx := b.Context()
	asked, bare := r.compare(b, words, sc)
	conn, err := r.pool.Acquire(ctx)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Release()
	_ = conn
	b.ReportMetric(ms(median(asked)), "ms")
	b.ReportMetric(ms(median(bare)), "sql-ms")
	b.ReportMetric(float64(median(asked))/float64(median(bare)), "x-sql")
}

func (r *reader) compare(b *testing.B, words *reader, sc screen) (asked, bare []time.Duration) {
	ctx := b.Context()
	words.said.all = nil
	if err := words.read(ctx, sc.who(0), sc.path); err != nil {
		b.Fatal(err)
	}
	statements := slices.Clone(words.said.all)
	conn, err := r.pool.Acquire(ctx)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Release()
	ask := func() error { return r.read(ctx, sc.who(0), sc.path) }
	again := func() error {
		for _, s := range statements {
			if err := s.bare(ctx, conn.Conn()); err != nil {
				return fmt.Errorf("%.60s: %w", s.sql, err)
			}
		}
		return nil
	}
	for range 7 { // statements are planned for good after the fifth time
		if err := ask(); err != nil {
			b.Fatal(err)
		}
		if err := again(); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		t0 := time.Now()
		if err := ask(); err != nil {
			b.Fatal(err)
		}
		t1 := time.Now()
		if err := again(); err != nil {
			b.Fatal(err)
		}
		asked, bare = append(asked, t1.Sub(t0)), append(bare, time.Since(t1))
	}
	return asked, bare
}

// crowd lets all callers read a screen again and again, and reports how long one of
// them waits.
func (r *reader) crowd(b *testing.B, sc screen, atLeast time.Duration) {
	b.Helper()
	took := make([][]time.Duration, callers)
	var wg sync.WaitGroup
	until := time.Now().Add(atLeast)
	for i := range callers {
		wg.Go(func() {
			for time.Now().Before(until) {
				t0 := time.Now()
				if err := r.read(b.Context(), sc.who(i), sc.path); err != nil {
					b.Error(err)
					return
				}
				took[i] = append(took[i], time.Since(t0))
			}
		})
	}
	wg.Wait()
	all := slices.Concat(took...)
	b.ReportMetric(ms(rank(all, 50)), "p50-ms")
	b.ReportMetric(ms(rank(all, 95)), "p95-ms")
}
