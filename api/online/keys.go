package online

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
)

// Keys makes everything secret about an online class out of the server's own
// secret. Links and codes are derived from the session's id rather than kept: a
// teacher's link is the same after a reload and at every replica, a copy of the
// database gives neither links nor codes away, and there is nothing to clean up. A
// new secret gives running classes a new link.
type Keys struct{ secret []byte }

// NewKeys takes SECRET_KEY.
func NewKeys(secret []byte) Keys { return Keys{secret} }

// mac is HMAC-SHA-256 with each part told from the next.
func (k Keys) mac(purpose string, session attendance.ID, value []byte) []byte {
	m := hmac.New(sha256.New, k.secret)
	m.Write([]byte("arise online " + purpose + "\x00"))
	m.Write(session[:])
	m.Write(value)
	return m.Sum(nil)
}

// Token is what a session's link ends with: 128 bits, 22 characters.
func (k Keys) Token(session attendance.ID) string {
	return base64.RawURLEncoding.EncodeToString(k.mac("link", session, nil)[:16])
}

// Hash is how a session's link is stored.
func (k Keys) Hash(session attendance.ID) []byte { return hashOf(k.Token(session)) }

func hashOf(token string) []byte { return auth.HashKey([]byte(token)) }

// Code is the secret of a session's codes.
func (k Keys) Code(session attendance.ID) []byte { return k.mac("code", session, nil) }

// Seen hashes a browser or an address, so that it can be compared in one session
// and nowhere else.
func (k Keys) Seen(what string, session attendance.ID, value string) []byte {
	return k.mac(what, session, []byte(value))
}
