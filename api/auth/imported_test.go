package auth_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/arise-attendance/arise/api/auth"
)

func TestVerifiersOfTheOriginal(t *testing.T) {
	t.Parallel()
	slow, err := bcrypt.GenerateFromPassword([]byte("246810"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("246810"))
	ours, err := auth.HashSecret("246810")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		verifier string
		stale    bool
	}{
		"bcrypt":              {string(slow), true},
		"bcrypt of Python":    {"$2b$" + string(slow[4:]), true},
		"SHA-256":             {hex.EncodeToString(sum[:]), true},
		"ours":                {ours, false},
		"nobody's":            {"", false},
		"too costly to check": {"$2b$31$" + string(slow[7:]), true},
	} {
		right := name != "nobody's" && name != "too costly to check"
		if got := auth.VerifySecret(c.verifier, "246810"); got != right {
			t.Errorf("%s, right: got %v, want %v", name, got, right)
		}
		if auth.VerifySecret(c.verifier, "246811") || auth.VerifySecret(c.verifier, c.verifier) {
			t.Errorf("%s: got a match for a wrong secret", name)
		}
		if got := auth.Stale(c.verifier); got != c.stale {
			t.Errorf("%s: got stale %v, want %v", name, got, c.stale)
		}
	}
}

func TestARefusalTakesAsLongForNobodyAsForTheImported(t *testing.T) {
	t.Parallel()
	took := func(met ...string) time.Duration {
		start := time.Now()
		auth.Linger("wrong", met...)
		return time.Since(start)
	}
	if nobody, imported := took(""), took("$2b$12$anything"); nobody < 20*time.Millisecond || imported > nobody/2 {
		t.Errorf("got %s for nobody and %s more for the imported, want the time of a bcrypt verifier and none", nobody, imported)
	}
}
