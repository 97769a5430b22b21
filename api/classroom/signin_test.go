package classroom_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func login(b *bench, code, pin string) reply {
	return b.call("", "POST", "/api/teacher/login", fmt.Sprintf(`{"course_code":%q,"pin":%q}`, code, pin))
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	t.Run("the right PIN gives a token and a cookie that scripts cannot read", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		got := login(b, "a-1", pin)
		cookie := got.head.Get("Set-Cookie")
		if got.code != http.StatusOK || got.json["status"] != "success" || got.json["course_id"] != id("A-1").String() {
			t.Fatalf("got %d %s", got.code, got.body)
		}
		for _, want := range []string{"arise=", "HttpOnly", "SameSite=Strict", "Path=/"} {
			if !strings.Contains(cookie, want) {
				t.Errorf("got cookie %q, want %s in it", cookie, want)
			}
		}
		if p, err := b.tokens.Check(got.json["token"].(string)); err != nil || p.ID != id("teacher A-1") {
			t.Errorf("got %+v, %v, want the teacher of A-1", p, err)
		}
	})
	t.Run("an unknown code and a wrong PIN get the same answer", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		unknown, wrong := login(b, "Z-9", pin), login(b, "A-1", "000000")
		if unknown.code != http.StatusUnauthorized || unknown.body != wrong.body {
			t.Errorf("got %s and %s, want the same 401", unknown.body, wrong.body)
		}
	})
	t.Run("after five wrong PINs even the right one must wait, elsewhere not", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		for range 5 {
			login(b, "A-1", "000000")
		}
		got := login(b, "A-1", pin)
		if got.code != http.StatusTooManyRequests || got.head.Get("Retry-After") == "" {
			t.Errorf("got %d %s, want 429 with Retry-After", got.code, got.body)
		}
		if got := login(b, "B-1", pin); got.code != http.StatusOK {
			t.Errorf("got %d for another course, want 200", got.code)
		}
	})
	t.Run("signing out takes the cookie away", func(t *testing.T) {
		t.Parallel()
		got := setup(t).call("", "POST", "/api/teacher/logout", "")
		if got.code != http.StatusNoContent || !strings.Contains(got.head.Get("Set-Cookie"), "Max-Age=0") {
			t.Errorf("got %d %q", got.code, got.head.Get("Set-Cookie"))
		}
	})
	t.Run("the codes say nothing about teachers", func(t *testing.T) {
		t.Parallel()
		got := setup(t).call("", "GET", "/api/teacher/course-codes", "")
		if got.body != `[{"code":"A-1","name":"Course A-1"},{"code":"B-1","name":"Course B-1"}]`+"\n" {
			t.Errorf("got %s", got.body)
		}
	})
}
