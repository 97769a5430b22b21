package attendance

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The secret of RFC 6238, appendix B, for SHA-256.
var otpSecret = []byte("12345678901234567890123456789012")

func TestCodesAreThoseOfRFC6238(t *testing.T) {
	t.Parallel()
	// The RFC prints eight digits; six are their end.
	for unix, want := range map[int64]string{
		59:          "46119246",
		1111111109:  "68084774",
		1111111111:  "67062674",
		1234567890:  "91819424",
		2000000000:  "90698825",
		20000000000: "77737706",
	} {
		if got := OTPCode(otpSecret, time.Unix(unix, 0)); got != want[2:] {
			t.Errorf("at %d: got %s, want %s", unix, got, want[2:])
		}
	}
}

func TestACodeCountsInItsStepAndTheNextOnly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "ms"))
		code := OTPCode(otpSecret, at)
		step, _ := OTPMatch(otpSecret, code, at)
		for ahead := int64(-1); ahead <= 2; ahead++ {
			then := at.Add(time.Duration(ahead) * OTPStep)
			got, ok := OTPMatch(otpSecret, code, then)
			if code == OTPCode(otpSecret, then) || code == OTPCode(otpSecret, then.Add(-OTPStep)) {
				if !ok {
					t.Fatalf("%d steps later: got refused, want accepted", ahead)
				}
				if (ahead == 0 || ahead == 1) && got != step && OTPCode(otpSecret, then) != code {
					t.Fatalf("%d steps later: got step %d, want %d: a step is used once", ahead, got, step)
				}
				continue
			}
			if ok {
				t.Fatalf("%d steps later: got accepted, want refused", ahead)
			}
		}
	})
}

func TestTheStepBeforeThePreviousIsRefused(t *testing.T) {
	t.Parallel()
	at := time.Unix(1234567890, 0)
	code := OTPCode(otpSecret, at)
	for steps, want := range map[int]bool{-1: false, 0: true, 1: true, 2: false, 3: false} {
		step, got := OTPMatch(otpSecret, code, at.Add(time.Duration(steps)*OTPStep))
		if got != want || want && step != 1234567890/30 {
			t.Errorf("%d steps later: got %t step %d, want %t step %d", steps, got, step, want, 1234567890/30)
		}
	}
}

func TestOnlyTheWholeCodeOfTheSameSecretMatches(t *testing.T) {
	t.Parallel()
	at := time.Unix(1234567890, 0)
	code := OTPCode(otpSecret, at)
	for _, wrong := range []string{"", code[:5], code + "0", " " + code, "000000"} {
		if _, ok := OTPMatch(otpSecret, wrong, at); ok {
			t.Errorf("%q: got accepted, want refused", wrong)
		}
	}
	if _, ok := OTPMatch([]byte("another"), code, at); ok {
		t.Error("another secret: got accepted, want refused")
	}
}

func TestACodeShowsUntilItsStepEnds(t *testing.T) {
	t.Parallel()
	for ms, want := range map[int64]time.Duration{0: OTPStep, 1: OTPStep - time.Millisecond, 29_999: time.Millisecond, 30_000: OTPStep} {
		if got := OTPRemaining(time.UnixMilli(ms)); got != want {
			t.Errorf("at %d ms: got %v, want %v", ms, got, want)
		}
	}
}
