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

// WeakPIN says why a PIN is refused; empty when it is good.
func WeakPIN(pin string) string {
	if len(pin) != 6 || strings.Trim(pin, "0123456789") != "" {
		return "must have exactly 6 digits"
	}
	up, down := true, true
	for i := 1; i < len(pin); i++ {
		up = up && (pin[i]-pin[i-1]+10)%10 == 1
		down = down && (pin[i-1]-pin[i]+10)%10 == 1
	}
	if up || down || pin == strings.Repeat(pin[:2], 3) || pin == strings.Repeat(pin[:3], 2) || slices.Contains(knownPINs, pin) {
		return "is one of the first that anybody would try: choose another"
	}
	return ""
}

// knownPINs are popular without being a row or a repetition.
var knownPINs = []string{"112233", "332211", "123321", "111222", "222111", "147258", "159753", "789456", "456789", "102030", "246810", "135790", "520520", "696969"}

// OncePassword makes a password that is told to somebody once, in groups that
// can be read aloud: 80 random bits.
func OncePassword() string {
	text := strings.ToLower(rand.Text()[:16])
	return text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
}
