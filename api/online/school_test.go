package online_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/classroom"
	"github.com/arise-attendance/arise/api/live"
	"github.com/arise-attendance/arise/api/online"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/signin"
	"github.com/arise-attendance/arise/db/embedded/pgtest"
	"github.com/arise-attendance/arise/db/postgres"
)

var secret = bytes.Repeat([]byte("k"), 32)

// school is a cloud with course A-1 and its students U-1, U-2 …, and course B-1
// with a student of its own, X-1. Its clock is the test's.
type school struct {
	url     string
	pool    *pgxpool.Pool
	store   *postgres.Store
	service *attendance.Service
	tokens  *auth.Tokens
	h       http.Handler
	clock   *atomic.Int64 // Unix milliseconds
	looks   int           // of one address, in a minute
}

func id(name string) attendance.ID { return attendance.Derive(name) }

var templateHash = sync.OnceValues(func() (string, error) { return pgtest.Hash(postgres.Migrations()) })

func migrate(ctx context.Context, url string) error {
	pool, err := postgres.Connect(ctx, url, "public")
	if err != nil {
		return err
	}
	defer pool.Close()
	return postgres.Migrate(ctx, pool)
}

func setup(t testing.TB, students int, identity attendance.OnlineIdentity) *school {
	t.Helper()
	hash, err := templateHash()
	if err != nil {
		t.Fatal(err)
	}
	s := &school{url: pgtest.New(t, migrate, hash), clock: new(atomic.Int64), looks: online.LooksPerMinute}
	s.clock.Store(time.Now().Truncate(attendance.OTPStep).Add(10 * time.Second).UnixMilli())
	s.serve(t)
	s.enrol(t, students, identity)
	return s
}

// replica is another server of the same school.
func (s *school) replica(t testing.TB) *school {
	t.Helper()
	other := *s
	other.serve(t)
	return &other
}

func (s *school) now() time.Time { return time.UnixMilli(s.clock.Load()) }

func (s *school) wait(d time.Duration) { s.clock.Add(d.Milliseconds()) }

// serve mounts the class and the room over the school's database.
func (s *school) serve(t testing.TB) {
	t.Helper()
	var err error
	if s.pool, err = postgres.Connect(t.Context(), s.url, "public"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.pool.Close)
	s.store = postgres.New(s.pool, postgres.Options{Now: s.now})
	node, err := s.store.CloudNode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	world := attendance.World{Now: s.now, Rand: rand.Reader}
	if s.service, err = attendance.NewService(t.Context(), s.store, world, node, attendance.Rules{Zone: time.UTC}); err != nil {
		t.Fatal(err)
	}
	if s.tokens, err = auth.NewTokens(secret, s.now); err != nil {
		t.Fatal(err)
	}
	router := rest.Router(slog.New(slog.DiscardHandler), rest.Door{})
	rest.Mount(router, nil)
	api := rest.NewAPI(router, rest.TokenAuth{Tokens: s.tokens})
	classroom.Register(api, classroom.Deps{Service: s.service, Hub: live.NewHub(), Desk: signin.Desk{Service: s.service, Tokens: s.tokens, Brake: auth.NewLocal()}})
	online.Register(api, online.Deps{Service: s.service, Store: s.store, Keys: online.NewKeys(secret), Looks: online.NewLooks(s.looks), Origin: "https://school.example"})
	s.h = router
}

