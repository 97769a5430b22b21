package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/arise-attendance/arise/api/attendance"
)

// How a scanner of ours proves what it says, and a server what it answers.
//
// At pairing a scanner gets 32 random bytes. With each server it uses a key of their
// own, [DeviceKeyFor], so that what a stolen pendrive holds is good at that pendrive
// only, and what was recorded at one server is refused by every other.
//
// A request carries three headers: Arise-Device, the scanner's id; Arise-Nonce, 16 hex
// digits, its boot counter and then its counter since that boot, so that it always
// rises; and Arise-Signature, the HMAC-SHA256 in hex of
//
//	"arise-request-1\n" method "\n" path with query "\n" nonce "\n" hex SHA-256(body) "\n"
//
// The answer to a request with a good signature, a refusal as well, carries in its
// Arise-Signature the HMAC of
//
//	"arise-reply-1\n" nonce "\n" status "\n" hex SHA-256(body) "\n"
//
// so a scanner frees a mark only for the answer to that very request. Every answer
// also has Arise-Server, the server's id: whoever lies there is just not understood.
// testdata/device.json has examples for those who build a scanner.
//
// To the pendrives a scanner travels as a row of the roster feed: what the office says
// of it (name, room, course, original firmware, shut out) and DeviceKeyFor(key, node),
// while a rotation is under way both; never the key itself. It is in the scope of the
// nodes that hold its course, or all courses. A pendrive keeps it sealed under its own
// key, and of the nonces a ceiling, 64 at a time, so that a poll costs no write.

// NonceHex is a nonce as it is sent and signed.
func NonceHex(nonce uint64) string { return fmt.Sprintf("%016x", nonce) }

// maxNonce keeps nonces within a database's integers.
const maxNonce = 1<<63 - 1

// ParseNonce reads 16 hex digits.
func ParseNonce(s string) (uint64, error) {
	n, err := strconv.ParseUint(s, 16, 64)
	if err != nil || len(s) != 16 || n == 0 || n > maxNonce {
		return 0, ErrSignature
	}
	return n, nil
}

// DeviceKeyFor is what a scanner and one server have in common.
func DeviceKeyFor(key []byte, server attendance.ID) []byte {
	return mac(key, append([]byte("arise device 1"), server[:]...))
}

// NextDeviceKey is the key after a rotation, of which only the salt is sent: who has
// the old key alone learns the new one only by listening at that moment, and from the
// new one nobody makes the old.
func NextDeviceKey(key, salt []byte) []byte {
	return mac(key, append([]byte("arise rotate 1"), salt...))
}

// SignRequest is a scanner's signature.
func SignRequest(key []byte, method, target, nonce string, body []byte) []byte {
	return mac(key, []byte("arise-request-1\n"+method+"\n"+target+"\n"+nonce+"\n"+digest(body)+"\n"))
}

// SignReply is a server's.
func SignReply(key []byte, nonce string, status int, body []byte) []byte {
	return mac(key, []byte("arise-reply-1\n"+nonce+"\n"+strconv.Itoa(status)+"\n"+digest(body)+"\n"))
}

// SameMAC compares two signatures in constant time.
func SameMAC(a, b []byte) bool { return hmac.Equal(a, b) }

func mac(key, message []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(message)
	return h.Sum(nil)
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Why a scanner's request is refused.
var (
	ErrNoSignature = errors.New("a scanner signs what it sends: see Arise-Device, Arise-Nonce and Arise-Signature")
	ErrSignature   = errors.New("the signature is not that of a scanner paired here: pair it again")
)

// Replayed refuses a nonce that is not above the last one.
type Replayed struct{ Floor uint64 }

func (e Replayed) Error() string {
	return "this nonce, or a later one, was used already: go on above " + NonceHex(e.Floor)
}

// DeviceKey is a key that a scanner and this server have in common.
type DeviceKey struct {
	Key  []byte
	Kept []byte // what a store keeps, by which it knows the key again
	Next bool   // the scanner has not used it yet, see NextDeviceKey
}

// Proof is what a server knows of a scanner that says who it is.
type Proof struct {
	Name string
	Keys []DeviceKey
	Salt []byte // of the next key, while there is one
}

// PairedDevice is a scanner as the office sees it.
type PairedDevice struct {
	attendance.Device
	PairedAt  time.Time // zero: it has no key
	RotatedAt time.Time // when its key was last changed
	Rotating  bool      // the scanner has not answered with its new key yet
	CodeUntil time.Time // a pairing code is open; zero: none
}
