package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

const (
	root    = "teacher" // the portal at /
	notMade = "The portals are not built yet. Run `make web`, then build this program again.\n"
)

// site holds every file in memory: they are in the binary anyway, and a hash made once is an ETag for ever.
type site map[string]file

type file struct {
	plain, gzip, brotli []byte
	kind, etag, cache   string
}

func newSite(dist fs.FS) site {
	s := site{}
	// Walking an embedded folder cannot fail; a file that could not be read would only be absent.
	_ = fs.WalkDir(dist, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			return err
		}
		if ext := path.Ext(name); ext == ".gz" || ext == ".br" {
			return nil
		}
		plain, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		f := file{plain: plain, kind: kindOf(name), cache: "no-cache"}
		f.gzip, _ = fs.ReadFile(dist, name+".gz")
		f.brotli, _ = fs.ReadFile(dist, name+".br")
		sum := sha256.Sum256(plain)
		f.etag = hex.EncodeToString(sum[:12])
		if strings.HasPrefix(name, "assets/") { // Vite puts a hash of the content in these names
			f.cache = "public, max-age=31536000, immutable"
		}
		s[name] = f
		return nil
	})
	return s
}

// kindOf does not ask the system's table: on Windows the registry may call a script text/plain.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".webmanifest":
		return "application/manifest+json"
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	f, ok := s.find(r.URL.Path)
	switch {
	case ok:
		f.serve(w, r)
	case len(s) == 0:
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, notMade, http.StatusServiceUnavailable)
	default:
		http.NotFound(w, r)
	}
}

// find answers a file by its name, and any other path of a portal by the portal's page: the portals route by path.
// A missing file stays missing, because a page in place of a script only hides the mistake.
func (s site) find(url string) (file, bool) {
	name := strings.TrimPrefix(path.Clean("/"+url), "/")
	if f, ok := s[name]; ok {
		return f, true
	}
	first, _, _ := strings.Cut(name, "/")
	if first == "api" || first == "assets" || path.Ext(name) != "" {
		return file{}, false
	}
	if f, ok := s[first+"/index.html"]; ok {
		return f, true
	}
	f, ok := s[root+"/index.html"]
	return f, ok
}

func (f file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", f.cache)
	if strings.HasPrefix(f.kind, "text/html") {
		h.Set("Content-Security-Policy", Policy)
		h.Set("Referrer-Policy", "same-origin")
	}
	body, tag := f.plain, f.etag
	if f.gzip != nil || f.brotli != nil {
		h.Add("Vary", "Accept-Encoding")
		accept := r.Header.Get("Accept-Encoding")
		switch {
		case f.brotli != nil && accepts(accept, "br"):
			body, tag = f.brotli, f.etag+"-br"
			h.Set("Content-Encoding", "br")
		case f.gzip != nil && accepts(accept, "gzip"):
			body, tag = f.gzip, f.etag+"-gz"
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// accepts reads Accept-Encoding as browsers write it; `;q=0` is a refusal.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && q != "q=0.0"
		}
	}
	return false
}
