package door_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/db/sqlite"
	"github.com/arise-attendance/arise/edge/door"
	"github.com/arise-attendance/arise/edge/phone"
)

const (
	own   = "192.168.4.20" // this computer in its network
	other = "192.168.4.31"
)

// house is a door with a router behind it that says yes to everything.
type house struct {
	t      *testing.T
	router chi.Router
	phones *phone.Book
}

func build(t *testing.T, listen string) house {
	t.Helper()
	world := attendance.World{Now: time.Now, Rand: rand.Reader}
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{Now: world.Now, Rand: world.Rand})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	phones, err := phone.Open(t.Context(), s, world, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	d := door.New(phones, listen)
	router := chi.NewRouter()
	router.Use(d.Guard)
	d.Mount(router)
	router.NotFound(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
	})
	return house{t: t, router: router, phones: phones}
}

type ask struct {
	method, path, host, from, body string
	cookie                         string
	ctx                            context.Context
}

// call asks, from another computer unless it says otherwise.
func (h house) call(a ask) *httptest.ResponseRecorder {
	h.t.Helper()
	if a.method == "" {
		a.method = http.MethodGet
	}
	if a.from == "" {
		a.from = other
	}
	if a.host == "" {
		a.host = own + ":5000"
	}
	local := own
	if a.from == "127.0.0.1" {
		local = "127.0.0.1"
	}
	if a.ctx == nil {
		a.ctx = h.t.Context()
	}
	ctx := context.WithValue(a.ctx, http.LocalAddrContextKey, &net.TCPAddr{IP: net.ParseIP(local), Port: 5000})
	r := httptest.NewRequestWithContext(ctx, a.method, "http://x"+a.path, strings.NewReader(a.body))
	r.Host, r.RemoteAddr = a.host, net.JoinHostPort(a.from, "40000")
	if a.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "arise-phone", Value: a.cookie})
	}
	w := httptest.NewRecorder()
	h.router.ServeHTTP(w, r)
	return w
}

func kind(w *httptest.ResponseRecorder) string {
	var p struct{ Type string }
	_ = json.Unmarshal(w.Body.Bytes(), &p) // a page has none
	return strings.TrimPrefix(p.Type, "urn:arise:problem:")
}

func (h house) paired() string {
	h.t.Helper()
	token, _ := h.phones.Invite()
	secret, _, err := h.phones.Accept(h.t.Context(), token, "", "agent", other)
	if err != nil {
		h.t.Fatal(err)
	}
	return secret
}

func TestWhoReachesWhat(t *testing.T) {
	t.Parallel()
	h := build(t, ":5000")
	phone := h.paired()
	for _, row := range []struct {
		name, method, path string
		room, phone, here  int
	}{
		{"a scanner asks for its class", "GET", "/api/session-status", 200, 200, 200},
		{"a finger", "POST", "/api/mark-attendance-by-roll-id", 200, 200, 200},
		{"a queue of fingers", "POST", "/api/bulk-mark-attendance", 200, 200, 200},
		{"a heartbeat", "POST", "/api/device/heartbeat", 200, 200, 200},
		{"our scanner's sync", "POST", "/api/device/sync", 200, 200, 200},
		{"is it well", "GET", "/api/health", 200, 200, 200},
		{"a student's page", "GET", "/student", 200, 200, 200},
		{"a page below it", "GET", "/student/course/7", 200, 200, 200},
		{"what a student reads", "GET", "/api/student/dashboard", 200, 200, 200},
		{"a student signs in", "POST", "/api/student/login", 200, 200, 200},
		{"a script", "GET", "/assets/teacher-1a.js", 200, 200, 200},
		{"an online class", "GET", "/online/abc", 200, 200, 200},
		{"the teacher's page", "GET", "/", 403, 200, 200},
		{"a page of the teacher", "GET", "/teacher/session/7", 403, 200, 200},
		{"the status page", "GET", "/status", 403, 200, 200},
		{"the courses one can sign in to", "GET", "/api/teacher/course-codes", 403, 200, 200},
		{"a teacher signs in", "POST", "/api/teacher/login", 403, 200, 200},
		{"a mark by hand", "PUT", "/api/teacher/session/7/marks/8", 403, 200, 200},
		{"how it stands", "GET", "/api/edge/status", 403, 200, 200},
		{"how its sync stands", "GET", "/api/sync/status", 403, 200, 200},
		{"a sync", "POST", "/api/sync/push", 403, 200, 200},
		{"the contract", "GET", "/api/openapi.yaml", 403, 200, 200},
		{"the office", "GET", "/api/admin/students", 403, 200, 200},
		{"letting a phone in", "POST", "/api/edge/phones", 403, 403, 200},
		{"shutting a phone out", "DELETE", "/api/edge/phones/7", 403, 200, 200},
		{"writing where one only reads", "POST", "/api/health", 403, 200, 200},
		{"writing a file", "PUT", "/assets/x.js", 403, 200, 200},
		{"what nobody thought of", "GET", "/api/tomorrow", 403, 200, 200},
		{"an API with a file's name", "GET", "/api/teacher/report.xlsx", 403, 200, 200},
		{"a way around", "GET", "/api/device/../teacher/me", 403, 200, 200},
		{"another way around", "GET", "/student//../teacher", 403, 200, 200},
		{"a third", "GET", "//api/teacher/me", 403, 200, 200},
		{"a way from the other side", "GET", "/api/teacher/me/../../device/sync", 403, 200, 200},
		{"a name that only begins alike", "GET", "/api/health-of-all", 403, 200, 200},
		{"another", "GET", "/students", 403, 200, 200},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			for who, want := range map[string]int{"room": row.room, "phone": row.phone, "here": row.here} {
				a := ask{method: row.method, path: row.path}
				switch who {
				case "phone":
					a.cookie = phone
				case "here":
					a.from, a.host = "127.0.0.1", "localhost:5000"
				}
				w := h.call(a)
				if w.Code != want {
					t.Errorf("%s: got %d %s, want %d", who, w.Code, w.Body, want)
				}
				if who == "room" && want == 403 {
					refusedWell(t, row.method, row.path, w)
				}
			}
		})
	}
}

