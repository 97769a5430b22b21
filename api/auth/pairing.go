package auth

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// PairingCode is what a person carries from the office's screen to a scanner: eight
// characters, 40 random bits, good for [PairingFor] and [PairingTries]. The first
// three only say which scanner is meant, so that a wrong code counts against that one
// and cannot end the others'; the rest is the secret.
type PairingCode string

// How long a code is good, and how many wrong ones end it.
const (
	PairingFor   = 10 * time.Minute
	PairingTries = 5
)

const (
	codeChars     = 8
	selectorChars = 3
	// alphabet is Crockford's: no letter that looks like a digit or another letter.
	alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// Why a scanner is not paired. A code that is wrong and one that nobody offered get
// the same answer.
var (
	ErrCode     = errors.New("no scanner waits for this code, or it has expired: ask the office for a new one")
	ErrCodeUsed = errors.New("the code was used by another scanner: ask the office for a new one")
)

// NewPairingCode makes one.
func NewPairingCode() (PairingCode, error) {
	b := make([]byte, codeChars)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("make pairing code: %w", err)
	}
	for i := range b {
		b[i] = alphabet[b[i]&31]
	}
	return PairingCode(b), nil
}

// ParsePairingCode reads what somebody typed: in any case, with spaces and hyphens,
// and with letters for the digits they look like.
func ParsePairingCode(typed string) (PairingCode, error) {
	plain := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
	if len(plain) != codeChars || strings.Trim(plain, alphabet) != "" {
		return "", attendance.Invalid{Field: "code", Why: "has 8 letters and digits: type it as the office shows it"}
	}
	return PairingCode(plain), nil
}

// String is the code as people read it.
func (c PairingCode) String() string { return string(c[:codeChars/2] + "-" + c[codeChars/2:]) }

// Selector says which scanner is meant.
func (c PairingCode) Selector() string { return string(c[:selectorChars]) }

// Hash is what is kept of it. It has few random bits of its own, so the hash is slow.
func (c PairingCode) Hash() (string, error) { return HashSecret(string(c)) }

// Matches compares it with its hash.
func (c PairingCode) Matches(hash string) bool { return VerifySecret(hash, string(c)) }
