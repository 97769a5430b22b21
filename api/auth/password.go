package auth

import (
	"crypto/rand"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a password: length is what makes guessing hopeless, and a bound keeps
// hashing cheap.
const (
	minPassword = 10
	maxPassword = 200
)

// known are the passwords that installations are left with. The short ones are
// here for those who lower the limit.
var known = []string{
	"admin", "password", "changeme", "arise", "secret", "letmein", "administrator", "adminadmin", "admin12345", "admin123456",
	"password1", "password12", "password123", "password1234", "passw0rd123", "changeme123", "change-me-now", "arise12345", "ariseadmin",
	"1234567890", "0123456789", "0987654321", "12345678910", "123456789012", "qwertyuiop", "qwerty12345", "iloveyou123", "letmein123",
}

// WeakPassword says why a password is refused, and the way out; empty when it is
// good for that username.
func WeakPassword(password, username string) string {
	plain := strings.ToLower(strings.TrimSpace(password))
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		return "must have 10 characters or more: three or four words are easy to remember"
	case len(password) > maxPassword:
		return "must have 200 bytes or fewer"
	case plain == "":
		return "must hold anything but spaces"
	case slices.Contains(known, plain):
		return "is one of the first that anybody would try: choose another"
	case strings.Trim(plain, plain[:1]) == "":
		return "must not repeat one character: three or four words are easy to remember"
	case username != "" && strings.ReplaceAll(plain, strings.ToLower(username), "") == "":
		return "must not be the username: choose another"
	}
	return ""
}

// OncePassword makes a password that is told to somebody once, in groups that
// can be read aloud: 80 random bits.
func OncePassword() string {
	text := strings.ToLower(rand.Text()[:16])
	return text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
}
