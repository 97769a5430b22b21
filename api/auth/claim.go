package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"strings"
)

// A claim code is 130 random bits as people can type them, in groups of five.
const claimChars, claimGroup = 26, 5

// NewClaim makes a claim code: it hands a pendrive over, once, and opens the
// roster that was sealed for it.
func NewClaim() string {
	text := rand.Text()[:claimChars]
	var groups []string
	for ; len(text) > claimGroup; text = text[claimGroup:] {
		groups = append(groups, text[:claimGroup])
	}
	return strings.Join(append(groups, text), "-")
}

// PlainClaim is a code as it counts: case, spaces and hyphens do not, and 0, 1 and
// 8, which no code holds, are the letters that they look like.
func PlainClaim(code string) string {
	return strings.NewReplacer("-", "", " ", "", "\t", "", "0", "O", "1", "I", "8", "B").Replace(strings.ToUpper(code))
}

// HashClaim is what is kept of a code. It has enough random bits of its own for a
// plain hash.
func HashClaim(code string) []byte {
	sum := sha256.Sum256([]byte(PlainClaim(code)))
	return sum[:]
}
