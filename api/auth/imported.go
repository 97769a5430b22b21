package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// The original kept bcrypt verifiers, and of its first students SHA-256 without a
// salt. Each is good for one sign-in, which replaces it.

func isBcrypt(verifier string) bool { return strings.HasPrefix(verifier, "$2") }

func isSHA256(verifier string) bool {
	sum, err := hex.DecodeString(verifier)
	return err == nil && len(sum) == sha256.Size
}

// Original reports that a verifier came from the original system.
func Original(verifier string) bool { return imported(verifier) }

func imported(verifier string) bool { return isBcrypt(verifier) || isSHA256(verifier) }

// Stale reports that a verifier should be made anew from the secret it belongs to.
func Stale(verifier string) bool {
	if imported(verifier) {
		return true
	}
	_, _, t, m, p, ok := parse(verifier)
	return ok && (t != passes || m != memoryKiB || p != lanes)
}

// maxCost bounds what one bcrypt verifier may take; the original's cost is 12.
const maxCost = 14

func verifyImported(verifier, secret string) bool {
	ok := false
	if isBcrypt(verifier) {
		ok = compareBcrypt(verifier, secret)
	} else {
		sum := sha256.Sum256([]byte(secret))
		ok = subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(strings.ToLower(verifier))) == 1
	}
	if !ok { // takes as long as any other refusal
		salt, _, t, m, p, _ := parse(nobody)
		derive(secret, salt, t, m, p)
	}
	return ok
}

func compareBcrypt(verifier, secret string) bool {
	if cost, err := bcrypt.Cost([]byte(verifier)); err != nil || cost > maxCost {
		return false
	}
	turns <- struct{}{}
	defer func() { <-turns }()
	return bcrypt.CompareHashAndPassword([]byte(verifier), []byte(secret)) == nil
}

// nobodyImported belongs to no password. Its cost is the original's.
const nobodyImported = "$2b$12$CwTycUXWue0Thq9StjUM0uJ8Yx5l0n2i0m8n3h7u1bq6sXbN2qvXe"

// Linger takes the time of a bcrypt verifier after a refusal that met none, so that
// the time does not tell who was imported and has not signed in since.
func Linger(secret string, met ...string) {
	for _, verifier := range met {
		if isBcrypt(verifier) {
			return
		}
	}
	compareBcrypt(nobodyImported, secret)
}
