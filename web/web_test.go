package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestSite(t *testing.T) {
	t.Parallel()
	s := newSite(fstest.MapFS{
		".gitkeep":                {},
		"teacher/index.html":      {Data: []byte("teacher page")},
		"admin/index.html":        {Data: []byte("admin page")},
		"theme.js":                {Data: []byte("theme")},
		"assets/teacher-1a.js":    {Data: []byte("script")},
		"assets/teacher-1a.js.gz": {Data: []byte("zipped")},
		"assets/teacher-1a.js.br": {Data: []byte("brotli")},
	})
	const immutable = "public, max-age=31536000, immutable"
	for _, row := range []struct {
		name, method, path, accept string
		status                     int
		body, kind, cache, coding  string
	}{
		{name: "the root is the teacher's", path: "/", status: 200, body: "teacher page", kind: "text/html; charset=utf-8", cache: "no-cache"},
		{name: "a path of the teacher falls back to the page", path: "/teacher/session/7", status: 200, body: "teacher page", cache: "no-cache"},
		{name: "a path of a portal falls back to its page", path: "/admin/people", status: 200, body: "admin page", cache: "no-cache"},
		{name: "the bare portal is its page", path: "/admin", status: 200, body: "admin page"},
		{name: "a hashed file is kept for ever", path: "/assets/teacher-1a.js", status: 200, body: "script", kind: "text/javascript; charset=utf-8", cache: immutable},
		{name: "gzip where only gzip is asked for", path: "/assets/teacher-1a.js", accept: "gzip, deflate", status: 200, body: "zipped", coding: "gzip", cache: immutable},
		{name: "brotli before gzip", path: "/assets/teacher-1a.js", accept: "gzip, deflate, br", status: 200, body: "brotli", coding: "br"},
		{name: "a refused coding is not sent", path: "/assets/teacher-1a.js", accept: "br;q=0, gzip;q=0", status: 200, body: "script"},
		{name: "a compressed twin has no address", path: "/assets/teacher-1a.js.gz", status: 404},
		{name: "a file without a hash is asked for again", path: "/theme.js", status: 200, body: "theme", cache: "no-cache"},
		{name: "a missing script is missing", path: "/assets/gone.js", status: 404},
		{name: "a missing picture is missing", path: "/favicon.ico", status: 404},
		{name: "the API is not ours", path: "/api/teacher/nothing", status: 404},
		{name: "no way out of the folder", path: "/../web.go", status: 404},
		{name: "a page is only read", method: http.MethodPost, path: "/", status: 405},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := ask(s, row.method, row.path, "Accept-Encoding", row.accept)
			if got.Code != row.status {
				t.Fatalf("status: got %d, want %d", got.Code, row.status)
			}
			if row.body != "" && got.Body.String() != row.body {
				t.Errorf("body: got %q, want %q", got.Body, row.body)
			}
			for header, want := range map[string]string{"Content-Type": row.kind, "Cache-Control": row.cache, "Content-Encoding": row.coding} {
				if have := got.Header().Get(header); want != "" && have != want {
					t.Errorf("%s: got %q, want %q", header, have, want)
				}
			}
			if row.coding == "" && got.Header().Get("Content-Encoding") != "" {
				t.Errorf("Content-Encoding: got %q, want none", got.Header().Get("Content-Encoding"))
			}
		})
	}
}

func TestPageCarriesThePolicy(t *testing.T) {
	t.Parallel()
	s := newSite(fstest.MapFS{"teacher/index.html": {Data: []byte("page")}})
	if got := ask(s, "", "/", "", "").Header().Get("Content-Security-Policy"); got != Policy || strings.Contains(got, "unsafe") {
		t.Errorf("policy: got %q, want %q without unsafe", got, Policy)
	}
}

func TestPageIsNotSentTwice(t *testing.T) {
	t.Parallel()
	s := newSite(fstest.MapFS{"teacher/index.html": {Data: []byte("page")}})
	tag := ask(s, "", "/", "", "").Header().Get("ETag")
	if got := ask(s, "", "/", "If-None-Match", tag); tag == "" || got.Code != http.StatusNotModified {
		t.Errorf("got %d with tag %q, want 304", got.Code, tag)
	}
}

func TestEmptyDistSaysWhatToRun(t *testing.T) {
	t.Parallel()
	got := ask(newSite(fstest.MapFS{".gitkeep": {}}), "", "/", "", "")
	if got.Code != http.StatusServiceUnavailable || !strings.Contains(got.Body.String(), "make web") {
		t.Errorf("got %d %q, want 503 naming `make web`", got.Code, got.Body)
	}
}

// The embedded folder itself: built or not, the root must answer.
func TestHandlerAnswers(t *testing.T) {
	t.Parallel()
	if got := ask(Handler(), "", "/", "", ""); got.Code != http.StatusOK && got.Code != http.StatusServiceUnavailable {
		t.Errorf("got %d, want 200 or 503", got.Code)
	}
}

func ask(h http.Handler, method, path, header, value string) *httptest.ResponseRecorder {
	if method == "" {
		method = http.MethodGet
	}
	r := httptest.NewRequest(method, "http://school.example/", nil)
	r.URL.Path = path
	if value != "" {
		r.Header.Set(header, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
