package auth

import (
	"context"
	"errors"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Account is somebody of the office.
type Account struct {
	ID           attendance.ID
	Username     string
	PasswordHash string // argon2id
	CreatedAt    time.Time
	MustChange   bool // the password was made by somebody else
}

// Student is somebody who learns here, as far as signing in needs it.
type Student struct {
	ID             attendance.ID
	Name           string
	UniversityRoll string
	PasswordHash   string // empty: cannot sign in
	MustChange     bool   // the password was made by somebody else
}

// Login is one sign-in of a person in one place. A token that carries its id is
// good only while the login is open.
type Login struct {
	ID        attendance.ID
	Person    attendance.ID
	Role      attendance.Role
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
	Agent     string // the browser, as it named itself
	Address   string
}

// Logins knows which sign-ins are open. The cloud keeps them, so that one can be
// ended from elsewhere; a pendrive has none, and its tokens last a school day.
type Logins interface {
	// Use notes that a token was used, and says whose it is; ErrEnded when its login
	// was ended or is not known.
	Use(ctx context.Context, login attendance.ID) (Principal, error)
}

// Book keeps sign-ins.
type Book interface {
	BeginLogin(ctx context.Context, l Login) error
	// Logins are those that are open, the latest first.
	Logins(ctx context.Context, who attendance.Actor) ([]Login, error)
	// EndLogin ends one of a person; ErrNotFound when it is not theirs or not open.
	EndLogin(ctx context.Context, person, login attendance.ID) error
	// Rehash replaces the verifier of somebody who just proved to know the secret,
	// unless it was changed meanwhile.
	Rehash(ctx context.Context, who attendance.Actor, stale, fresh string) error
	// Imported reports whether anybody still has a verifier of the original's.
	Imported(ctx context.Context) (bool, error)
}

// Why an account or a sign-in is refused.
var (
	ErrEnded       = errors.New("this sign-in was ended: sign in again")
	ErrLink        = errors.New("the set-up link was used already or is older than a day: restart the server for a new one")
	ErrSetUp       = errors.New("the school has an account already: sign in, or ask its owner for one")
	ErrIntegration = errors.New("the token was revoked or has expired: ask the office for another one")
	ErrLastAccount = errors.New("this is the last account: add another one first")
)
