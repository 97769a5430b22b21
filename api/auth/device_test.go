package auth_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
)

var update = flag.Bool("update", false, "write testdata anew")

// examples are for those who build a scanner: firmware's host tests read the same file.
// Keys, salts and signatures are hex.
type examples struct {
	Read    string        `json:"read"`
	Servers []serverKey   `json:"server_keys"`
	Rotated []rotatedKey  `json:"rotations"`
	Asked   []signedAsk   `json:"requests"`
	Replies []signedReply `json:"replies"`
}

type serverKey struct {
	Key    string `json:"key"`
	Server string `json:"server"`
	With   string `json:"key_with_server"`
}

type rotatedKey struct {
	Key  string `json:"key"`
	Salt string `json:"salt"`
	Next string `json:"next"`
}

type signedAsk struct {
	Key       string `json:"key_with_server"`
	Method    string `json:"method"`
	Target    string `json:"target"`
	Nonce     string `json:"nonce"`
	Body      string `json:"body"`
	Signature string `json:"signature"`
}

type signedReply struct {
	Key       string `json:"key_with_server"`
	Nonce     string `json:"nonce"`
	Status    int    `json:"status"`
	Body      string `json:"body"`
	Signature string `json:"signature"`
}

// made fills in what the functions make of the rest.
func (e examples) made(t *testing.T) examples {
	t.Helper()
	out := examples{Read: e.Read}
	for _, s := range e.Servers {
		id, err := attendance.ParseID(s.Server)
		if err != nil {
			t.Fatal(err)
		}
		s.With = hex.EncodeToString(auth.DeviceKeyFor(unhex(t, s.Key), id))
		out.Servers = append(out.Servers, s)
	}
	for _, r := range e.Rotated {
		r.Next = hex.EncodeToString(auth.NextDeviceKey(unhex(t, r.Key), unhex(t, r.Salt)))
		out.Rotated = append(out.Rotated, r)
	}
	for _, a := range e.Asked {
		a.Signature = hex.EncodeToString(auth.SignRequest(unhex(t, a.Key), a.Method, a.Target, a.Nonce, []byte(a.Body)))
		out.Asked = append(out.Asked, a)
	}
	for _, r := range e.Replies {
		r.Signature = hex.EncodeToString(auth.SignReply(unhex(t, r.Key), r.Nonce, r.Status, []byte(r.Body)))
		out.Replies = append(out.Replies, r)
	}
	return out
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSignaturesAreTheOnesThatScannersKnow(t *testing.T) {
	t.Parallel()
	const path = "testdata/device.json"
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var want examples
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	if len(want.Servers) == 0 || len(want.Rotated) == 0 || len(want.Asked) < 3 || len(want.Replies) < 3 {
		t.Fatal("got too few examples")
	}
	var got bytes.Buffer
	enc := json.NewEncoder(&got)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(want.made(t)); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(got.Bytes(), raw) {
		t.Errorf("got %s\nwant what scanners in the field expect", got.Bytes())
	}
}

func TestEveryPartOfARequestAndAReplyIsSigned(t *testing.T) {
	t.Parallel()
	key, other := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	seen := map[string]string{}
	add := func(what string, sum []byte) {
		if was, twice := seen[string(sum)]; twice || len(sum) != 32 {
			t.Errorf("%s has the signature of %s", what, was)
		}
		seen[string(sum)] = what
	}
	n := auth.NonceHex(1 << 32)
	add("a request", auth.SignRequest(key, "POST", "/a", n, []byte("b")))
	add("another key", auth.SignRequest(other, "POST", "/a", n, []byte("b")))
	add("another method", auth.SignRequest(key, "PUT", "/a", n, []byte("b")))
	add("another path", auth.SignRequest(key, "POST", "/b", n, []byte("b")))
	add("another query", auth.SignRequest(key, "POST", "/a?b", n, []byte("b")))
	add("another nonce", auth.SignRequest(key, "POST", "/a", auth.NonceHex(1<<32+1), []byte("b")))
	add("another body", auth.SignRequest(key, "POST", "/a", n, []byte("c")))
	add("a reply", auth.SignReply(key, n, 200, []byte("b")))
	add("its key", auth.SignReply(other, n, 200, []byte("b")))
	add("its nonce", auth.SignReply(key, auth.NonceHex(2), 200, []byte("b")))
	add("its status", auth.SignReply(key, n, 201, []byte("b")))
	add("its body", auth.SignReply(key, n, 200, nil))
	add("a key with a server", auth.DeviceKeyFor(key, attendance.Derive("one")))
	add("with another", auth.DeviceKeyFor(key, attendance.Derive("two")))
	add("the next key", auth.NextDeviceKey(key, other))
}

func TestANonceIsSixteenHexDigitsAboveNothing(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]uint64{"0000000100000001": 1<<32 + 1, "7fffffffffffffff": 1<<63 - 1} {
		if n, err := auth.ParseNonce(s); err != nil || n != want || auth.NonceHex(n) != s {
			t.Errorf("%s: got %d, %v", s, n, err)
		}
	}
	for _, s := range []string{"", "1", "0000000000000000", "8000000000000000", "00000001000000010", "+000000100000001", "000000010000000g"} {
		if _, err := auth.ParseNonce(s); !errors.Is(err, auth.ErrSignature) {
			t.Errorf("%s: got %v, want it refused", s, err)
		}
	}
}

func TestAPairingCodeForgivesHowItIsTyped(t *testing.T) {
	t.Parallel()
	code, err := auth.NewPairingCode()
	if err != nil {
		t.Fatal(err)
	}
	shown := code.String()
	for _, typed := range []string{shown, strings.ToLower(shown), strings.ReplaceAll(shown, "-", ""), " " + strings.ReplaceAll(strings.ReplaceAll(shown, "0", "o"), "1", "l")} {
		if got, err := auth.ParsePairingCode(typed); err != nil || got != code {
			t.Errorf("%q: got %q, %v, want %q", typed, got, err, code)
		}
	}
	for _, typed := range []string{"", "ABC", shown + "A", "UUUU-UUUU", "ABCD\x00EFG"} {
		if _, err := auth.ParsePairingCode(typed); err == nil {
			t.Errorf("%q: got no error", typed)
		}
	}
	hash, err := code.Hash()
	if err != nil || strings.Contains(hash, string(code)) || !code.Matches(hash) || code.Matches("") || auth.PairingCode("AAAAAAAA").Matches(hash) {
		t.Errorf("got hash %q, %v, want one that fits this code only", hash, err)
	}
}
