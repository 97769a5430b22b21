// Package page draws the few pages that a pendrive makes itself: how it stands,
// and what somebody of the classroom's network sees who was not let in. They need
// no portal to be built and, to be read, no script.
package page

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/arise-attendance/arise/api/pendrive"
	"github.com/arise-attendance/arise/web"
)

//go:embed status.html say.html page.css page.js
var files embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"size":  pendrive.Size,
	"shape": func(state string) string { return shapes[state] },
}).ParseFS(files, "*.html"))

// shapes of the sync pill are the portals': a state is told by its silhouette.
var shapes = map[string]string{
	"saved":     "M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1z",
	"sending":   "M6 .2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 6 .2zm0 1.6a4.2 4.2 0 0 0 0 8.4z",
	"offline":   "M6 1 11.3 10.8H.7z",
	"attention": "M1.5 1.2h9a.3.3 0 0 1 .3.3v9a.3.3 0 0 1-.3.3h-9a.3.3 0 0 1-.3-.3v-9a.3.3 0 0 1 .3-.3z",
}

// Mount answers the files of these pages.
func Mount(router chi.Router) {
	for name, kind := range map[string]string{"page.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8"} {
		body, err := files.ReadFile(name)
		if err != nil {
			panic("page: " + name + " is embedded, so this cannot happen: " + err.Error())
		}
		router.Get("/edge/"+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Cache-Control", "no-cache")
			_, _ = w.Write(body) // whoever asked went away
		})
	}
}

// Status draws how a pendrive stands; times are the zone's.
func Status(w http.ResponseWriter, st pendrive.EdgeStatus, zone *time.Location) {
	clock := func(at time.Time) string { return at.In(zone).Format("Mon 2 Jan 15:04") }
	maybe := func(at *time.Time) string {
		if at == nil {
			return ""
		}
		return clock(*at)
	}
	draw(w, http.StatusOK, "status.html", struct {
		pendrive.EdgeStatus
		At                   func(time.Time) string
		Until, Failed, Local string
	}{st, clock, maybe(st.ClassUntil), maybe(st.Medium.LastErrorAt), st.Clock.Now.In(zone).Format("2006-01-02T15:04")})
}

// said is a page of one sentence.
type said struct {
	Title, Lead string
	Then        []string
	Button      string // a form that posts to where one is
}

// Closed is for somebody of the room who was not let in. here is where the
// pendrive's own computer opens it.
func Closed(w http.ResponseWriter, here string) {
	draw(w, http.StatusForbidden, "say.html", said{
		Title: "This is the teacher's screen",
		Lead:  "It opens on the pendrive's own computer, and on phones that the teacher has let in.",
		Then: []string{
			"On the computer with the pendrive, open " + here + " and sign in.",
			"To use this phone: on that computer open " + here + "/status, choose Pair a phone, and scan the code.",
		},
	})
}

// Invite is where the QR code leads.
func Invite(w http.ResponseWriter) {
	draw(w, http.StatusOK, "say.html", said{
		Title: "Use this phone", Button: "Use this phone",
		Lead: "The teacher's screen will open here. You still sign in with course and PIN.",
		Then: []string{"The phone stays paired for 90 days, or until it is taken off the list on the pendrive's page."},
	})
}

// Uninvited is for a code that is not good any more.
func Uninvited(w http.ResponseWriter) {
	draw(w, http.StatusForbidden, "say.html", said{
		Title: "This code is not good any more",
		Lead:  "Each code lets one phone in, within five minutes.",
		Then:  []string{"On the pendrive's computer, choose Pair a phone again and scan the new code."},
	})
}

// draw sends a page only when it is whole.
func draw(w http.ResponseWriter, status int, name string, data any) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, data); err != nil {
		panic("page: " + err.Error()) // the net under panics logs it
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", web.Policy)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer") // a link's token stays here
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // whoever asked went away
}
