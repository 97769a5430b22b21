package auth_test

import (
	"strings"
	"testing"

	"github.com/arise-attendance/arise/api/auth"
)

func TestWeakPassword(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{
		"":                         "10 characters",
		"admin":                    "10 characters",
		"changeme":                 "10 characters",
		"ninechars":                "10 characters",
		"Password123":              "anybody would try",
		" administrator ":          "anybody would try",
		"1234567890":               "anybody would try",
		"aaaaaaaaaaaa":             "repeat one character",
		"           ":              "anything",
		"meera.iyerMeera.Iyer":     "username",
		strings.Repeat("long", 51): "200 bytes",
		"विद्यालय का कमरा":         "fine",
		"four green window frames": "fine",
	} {
		got := auth.WeakPassword(password, "meera.iyer")
		if want == "fine" && got != "" || want != "fine" && (got == "" || !strings.Contains(got, want)) {
			t.Errorf("%q: got %q, want it to say %q", password, got, want)
		}
	}
}

func TestAPasswordForOnceIsStrong(t *testing.T) {
	t.Parallel()
	one, two := auth.OncePassword(), auth.OncePassword()
	if one == two || len(one) != 19 || auth.WeakPassword(one, "") != "" {
		t.Errorf("got %q and %q, want two strong ones", one, two)
	}
}