// refusedWell holds that a refusal tells a program its name and a person the way.
func refusedWell(t *testing.T, method, path string, w *httptest.ResponseRecorder) {
	t.Helper()
	if !strings.Contains(w.Body.String(), "http://127.0.0.1:5000") {
		t.Errorf("got %s, want it to say where the pendrive's own computer opens it", w.Body)
	}
	if page := method == "GET" && !strings.HasPrefix(path, "/api/"); page != strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		t.Errorf("got %q", w.Header().Get("Content-Type"))
	} else if !page && kind(w) != "pair-first" {
		t.Errorf("got %q, want pair-first", kind(w))
	}
}

func TestOnlyNamesOfOursAreAnswered(t *testing.T) {
	t.Parallel()
	h := build(t, "school.example:5000")
	for host, want := range map[string]bool{
		"localhost": true, "localhost:5000": true, "LOCALHOST:5000": true, "127.0.0.1:5000": true, "127.0.0.7": true, "[::1]:5000": true, "[::1]": true,
		"arise.local:5000": true, "arise-2.local": true, "Arise.local.:5000": true, "school.example:5000": true, own: true, own + ":5000": true,
		"evil.example": false, "evil.example:5000": false, "arise.local.evil.example": false, "xarise.local": false, "arise-x.local": false,
		"localhost.evil.example": false, "10.9.8.7:5000": false, "0.0.0.0:5000": false, "[::]:5000": false, "8.8.8.8": false, "": false, ":5000": false, ".": false,
	} {
		for _, from := range []string{"127.0.0.1", other} {
			if from == "127.0.0.1" && strings.HasPrefix(host, own) {
				continue // would have come in on another address
			}
			a := ask{path: "/api/health", from: from, host: host}
			if host == "" {
				a.host = " " // nothing else stands for none here
			}
			w := h.call(a)
			if got := w.Code == 200; got != want || !want && (w.Code != http.StatusMisdirectedRequest || kind(w) != "wrong-host") {
				t.Errorf("%q from %s: got %d %s, want answered %t", host, from, w.Code, kind(w), want)
			}
		}
	}
}

