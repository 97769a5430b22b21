// Package signin is what everybody who signs in has in common, whatever their
// role: a token, the cookie that carries it, and the list of where they are
// signed in. Whose secret is asked for, and how, is each role's own affair. It
// must not import a store.
package signin

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// Desk signs people in and out.
type Desk struct {
	Service *attendance.Service
	Tokens  *auth.Tokens
	Brake   auth.Brake
	Book    auth.Book // nil: no sign-in is kept, and a token is good until it expires
	Secure  bool      // browsers reach this server over TLS
}

// Signed is what somebody gets who signed in.
type Signed struct {
	Token     string
	ExpiresAt time.Time
	Cookie    http.Cookie
}

// Refused makes a refusal take as long for an unknown account as for one whose
// verifier came from the original, while there are such; met are those that were
// compared.
func (d Desk) Refused(ctx context.Context, secret string, met ...string) error {
	if d.Book == nil {
		return nil
	}
	slow, err := d.Book.Imported(ctx)
	if err == nil && slow {
		auth.Linger(secret, met...)
	}
	return err
}

// Renew replaces a verifier that came from the original by one of ours, now that
// the secret is known.
func (d Desk) Renew(ctx context.Context, who attendance.Actor, verifier, secret string) error {
	if d.Book == nil || !auth.Stale(verifier) {
		return nil
	}
	fresh, err := auth.HashSecret(secret)
	if err != nil {
		return err
	}
	return d.Book.Rehash(ctx, who, verifier, fresh)
}

// Begin signs somebody in, here. Whoever calls it has seen their secret.
func (d Desk) Begin(ctx context.Context, who auth.Principal, agent string) (Signed, error) {
	if d.Book != nil {
		id, err := d.Service.NewID()
		if err != nil {
			return Signed{}, err
		}
		who.Login = id
	}
	token, expires, err := d.Tokens.Issue(who)
	if err != nil {
		return Signed{}, err
	}
	if d.Book != nil {
		who.Address = rest.ClientAddress(ctx)
		err = d.Book.BeginLogin(auth.With(ctx, who), auth.Login{ // noted in their name
			ID: who.Login, Person: who.ID, Role: who.Role, CreatedAt: d.Service.Now(), ExpiresAt: expires,
			Agent: clip(agent), Address: who.Address,
		})
	}
	return Signed{Token: token, ExpiresAt: expires.UTC(), Cookie: *auth.Cookie(token, expires, d.Secure)}, err
}

// End signs out whoever asks; nobody is signed out already. The cookie it returns
// takes the browser's away.
func (d Desk) End(ctx context.Context) (http.Cookie, error) {
	me := auth.From(ctx)
	if d.Book != nil && !me.Login.IsZero() {
		// Not found: it was ended a moment ago, from elsewhere.
		if err := d.Book.EndLogin(ctx, me.ID, me.Login); err != nil && !errors.Is(err, attendance.ErrNotFound) {
			return http.Cookie{}, err
		}
	}
	gone := auth.Cookie("", time.Unix(1, 0), d.Secure)
	gone.MaxAge = -1
	return *gone, nil
}

// maxAgent is enough of a browser's name to tell one from another.
const maxAgent = 120

func clip(agent string) string {
	return strings.ToValidUTF8(agent[:min(len(agent), maxAgent)], "")
}
