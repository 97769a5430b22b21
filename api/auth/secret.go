package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost of argon2id, RFC 9106, in the profile that OWASP recommends for servers
// that also have other work: 19 MiB, two passes, one lane.
const (
	memoryKiB = 19 * 1024
	passes    = 2
	lanes     = 1
	keyLen    = 32
	saltLen   = 16
)

// turns bounds how many verifications run at once: each takes 19 MiB, and a
// pendrive's program promises to stay small.
var turns = make(chan struct{}, 2)

// HashSecret makes the verifier of a PIN or password, in the PHC string format.
func HashSecret(secret string) (string, error) {
	salt := make([]byte, saltLen)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("make salt: %w", err)
	}
	return encode(salt, derive(secret, salt, passes, memoryKiB, lanes)), nil
}

func encode(salt, sum []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, memoryKiB, passes, lanes, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

// nobody is verified when there is no account, so that the answer takes as long.
var nobody = encode(make([]byte, saltLen), make([]byte, keyLen))

// VerifySecret reports whether a verifier belongs to a secret. An empty or
// unreadable verifier costs the same time and never matches. Those that came from
// the original match too; see Stale.
func VerifySecret(verifier, secret string) bool {
	if imported(verifier) {
		return verifyImported(verifier, secret)
	}
	salt, want, t, m, p, ok := parse(verifier)
	if !ok {
		salt, want, t, m, p, _ = parse(nobody)
	}
	got := derive(secret, salt, t, m, p)
	return subtle.ConstantTimeCompare(got, want) == 1 && ok
}

func derive(secret string, salt []byte, t, m uint32, p uint8) []byte {
	turns <- struct{}{}
	defer func() { <-turns }()
	return argon2.IDKey([]byte(secret), salt, t, m, p, keyLen)
}

func parse(verifier string) (salt, sum []byte, t, m uint32, p uint8, ok bool) {
	parts := strings.Split(verifier, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return nil, nil, 0, 0, 0, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &m, &t, &p); err != nil || t == 0 || p == 0 || m > 1<<20 || t > 16 {
		return nil, nil, 0, 0, 0, false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return nil, nil, 0, 0, 0, false
	}
	sum, err = base64.RawStdEncoding.DecodeString(parts[5])
	return salt, sum, t, m, p, err == nil && len(sum) == keyLen
}

// NewKey makes 256 random bits for a machine's key or a link.
func NewKey() ([]byte, error) {
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	return b, nil
}

// HashKey is how a random key is stored. It has 128 bits or more of its own, so
// a plain hash is enough.
func HashKey(key []byte) []byte {
	sum := sha256.Sum256(key)
	return sum[:]
}

// SameKey compares a key with its stored hash in constant time.
func SameKey(key, hash []byte) bool {
	return subtle.ConstantTimeCompare(HashKey(key), hash) == 1
}
