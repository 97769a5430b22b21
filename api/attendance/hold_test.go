package attendance

import (
	"errors"
	"strings"
	"testing"
)

func TestTextIsLimitedByCharactersAndHoldsNoZero(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		in, want string
		ok       bool
	}{
		"trimmed":                      {"  Algebra \n", "Algebra", true},
		"200 letters":                  {strings.Repeat("a", 200), strings.Repeat("a", 200), true},
		"201 letters":                  {strings.Repeat("a", 201), "", false},
		"200 letters of three bytes":   {strings.Repeat("ग", 200), strings.Repeat("ग", 200), true},
		"201 letters of three bytes":   {strings.Repeat("ग", 201), "", false},
		"a zero no database can store": {"a\x00b", "", false},
		"bytes that are no text":       {"a\xffb", "", false},
	} {
		got, err := text("topic", tc.in)
		var bad Invalid
		if got != tc.want || (err == nil) != tc.ok || err != nil && !errors.As(err, &bad) {
			t.Errorf("%s: got %q %v, want %q", name, got, err, tc.want)
		}
	}
}
