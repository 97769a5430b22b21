package auth_test

import (
	"strings"
	"testing"

	"github.com/arise-attendance/arise/api/auth"
)

func TestSecret(t *testing.T) {
	t.Parallel()
	verifier, err := auth.HashSecret("246810")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("the right PIN matches its verifier", func(t *testing.T) {
		t.Parallel()
		if !auth.VerifySecret(verifier, "246810") {
			t.Error("got no match, want a match")
		}
	})
	t.Run("any other PIN does not", func(t *testing.T) {
		t.Parallel()
		for _, pin := range []string{"", "246811", "2468100", " 246810"} {
			if auth.VerifySecret(verifier, pin) {
				t.Errorf("got a match for %q, want none", pin)
			}
		}
	})
	t.Run("two verifiers of one PIN differ", func(t *testing.T) {
		t.Parallel()
		again, err := auth.HashSecret("246810")
		if err != nil {
			t.Fatal(err)
		}
		if again == verifier {
			t.Error("got the same verifier twice, want a salt of its own each")
		}
	})
	t.Run("a verifier that nobody can have made never matches", func(t *testing.T) {
		t.Parallel()
		parts := strings.Split(verifier, "$")
		for _, bad := range []string{
			"", "246810", "$argon2id$v=19$m=0,t=0,p=0$$", "$argon2id$v=19$m=99999999,t=99,p=1$" + parts[4] + "$" + parts[5],
			"$argon2i$" + strings.Join(parts[2:], "$"), strings.TrimSuffix(verifier, parts[5]),
		} {
			if auth.VerifySecret(bad, "246810") || auth.VerifySecret(bad, "") {
				t.Errorf("got a match with verifier %q, want none", bad)
			}
		}
	})
}

func TestKey(t *testing.T) {
	t.Parallel()
	a, err := auth.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	b, err := auth.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	if !auth.SameKey(a, auth.HashKey(a)) || auth.SameKey(b, auth.HashKey(a)) || auth.SameKey(nil, auth.HashKey(a)) {
		t.Error("a key must match its own hash and no other")
	}
}
