package attendance

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"time"
)

// OTPStep is how long one code of an online class shows.
const OTPStep = 30 * time.Second

// OTPCode is the six-digit code of the step that contains at: the dynamic
// truncation of RFC 4226 over HMAC-SHA-256, with the step counter of RFC 6238.
func OTPCode(secret []byte, at time.Time) string {
	return otpAt(secret, otpStep(at))
}

// OTPRemaining is how long the current code still shows.
func OTPRemaining(at time.Time) time.Duration {
	return OTPStep - time.Duration(at.UnixMilli()%OTPStep.Milliseconds())*time.Millisecond
}

// OTPMatch finds the step whose code was given: the current one or the one just
// gone, so that a slow typist is not punished. The caller makes a step single use.
func OTPMatch(secret []byte, code string, at time.Time) (step int64, ok bool) {
	now := otpStep(at)
	for _, s := range [...]int64{now, now - 1} {
		if subtle.ConstantTimeCompare([]byte(otpAt(secret, s)), []byte(code)) == 1 {
			return s, true
		}
	}
	return 0, false
}

func otpStep(at time.Time) int64 { return at.UnixMilli() / OTPStep.Milliseconds() }

func otpAt(secret []byte, step int64) string {
	mac := hmac.New(sha256.New, secret)
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(step))
	mac.Write(n[:])
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0x0f
	code := binary.BigEndian.Uint32(sum[at:at+4]) & 0x7fffffff
	return fmt.Sprintf("%06d", code%1_000_000)
}
