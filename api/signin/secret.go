package signin

import (
	"context"
	"errors"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
	"github.com/arise-attendance/arise/api/rest"
)

// Person is somebody who proves who they are by a secret.
type Person struct {
	attendance.Actor
	Name     string
	Verifier string
}

// Prove compares a secret with that of whom find finds; ErrNotFound is nobody.
// refusal is the answer when it is wrong, for somebody as for nobody.
func (d Desk) Prove(ctx context.Context, account, secret string, find func() (Person, error), refusal error) (Person, error) {
	address := rest.ClientNetwork(ctx)
	if err := d.Brake.Begin(ctx, account, address); err != nil {
		return Person{}, err
	}
	who, err := find()
	if err != nil && !errors.Is(err, attendance.ErrNotFound) {
		return Person{}, err
	}
	// Nobody has no verifier, which takes as long and never matches.
	if !auth.VerifySecret(who.Verifier, secret) {
		if err := d.Refused(ctx, secret, who.Verifier); err != nil {
			return Person{}, err
		}
		return Person{}, refusal
	}
	if err := d.Brake.Right(ctx, account, address); err != nil {
		return Person{}, err
	}
	return who, d.Renew(ctx, who.Actor, who.Verifier, secret)
}

// Change is somebody's wish for another secret.
type Change struct {
	Current, New string
	Weak         func(string) string // why the new one is refused; empty: it is good
	What         string              // "password", "PIN"
}

// Fresh is the verifier of the new secret, when the current one was right.
func (d Desk) Fresh(ctx context.Context, c Change, verifier string) (string, error) {
	me := auth.From(ctx)
	find := func() (Person, error) { return Person{Actor: me.Actor, Verifier: verifier}, nil }
	wrong := attendance.Invalid{Field: "current", Why: "is not your " + c.What + ": type the one you signed in with"}
	if _, err := d.Prove(ctx, "change|"+me.ID.String(), c.Current, find, wrong); err != nil {
		return "", err
	}
	if why := c.Weak(c.New); why != "" {
		return "", attendance.Invalid{Field: "new", Why: why}
	}
	if c.New == c.Current {
		return "", attendance.Invalid{Field: "new", Why: "is the " + c.What + " you have: choose another"}
	}
	return auth.HashSecret(c.New)
}
