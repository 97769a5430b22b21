package rest

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/arise-attendance/arise/api/attendance"
	"github.com/arise-attendance/arise/api/auth"
)

// Headers with which a scanner and a server prove themselves; see api/auth.
const (
	DeviceHeader    = "Arise-Device"
	NonceHeader     = "Arise-Nonce"
	SignatureHeader = "Arise-Signature"
	ServerHeader    = "Arise-Server"
)

// maxSigned is more than a scanner sends at once.
const maxSigned = 64 << 10

// Signed is a request that claims to be a scanner's. Whoever finds the claim true says
// with which key, and then the answer is signed, a refusal as well.
type Signed struct {
	Body   []byte
	Server attendance.ID // said in the answer
	Salt   []byte        // of a key that the scanner shall take

	nonce string
	key   []byte
}

// Answer has the reply signed.
func (s *Signed) Answer(key []byte, nonce string) { s.key, s.nonce = key, nonce }

type signedKey struct{}

// SignedRequest is the claim that a request makes; nil: none.
func SignedRequest(ctx context.Context) *Signed {
	s, _ := ctx.Value(signedKey{}).(*Signed)
	return s
}

// signed reads what a scanner signed before anybody else does, and holds the answer
// back until it is whole: a signature stands before the body.
func signed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(DeviceHeader) == "" || !strings.HasPrefix(r.URL.Path, "/api/device/") {
			next.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSigned))
		if err != nil {
			WriteProblem(w, unreadable(err))
			return
		}
		claim := &Signed{Body: body}
		r = r.WithContext(context.WithValue(r.Context(), signedKey{}, claim))
		r.Body = io.NopCloser(bytes.NewReader(body))
		out := &held{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(out, r)
		out.send(claim)
	})
}

func unreadable(err error) *Problem {
	if errors.As(err, new(*http.MaxBytesError)) {
		return NewProblem(http.StatusRequestEntityTooLarge, "too-large", "a scanner may send 64 KiB at once: send fewer marks")
	}
	return NewProblem(http.StatusBadRequest, "truncated", "the body ends too early: nothing was stored, send it again")
}

// held is an answer that has not left yet.
type held struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (h *held) WriteHeader(status int) { h.status = status }

func (h *held) Write(b []byte) (int, error) { return h.body.Write(b) }

func (h *held) send(claim *Signed) {
	head := h.Header()
	if !claim.Server.IsZero() {
		head.Set(ServerHeader, claim.Server.String())
	}
	if claim.key != nil {
		head.Set(SignatureHeader, hex.EncodeToString(auth.SignReply(claim.key, claim.nonce, h.status, h.body.Bytes())))
	}
	h.ResponseWriter.WriteHeader(h.status)
	_, _ = h.ResponseWriter.Write(h.body.Bytes()) // the scanner went away: it asks again
}
