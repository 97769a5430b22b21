package auth

import (
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// Scope is what a program of the school may do.
type Scope string

// Scopes. None holds another, but for read, which holds those of the register, and
// admin, which holds all.
const (
	ScopeRead       Scope = "read"
	ScopeRoster     Scope = "roster:read"     // who is there, and in which course
	ScopeAttendance Scope = "attendance:read" // figures and reports
	ScopeAudit      Scope = "audit:read"      // the ledger
	ScopeWrite      Scope = "write"           // everything that changes something
	ScopeAdmin      Scope = "admin"
)

// Allows reports whether scopes are enough for one.
func Allows(have []Scope, need Scope) bool {
	if need == ScopeRoster || need == ScopeAttendance {
		if slices.Contains(have, ScopeRead) {
			return true
		}
	}
	return slices.Contains(have, need) || slices.Contains(have, ScopeAdmin)
}

// Integration is a token of a program that calls the API for the school.
type Integration struct {
	ID        attendance.ID
	Name      string
	Scopes    []Scope
	CreatedBy attendance.ID
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    time.Time // to the minute; zero: never
}

// integrationPrefix lets people, and programs that look for leaked secrets, see
// what a token is.
const integrationPrefix = "arise_"

// IntegrationToken writes 256 random bits as a token.
func IntegrationToken(key []byte) string {
	return integrationPrefix + base64.RawURLEncoding.EncodeToString(key)
}

// IsIntegration reports whether a token claims to be a program's.
func IsIntegration(token string) bool { return strings.HasPrefix(token, integrationPrefix) }

// ParseIntegration reads what IntegrationToken wrote.
func ParseIntegration(token string) ([]byte, error) {
	key, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(token, integrationPrefix))
	if err != nil || len(key) != 32 || !IsIntegration(token) {
		return nil, ErrToken
	}
	return key, nil
}