func TestAPhoneIsLetInByTheCode(t *testing.T) {
	t.Parallel()
	h := build(t, ":5000")
	token, _ := h.phones.Invite()
	for range 3 { // a camera and a messenger look at a link before it is opened
		if w := h.call(ask{path: door.Pair + token}); w.Code != 200 || !strings.Contains(w.Body.String(), `method="post"`) || len(w.Result().Cookies()) != 0 {
			t.Fatalf("looking at the link: got %d %s", w.Code, w.Body)
		}
	}
	w := h.call(ask{method: "POST", path: door.Pair + token})
	cookies := w.Result().Cookies()
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/" || len(cookies) != 1 {
		t.Fatalf("got %d %v, want a cookie and the teacher's page", w.Code, cookies)
	}
	if c := cookies[0]; !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.MaxAge < 80*24*3600 {
		t.Errorf("got %+v", c)
	}
	if w := h.call(ask{path: "/", cookie: cookies[0].Value}); w.Code != 200 {
		t.Errorf("with the cookie: got %d", w.Code)
	}
	if w := h.call(ask{method: "POST", path: door.Pair + token}); w.Code != 403 || len(w.Result().Cookies()) != 0 || !strings.Contains(w.Body.String(), "not good any more") {
		t.Errorf("with a used code: got %d %s", w.Code, w.Body)
	}
	if w := h.call(ask{path: "/", cookie: "made-up"}); w.Code != 403 {
		t.Errorf("with a cookie that nobody gave: got %d", w.Code)
	}
}

func TestWhatARevokedPhoneHasOpenEnds(t *testing.T) {
	t.Parallel()
	h := build(t, ":5000")
	opened, ended := make(chan struct{}), make(chan struct{})
	h.router.Get("/api/teacher/live", func(_ http.ResponseWriter, r *http.Request) {
		close(opened)
		<-r.Context().Done()
		close(ended)
	})
	secret := h.paired()
	go h.call(ask{path: "/api/teacher/live", cookie: secret})
	<-opened
	if err := h.phones.Revoke(t.Context(), h.phones.List()[0].ID); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("the stream goes on")
	}
}

func TestTheRoomSendsLittle(t *testing.T) {
	t.Parallel()
	h := build(t, ":5000")
	large := strings.Repeat("9", 64<<10+1)
	for _, path := range []string{"/api/device/sync", "/api/bulk-mark-attendance"} {
		if w := h.call(ask{method: "POST", path: path, body: large}); w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: got %d, want 413", path, w.Code)
		}
		if w := h.call(ask{method: "POST", path: path, body: large[1:]}); w.Code != 200 {
			t.Errorf("%s with one byte less: got %d", path, w.Code)
		}
	}
	if w := h.call(ask{method: "POST", path: "/api/teacher/x", body: large, from: "127.0.0.1", host: "localhost"}); w.Code != 200 {
		t.Errorf("from here: got %d", w.Code)
	}
	// A length that is not told is counted.
	ctx := context.WithValue(t.Context(), http.LocalAddrContextKey, &net.TCPAddr{IP: net.ParseIP(own), Port: 5000})
	r := httptest.NewRequestWithContext(ctx, "POST", "http://x/api/device/sync", io.MultiReader(bytes.NewReader([]byte(large))))
	r.Host, r.RemoteAddr, r.ContentLength = own, other+":1", -1
	w := httptest.NewRecorder()
	h.router.ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("of unknown length: got %d, want 413", w.Code)
	}
}

func TestWhoAsksTooMuchWaitsAndNoFingerIsForgotten(t *testing.T) {
	t.Parallel()
	h := build(t, ":5000")
	const most = 1200
	var last *httptest.ResponseRecorder
	for range 2*most + 1 { // a minute may turn meanwhile
		if last = h.call(ask{path: "/api/session-status"}); last.Code != 200 {
			break
		}
	}
	if last.Code != http.StatusTooManyRequests || last.Header().Get("Retry-After") == "" {
		t.Fatalf("got %d, want 429 with a time", last.Code)
	}
	func() {
		defer func() {
			if v := recover(); v != http.ErrAbortHandler { //nolint:errorlint // the sentinel itself is thrown
				t.Errorf("a finger: got %v, want no answer at all", v)
			}
		}()
		w := h.call(ask{method: "POST", path: "/api/mark-attendance-by-roll-id"})
		t.Errorf("a finger: got the answer %d", w.Code)
	}()
	if w := h.call(ask{path: "/api/session-status", from: "192.168.4.99"}); w.Code != 200 {
		t.Errorf("another scanner: got %d", w.Code)
	}
	if w := h.call(ask{path: "/", from: "127.0.0.1", host: "localhost"}); w.Code != 200 {
		t.Errorf("this computer: got %d", w.Code)
	}
}
