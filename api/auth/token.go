package auth

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/arise-attendance/arise/api/attendance"
)

// TokenFor is how long a sign-in lasts: a school day.
const TokenFor = 10 * time.Hour

// Tokens issues and checks signed tokens (JWT, HS256). The key is the server's
// own: a pendrive's tokens mean nothing to the cloud.
type Tokens struct {
	key []byte
	now func() time.Time
}

// NewTokens needs a secret of at least 32 bytes.
func NewTokens(secret []byte, now func() time.Time) (*Tokens, error) {
	if len(secret) < 32 {
		return nil, errors.New("SECRET_KEY needs at least 32 bytes: leave it unset to have one made")
	}
	return &Tokens{key: secret, now: now}, nil
}

type claims struct {
	Role attendance.Role `json:"role"`
	Name string          `json:"name,omitempty"`
	jwt.RegisteredClaims
}

// Issue signs a token for a principal.
func (t *Tokens) Issue(p Principal) (token string, expires time.Time, err error) {
	now := t.now()
	expires = now.Add(TokenFor).Truncate(time.Second)
	c := claims{
		Role: p.Role, Name: p.Name,
		RegisteredClaims: jwt.RegisteredClaims{
			Subject: p.ID.String(), IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(expires),
		},
	}
	if !p.Login.IsZero() {
		c.RegisteredClaims.ID = p.Login.String()
	}
	token, err = jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(t.key)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("sign token: %w", err)
	}
	return token, expires, nil
}

// Errors of Check.
var (
	ErrNoToken = errors.New("sign in first")
	ErrExpired = errors.New("the sign-in has expired: sign in again")
	ErrToken   = errors.New("the token is not valid: sign in again")
)

// Check reads a token.
func (t *Tokens) Check(token string) (Principal, error) {
	var c claims
	_, err := jwt.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return t.key, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithExpirationRequired(), jwt.WithTimeFunc(t.now))
	if errors.Is(err, jwt.ErrTokenExpired) {
		return Principal{}, ErrExpired
	}
	if err != nil {
		return Principal{}, ErrToken
	}
	id, err := attendance.ParseID(c.Subject)
	if err != nil {
		return Principal{}, ErrToken
	}
	p := Principal{Actor: attendance.Actor{ID: id, Role: c.Role}, Name: c.Name}
	if c.RegisteredClaims.ID != "" {
		if p.Login, err = attendance.ParseID(c.RegisteredClaims.ID); err != nil {
			return Principal{}, ErrToken
		}
	}
	return p, nil
}

// Cookie names. __Host- binds a cookie to one origin and to TLS; a pendrive on
// plain http cannot use it.
const (
	secureCookie = "__Host-arise"
	plainCookie  = "arise"
)

// Cookie carries a token in a browser, out of reach of scripts and other sites.
func Cookie(token string, expires time.Time, secure bool) *http.Cookie {
	name := plainCookie
	if secure {
		name = secureCookie
	}
	return &http.Cookie{
		Name: name, Value: token, Path: "/", Expires: expires,
		HttpOnly: true, Secure: secure, SameSite: http.SameSiteStrictMode,
	}
}

// Bearer finds a request's token: the Authorization header first, so that a
// program is never confused by a cookie.
func Bearer(authorization string, cookie func(name string) string) string {
	const scheme = "Bearer "
	if len(authorization) > len(scheme) && authorization[:len(scheme)] == scheme {
		return authorization[len(scheme):]
	}
	if v := cookie(secureCookie); v != "" {
		return v
	}
	return cookie(plainCookie)
}