func (s *school) enrol(t testing.TB, students int, identity attendance.OnlineIdentity) {
	t.Helper()
	_, err := s.store.Change(t.Context(), func(ctx context.Context, r attendance.Registrar) error {
		errs := []error{r.PutSetting(ctx, attendance.SettingEntry{Key: "online_identity", Value: fmt.Appendf(nil, "%q", identity)})}
		for _, c := range []string{"A-1", "B-1"} {
			errs = append(errs,
				r.PutCourse(ctx, attendance.CourseEntry{FeedCourse: attendance.FeedCourse{ID: id(c), Code: c, Name: "Course " + c, DefaultMinutes: 30}}),
				r.PutTeacher(ctx, attendance.TeacherEntry{FeedTeacher: attendance.FeedTeacher{ID: id("teacher " + c), Name: "Teacher of " + c, Code: c}}),
				r.PutTeaching(ctx, attendance.FeedTeaching{ID: id("teaching " + c), Course: id(c), Teacher: id("teacher " + c), FromMS: 1}))
		}
		put := func(course, roll string, n int) {
			errs = append(errs,
				r.PutStudent(ctx, attendance.StudentEntry{FeedStudent: attendance.FeedStudent{ID: id(roll), Name: "Student " + roll, UniversityRoll: roll, EnrolmentNo: roll}}),
				r.PutEnrolment(ctx, attendance.FeedEnrolment{ID: id("in " + roll), Course: id(course), Student: id(roll), Roll: n, FromMS: 1}))
		}
		for i := range students {
			put("A-1", fmt.Sprintf("U-%d", i+1), i+1)
		}
		put("B-1", "X-1", 1)
		return errors.Join(errs...)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// caller is who calls, and from where.
type caller struct {
	role    attendance.Role
	name    string
	address string
	browser string
}

func teacher(course string) caller {
	return caller{role: attendance.RoleTeacher, name: "teacher " + course}
}

func student(roll string) caller { return caller{role: attendance.RoleStudent, name: roll} }

var nobody = caller{}

// reply is an answer of the server.
type reply struct {
	code   int
	body   string
	json   map[string]any
	header http.Header
}

// says is the reply's kind: the status, and the name of its problem or outcome.
func (r reply) says() string {
	what, _ := r.json["type"].(string)
	if what == "" {
		what, _ = r.json["status"].(string)
	}
	return fmt.Sprint(r.code, " ", strings.TrimPrefix(what, "urn:arise:problem:"))
}

func (s *school) call(t testing.TB, c caller, method, path string, body any) reply {
	t.Helper()
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			t.Error(err)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), method, "http://school.example"+path, bytes.NewReader(raw))
	r.Header.Set("Content-Type", "application/json")
	if c.role != "" {
		token, _, err := s.tokens.Issue(auth.Principal{Actor: attendance.Actor{ID: id(c.name), Role: c.role}})
		if err != nil {
			t.Error(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if c.address != "" {
		r.RemoteAddr = c.address + ":40000"
	}
	if c.browser != "" {
		r.AddCookie(&http.Cookie{Name: "arise-browser", Value: c.browser})
	}
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	out := reply{code: w.Code, body: w.Body.String(), header: w.Header()}
	_ = json.Unmarshal(w.Body.Bytes(), &out.json) // a picture is looked at as text
	return out
}

type object map[string]any

// class is a running online class of A-1.
type class struct{ id, token string }

func (s *school) start(t testing.TB) class {
	t.Helper()
	got := s.call(t, teacher("A-1"), "POST", "/api/teacher/start-online-session", object{"course_id": id("A-1"), "topic": "Joins"})
	if got.code != http.StatusOK {
		t.Fatalf("start: got %d %s", got.code, got.body)
	}
	return class{fmt.Sprint(got.json["session_id"]), fmt.Sprint(got.json["session_token"])}
}

// code is what the teacher's screen shows now.
func (s *school) code(t testing.TB, c class) string {
	t.Helper()
	got := s.call(t, teacher("A-1"), "GET", "/api/online/session/"+c.token+"/otp", nil)
	if got.code != http.StatusOK {
		t.Fatalf("code: got %d %s", got.code, got.body)
	}
	return fmt.Sprint(got.json["otp"])
}

// wrong is a code that shows neither now nor just before nor just after.
func (s *school) wrong(t testing.TB, c class) string {
	t.Helper()
	session, err := attendance.ParseID(c.id)
	if err != nil {
		t.Fatal(err)
	}
	key := online.NewKeys(secret).Code(session)
	for i := 0; ; i++ {
		code := fmt.Sprintf("%06d", i)
		if _, ok := attendance.OTPMatch(key, code, s.now()); !ok && attendance.OTPCode(key, s.now().Add(attendance.OTPStep)) != code {
			return code
		}
	}
}

func (s *school) answer(t testing.TB, by caller, c class, roll, code string) reply {
	t.Helper()
	body := object{"token": c.token, "otp": code}
	if roll != "" {
		body["university_roll_no"] = roll
	}
	return s.call(t, by, "POST", "/api/online/mark-attendance", body)
}

func (s *school) status(t testing.TB, c class) reply {
	t.Helper()
	got := s.call(t, teacher("A-1"), "GET", "/api/teacher/session/"+c.id+"/online-status", nil)
	if got.code != http.StatusOK {
		t.Fatalf("status: got %d %s", got.code, got.body)
	}
	return got
}
