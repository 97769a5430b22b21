package classroom_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/classroom"
	"github.com/arise-attendance/arise/api/live"
	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/api/signin"
	"github.com/arise-attendance/arise/db/sqlite"
)

// bench is a small school behind a real router and a real SQLite: courses A-1
// and B-1 with a teacher each, three students in A-1 and one in B-1.
type bench struct {
	t       *testing.T
	h       http.Handler
	hub     *live.Hub
	tokens  *auth.Tokens
	service *attendance.Service
	world   attendance.World
	store   attendance.Store
	ahead   atomic.Int64 // how far the clock was moved
}

const pin = "135790"

func id(name string) attendance.ID { return attendance.Derive(name) }

// setup opens the school, with more rows where a test needs them.
func setup(t *testing.T, more ...attendance.Change) *bench {
	t.Helper()
	b := &bench{t: t, hub: live.NewHub()}
	now := func() time.Time { return time.Now().Add(time.Duration(b.ahead.Load())) }
	store, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{Now: now, Rand: rand.Reader, OnChange: b.hub.Changed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	b.store = store
	rows := append(roster(t), more...)
	if !slices.ContainsFunc(more, func(c attendance.Change) bool { return c.Key == "edit_hours" }) {
		rows = append(rows, editHours(0)) // most classes of the tests were long ago
	}
	var digest attendance.Digest
	for _, r := range rows {
		digest = digest.Add(attendance.RowHash(r.Kind, r.Key, r.Row))
	}
	if err := store.Apply(t.Context(), attendance.Page{Generation: id("one"), Rev: 1, Head: 1, Snapshot: true, Changes: rows, Digest: digest}); err != nil {
		t.Fatal(err)
	}
	b.world = attendance.World{Now: now, Rand: rand.Reader}
	if b.tokens, err = auth.NewTokens(bytes.Repeat([]byte("k"), 32), now); err != nil {
		t.Fatal(err)
	}
	b.zone(time.UTC)
	return b
}

// zone mounts the operations as a campus in that zone does.
func (b *bench) zone(zone *time.Location) {
	b.t.Helper()
	var err error
	if b.service, err = attendance.NewService(b.t.Context(), b.store, b.world, id("node"), attendance.Rules{Zone: zone}); err != nil {
		b.t.Fatal(err)
	}
	router := rest.Router(slog.New(slog.DiscardHandler), rest.Door{})
	rest.Mount(router, nil)
	classroom.Register(rest.NewAPI(router, rest.TokenAuth{Tokens: b.tokens}), classroom.Deps{
		Service: b.service, Hub: b.hub, Desk: signin.Desk{Service: b.service, Tokens: b.tokens, Brake: auth.NewLocal()},
		Server: classroom.Server{Kind: "edge", Name: "Room 1"}, Legacy: true,
	})
	b.h = router
}

// editHours is the school's setting.
func editHours(n int) attendance.Change {
	return attendance.Change{Rev: 1, Kind: attendance.SettingRow, Key: "edit_hours", Row: fmt.Append(nil, n)}
}

// change is one row of the roster feed.
func change(t *testing.T, kind attendance.RowKind, key attendance.ID, row any) attendance.Change {
	t.Helper()
	raw, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	return attendance.Change{Rev: 1, Kind: kind, Key: key.String(), Row: raw}
}

func roster(t *testing.T) []attendance.Change {
	t.Helper()
	hash, err := auth.HashSecret(pin)
	if err != nil {
		t.Fatal(err)
	}
	var out []attendance.Change
	put := func(kind attendance.RowKind, key attendance.ID, row any) {
		out = append(out, change(t, kind, key, row))
	}
	for _, c := range []string{"A-1", "B-1"} {
		put(attendance.CourseRow, id(c), attendance.FeedCourse{ID: id(c), Code: c, Name: "Course " + c, DefaultMinutes: 30})
		teacher := id("teacher " + c)
		put(attendance.TeacherRow, teacher, attendance.FeedTeacher{ID: teacher, Name: "Teacher of " + c, Code: c, PINHash: hash})
		put(attendance.TeachingRow, id("teaching "+c), attendance.FeedTeaching{ID: id("teaching " + c), Course: id(c), Teacher: teacher, FromMS: 1})
	}
	for i, s := range []string{"asha", "bala", "chen"} {
		st := id(s)
		put(attendance.StudentRow, st, attendance.FeedStudent{ID: st, Name: s, UniversityRoll: fmt.Sprintf("U-%d", i+1), EnrolmentNo: fmt.Sprintf("E-%d", i+1)})
		put(attendance.EnrolmentRow, id("in A-1 "+s), attendance.FeedEnrolment{ID: id("in A-1 " + s), Course: id("A-1"), Student: st, Roll: i + 1, FromMS: 1})
	}
	put(attendance.EnrolmentRow, id("in B-1 chen"), attendance.FeedEnrolment{ID: id("in B-1 chen"), Course: id("B-1"), Student: id("chen"), Roll: 1, FromMS: 1})
	return out
}

// as is the token of a course's teacher; empty: nobody.
func (b *bench) as(course string) string {
	b.t.Helper()
	if course == "" {
		return ""
	}
	token, _, err := b.tokens.Issue(auth.Principal{Actor: attendance.Actor{ID: id("teacher " + course), Role: attendance.RoleTeacher}})
	if err != nil {
		b.t.Fatal(err)
	}
	return token
}

// reply is an answer, decoded as far as tests look.
type reply struct {
	code int
	body string
	json map[string]any
	head http.Header
}

func (b *bench) call(course, method, path, body string) reply {
	b.t.Helper()
	r := httptest.NewRequest(method, "http://school.example"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if token := b.as(course); token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	b.h.ServeHTTP(w, r)
	out := reply{code: w.Code, body: w.Body.String(), head: w.Header()}
	_ = json.Unmarshal(w.Body.Bytes(), &out.json) // lists and workbooks are looked at as text
	return out
}

// start begins a session of A-1 and returns its path.
func (b *bench) start(course string) string {
	b.t.Helper()
	got := b.call(course, "POST", "/api/teacher/start-session", fmt.Sprintf(`{"course_id":%q,"session_type":"offline"}`, id(course)))
	if got.code != http.StatusOK {
		b.t.Fatalf("start: got %d %s", got.code, got.body)
	}
	return fmt.Sprintf("/api/teacher/session/%v", got.json["session_id"])
}
