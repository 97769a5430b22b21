package rest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
)

// Authenticator finds out who a request speaks for, in one role. Anything but
// the named role is refused.
type Authenticator interface {
	Authenticate(r *http.Request, role attendance.Role) (auth.Principal, error)
}

// Public is the security of an operation that anybody may call. An operation
// that says nothing is refused: forgetting is safe.
var Public = []map[string][]string{{}}

// Only is the security of an operation for one of some roles.
func Only(roles ...attendance.Role) []map[string][]string {
	out := make([]map[string][]string, 0, len(roles))
	for _, r := range roles {
		out = append(out, map[string][]string{string(r): {}})
	}
	return out
}

// Optional is the security of an operation that anybody may call, and that looks
// at who calls if it is one of some roles. A token that is not theirs, or has
// expired, makes the caller nobody.
func Optional(roles ...attendance.Role) []map[string][]string {
	return append(Only(roles...), map[string][]string{})
}

const beforeChange = "before-change"

// BeforeChange marks an operation that is open to somebody who still has to
// choose a password; all others are not.
func BeforeChange(op huma.Operation) huma.Operation {
	if op.Metadata == nil {
		op.Metadata = map[string]any{}
	}
	op.Metadata[beforeChange] = true
	return op
}

const evenShut = "even-shut"

// EvenShut marks an operation that is open to a pendrive that was revoked; all others
// are not.
func EvenShut(op huma.Operation) huma.Operation {
	if op.Metadata == nil {
		op.Metadata = map[string]any{}
	}
	op.Metadata[evenShut] = true
	return op
}

func guard(who Authenticator) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humachi.Unwrap(ctx)
		me, err := admit(ctx.Operation(), who, r)
		if err == nil {
			if me.Role != "" {
				me.Address = ClientAddress(ctx.Context())
				ctx = huma.WithContext(ctx, auth.With(ctx.Context(), me))
			}
			next(ctx)
			return
		}
		p, ok := Convert(ctx.Context(), ctx.Operation().OperationID, err).(*Problem) //nolint:errorlint // Convert makes it
		if !ok {
			p = NewProblem(http.StatusForbidden, "forbidden", "not allowed")
		}
		if p.Status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", "Bearer")
		}
		WriteProblem(w, p)
	}
}

// broken reports that we could not find out who calls, which is not the same as
// nobody: a student must not be signed out because the database was away.
func broken(err error) bool {
	p := problemOf(err)
	return p == nil || p.Status >= http.StatusInternalServerError
}

// admit finds out who asks, in the first role that may; nobody, where all may.
func admit(op *huma.Operation, who Authenticator, r *http.Request) (auth.Principal, error) {
	var err error = NewProblem(http.StatusForbidden, "forbidden", "nobody may call this")
	looked := false
	for _, need := range op.Security {
		if len(need) == 0 {
			return auth.Principal{}, nil
		}
		for role, scopes := range need {
			p, no := who.Authenticate(r, attendance.Role(role))
			if no == nil {
				no = may(p, op, scopes)
			}
			if no == nil || broken(no) || p.MustChange { // of whom it is known, whoever else may
				return p, no
			}
			// Of several refusals, the one that looked at the token.
			if !looked || !errors.Is(no, auth.ErrNoToken) {
				err, looked = no, true
			}
		}
	}
	return auth.Principal{}, err
}

// may holds somebody with a password for once to choosing one, and a program to
// its scopes.
func may(p auth.Principal, op *huma.Operation, scopes []string) error {
	if p.MustChange && op.Metadata[beforeChange] == nil {
		return NewProblem(http.StatusForbidden, "must-change", "choose a password of your own first: POST /api/"+string(p.Role)+"/password")
	}
	if p.Shut && op.Metadata[evenShut] == nil {
		return attendance.ErrRevoked
	}
	if p.Role != attendance.RoleIntegration {
		return nil
	}
	return within(p, op, scopes)
}

// WriteProblem answers outside an operation.
func WriteProblem(w http.ResponseWriter, p *Problem) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	for k, v := range p.GetHeaders() {
		h[k] = v
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the caller went away: nothing to do
}

// TokenAuth authenticates people by the tokens of this server.
type TokenAuth struct {
	Tokens *auth.Tokens
	Logins auth.Logins // nil: tokens are good until they expire
}

// Token is what a request proves itself with, or "".
func Token(r *http.Request) string {
	return auth.Bearer(r.Header.Get("Authorization"), func(name string) string {
		c, err := r.Cookie(name)
		if err != nil {
			return ""
		}
		return c.Value
	})
}

// Authenticate reads the bearer token or the cookie.
func (a TokenAuth) Authenticate(r *http.Request, role attendance.Role) (auth.Principal, error) {
	token := Token(r)
	if token == "" {
		return auth.Principal{}, auth.ErrNoToken
	}
	if auth.IsIntegration(token) {
		return auth.Principal{}, NewProblem(http.StatusForbidden, "forbidden", "this is for a "+string(role)+", not for a program of the school")
	}
	p, err := a.Tokens.Check(token)
	if err != nil {
		return auth.Principal{}, err
	}
	if p.Role != role {
		return auth.Principal{}, NewProblem(http.StatusForbidden, "forbidden", "this is for a "+string(role)+", you are signed in as "+string(p.Role))
	}
	return a.open(r.Context(), p)
}

// open asks whether the token's login was ended meanwhile. Where logins are
// kept, every token has one.
func (a TokenAuth) open(ctx context.Context, p auth.Principal) (auth.Principal, error) {
	if a.Logins == nil {
		return p, nil
	}
	if p.Login.IsZero() {
		return auth.Principal{}, auth.ErrToken
	}
	now, err := a.Logins.Use(ctx, p.Login)
	if err != nil {
		return auth.Principal{}, err
	}
	if now.Actor != p.Actor {
		return auth.Principal{}, auth.ErrToken
	}
	p.MustChange = now.MustChange
	return p, nil
}

// IsSecure reports whether the browser reached us over TLS, here or at a proxy
// that we were told to trust.
func IsSecure(publicURL string) bool { return strings.HasPrefix(publicURL, "https://") }
