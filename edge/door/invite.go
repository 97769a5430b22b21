package door

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/arise-attendance/arise/api/rest"
	"github.com/arise-attendance/arise/edge/page"
	"github.com/arise-attendance/arise/edge/phone"
)

// cookie carries a phone's secret. It is bound to the address that the phone
// called: where the computer gets another one, the phone is paired again.
const cookie = "arise-phone"

func secretOf(r *http.Request) string {
	c, err := r.Cookie(cookie)
	if err != nil {
		return ""
	}
	return c.Value
}

// Mount answers where the QR code leads.
func (d *Door) Mount(router chi.Router) {
	router.Get(Pair+"{token}", func(w http.ResponseWriter, _ *http.Request) { page.Invite(w) })
	router.Post(Pair+"{token}", d.accept)
}

// accept takes a phone in. It is a POST that a person taps, because phones look
// at links before they open them, and a link is good once.
func (d *Door) accept(w http.ResponseWriter, r *http.Request) {
	agent := r.UserAgent()
	agent = strings.ToValidUTF8(agent[:min(len(agent), 160)], "")
	secret, until, err := d.phones.Accept(r.Context(), chi.URLParam(r, "token"), secretOf(r), agent, caller(r).String())
	switch {
	case errors.Is(err, phone.ErrInvite):
		page.Uninvited(w)
		return
	case err != nil:
		p, ok := rest.Convert(r.Context(), "accept-phone", err).(*rest.Problem) //nolint:errorlint // Convert makes it
		if !ok {
			p = rest.NewProblem(http.StatusInternalServerError, "internal", "the phone was not paired: try again")
		}
		rest.WriteProblem(w, p)
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: cookie, Value: secret, Path: "/", MaxAge: int(time.Until(until) / time.Second),
		HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
