package node

import (
	"bytes"
	_ "embed"
	"errors"
	"html/template"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// claimPath is the page on which the claim code is typed. It needs no script, so
// that it works in whatever browser a classroom has.
const claimPath = "/claim"

//go:embed claim.html
var claimPage string

var claimTemplate = template.Must(template.New("claim").Parse(claimPage))

// claiming mounts the page. It answers as long as a code is wanted, and afterwards
// says that none is.
func (n *Node) claiming(router chi.Router) {
	router.Get(claimPath, func(w http.ResponseWriter, _ *http.Request) { n.showClaim(w, http.StatusOK, "") })
	router.Post(claimPath, n.takeClaim)
}

// WantsCode reports that nobody has opened this pendrive yet, and no code is configured.
func (n *Node) WantsCode() bool {
	return n.room.Load().identity.Node.IsZero() && n.config.Claim == ""
}

// wantsClaim reports whether somebody should type a code.
func (n *Node) wantsClaim() bool { return !n.room.Load().paired() }

func (n *Node) takeClaim(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	code := strings.TrimSpace(r.PostFormValue("code"))
	if n.wantsClaim() && auth.PlainClaim(code) == "" {
		n.showClaim(w, http.StatusUnprocessableEntity, "Type the code from the office.")
		return
	}
	if n.wantsClaim() {
		address := rest.ClientAddress(r.Context())
		if err := n.brake.Begin(r.Context(), "claim", address); err != nil {
			n.showClaim(w, http.StatusTooManyRequests, sentence(err))
			return
		}
		if err := n.bring(r.Context(), code); err != nil {
			n.showClaim(w, http.StatusForbidden, sentence(err))
			return
		}
		_ = n.brake.Right(r.Context(), "claim", address) // a counter in memory
		select {
		case n.typed <- struct{}{}:
		default:
		}
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (n *Node) showClaim(w http.ResponseWriter, status int, wrong string) {
	room := n.room.Load()
	var out bytes.Buffer
	err := claimTemplate.Execute(&out, map[string]any{
		"Wanted": n.wantsClaim(), "Wrong": wrong, "Name": room.identity.Name, "School": room.identity.Institution, "Opened": !room.identity.Node.IsZero(),
	})
	if err != nil {
		rest.WriteProblem(w, rest.NewProblem(http.StatusInternalServerError, "internal", "the page could not be made"))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // the browser went away: nothing to do
}

// sentence is an error as people read it.
func sentence(err error) string {
	var wait auth.Wait
	s := err.Error()
	if errors.As(err, &wait) {
		s = wait.Error()
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// leadsToClaim sends a browser that opens a page before anybody typed the code to the
// page where that is done.
func (n *Node) leadsToClaim(w http.ResponseWriter, r *http.Request) bool {
	if !n.room.Load().identity.Node.IsZero() || r.Method != http.MethodGet || r.URL.Path != "/" {
		return false
	}
	http.Redirect(w, r, claimPath, http.StatusFound)
	return true
}
