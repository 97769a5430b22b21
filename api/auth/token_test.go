package auth_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
)

var teacher = auth.Principal{
	Actor: attendance.Actor{ID: attendance.Derive("teacher"), Role: attendance.RoleTeacher}, Name: "Meera Iyer",
}

func newTokens(t *testing.T, secret string, now *time.Time) *auth.Tokens {
	t.Helper()
	tokens, err := auth.NewTokens([]byte(secret), func() time.Time { return *now })
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

func TestToken(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 19, 10, 0, 0, 0, time.UTC)
	secret := strings.Repeat("s", 32)
	tokens := newTokens(t, secret, &now)
	token, expires, err := tokens.Issue(teacher)
	if err != nil {
		t.Fatal(err)
	}

	t.Run("says who it was issued to", func(t *testing.T) {
		t.Parallel()
		if got, err := tokens.Check(token); err != nil || !reflect.DeepEqual(got, teacher) {
			t.Errorf("got %+v, %v, want %+v", got, err, teacher)
		}
	})
	t.Run("ends with the school day", func(t *testing.T) {
		t.Parallel()
		later := expires.Add(time.Second)
		if _, err := newTokens(t, secret, &later).Check(token); !errors.Is(err, auth.ErrExpired) {
			t.Errorf("got %v, want %v", err, auth.ErrExpired)
		}
	})
	t.Run("means nothing to a server with another key", func(t *testing.T) {
		t.Parallel()
		if _, err := newTokens(t, strings.Repeat("x", 32), &now).Check(token); !errors.Is(err, auth.ErrToken) {
			t.Errorf("got %v, want %v", err, auth.ErrToken)
		}
	})
	t.Run("is refused when changed, unsigned or without an end", func(t *testing.T) {
		t.Parallel()
		claims := jwt.MapClaims{"sub": teacher.ID.String(), "role": "admin", "exp": expires.Unix()}
		unsigned, err := jwt.NewWithClaims(jwt.SigningMethodNone, claims).SignedString(jwt.UnsafeAllowNoneSignatureType)
		if err != nil {
			t.Fatal(err)
		}
		delete(claims, "exp")
		endless, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(secret))
		if err != nil {
			t.Fatal(err)
		}
		for name, bad := range map[string]string{"changed": token[:len(token)-2] + "xx", "unsigned": unsigned, "endless": endless, "empty": ""} {
			if _, err := tokens.Check(bad); !errors.Is(err, auth.ErrToken) {
				t.Errorf("%s: got %v, want %v", name, err, auth.ErrToken)
			}
		}
	})
}

func TestAShortSecretIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := auth.NewTokens([]byte("changeme"), time.Now); err == nil {
		t.Error("got no error for a secret of 8 bytes")
	}
}

func TestBearerPrefersTheHeader(t *testing.T) {
	t.Parallel()
	cookies := map[string]string{"arise": "plain"}
	read := func(name string) string { return cookies[name] }
	for header, want := range map[string]string{"Bearer abc": "abc", "": "plain", "Basic abc": "plain", "Bearer ": "plain"} {
		if got := auth.Bearer(header, read); got != want {
			t.Errorf("header %q: got %q, want %q", header, got, want)
		}
	}
	cookies["__Host-arise"] = "secure"
	if got := auth.Bearer("", read); got != "secure" {
		t.Errorf("got %q, want the __Host- cookie first", got)
	}
}
