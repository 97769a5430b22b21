// Package auth knows who asks: secrets and their verifiers, signed tokens, and
// the Principal that travels in a request's context. It holds no rule about what
// somebody may do; that is the domain's.
package auth

import (
	"context"

	"github.com/arise-attendance/arise/api/attendance"
)

// Principal is who a request speaks for.
type Principal struct {
	attendance.Actor
	Name       string
	Login      attendance.ID // zero: the token is good until it expires
	MustChange bool          // may do nothing before choosing a password
	Address    string        // where they call from
	Scopes     []Scope       // of an integration: what it may do
	Shut       bool          // a pendrive that was revoked, or lost and issued again: may only hand in what it holds
}

type key struct{}

// With puts the principal into a context.
func With(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, key{}, p)
}

// From is the principal of a request; the zero one is nobody.
func From(ctx context.Context) Principal {
	p, _ := ctx.Value(key{}).(Principal)
	return p
}
